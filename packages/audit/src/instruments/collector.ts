import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../core/target.ts'

const everyMs = 500

/** Runs in the server before its own code: collects all garbage in a beat, and leaves the count beside itself. */
const script = `'use strict'
try {
  const { setFlagsFromString } = require('node:v8')
  const { runInNewContext } = require('node:vm')
  const { writeFileSync } = require('node:fs')
  const { join } = require('node:path')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  let count = 0
  setInterval(() => {
    collect()
    try { writeFileSync(join(__dirname, String(process.pid)), String(++count)) } catch {}
  }, ${everyMs}).unref()
} catch {}
`

export interface ForcedCollection {
  /** Added to the environment of a server; only Node heeds it. */
  env: Record<string, string>
  /** How often the process has collected its garbage until now. */
  collections(pid: number): number
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
  return {
    env: { NODE_OPTIONS: `${given} --require ${JSON.stringify(file)}`.trim() },
    collections: pid => {
      try {
        return Number(readFileSync(join(directory, String(pid)), 'utf8')) || 0
      } catch {
        return 0
      }
    },
  }
}
