import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../core/target.ts'

const everyMs = 500

/** Runs in the server before its own code: collects all garbage in a beat, and leaves beside itself what is still in use. */
const script = `'use strict'
try {
  const { setFlagsFromString } = require('node:v8')
  const { runInNewContext } = require('node:vm')
  const { appendFileSync } = require('node:fs')
  const { join } = require('node:path')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  setInterval(() => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    const line = Date.now() + ' ' + (heapUsed + external) + '\\n'
    try { appendFileSync(join(__dirname, String(process.pid)), line) } catch {}
  }, ${everyMs}).unref()
} catch {}
`

/** What a process could still reach after a collection. */
export interface Reachable {
  /** As `Date.now()` tells it. */
  at: number
  /** Of its heap and of what belongs to objects on it. */
  bytes: number
}

export interface ForcedCollection {
  /** Added to the environment of a server; only Node heeds it. */
  env: Record<string, string>
  /** How often the process has collected its garbage until now. */
  collections(pid: number): number
  /** After each of them, in their order. */
  reachable(pid: number): Reachable[]
}

/**
 * Lets a Node server collect its garbage every half second. Left alone it collects when its heap is full, and its memory
 * rises until then, leak or not.
 */
export const forceCollection = (target: Target): ForcedCollection => {
  const directory = mkdtempSync(join(target.scratch, 'collector-'))
  const file = join(directory, 'collect.cjs')
  writeFileSync(file, script)
  const given = target.server?.launch?.env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? ''
  const reachable = (pid: number): Reachable[] => {
    try {
      const lines = readFileSync(join(directory, String(pid)), 'utf8')
        .split('\n')
        .slice(0, -1)
      return lines.map(line => {
        const [at = 0, bytes = 0] = line.split(' ').map(Number)
        return { at, bytes }
      })
    } catch {
      return []
    }
  }
  return {
    env: { NODE_OPTIONS: `${given} --require ${JSON.stringify(file)}`.trim() },
    collections: pid => reachable(pid).length,
    reachable,
  }
}
