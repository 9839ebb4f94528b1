import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Target } from '../core/target.ts'

// At the same distance from src/ and from dist/.
const preload = fileURLToPath(new URL('../../preload/prototype.cjs', import.meta.url))

export interface PrototypeWatch {
  /** What a process of Node needs in its environment. */
  env: Record<string, string>
  /** The key that appeared on the prototype of all objects; null while there is none. */
  found(): string | null
}

/** Watches the prototype of all objects in the processes of Node that are started with its environment. */
export const watchPrototype = (target: Target): PrototypeWatch => {
  const file = join(mkdtempSync(join(target.scratch, 'prototype-')), 'found')
  const given = target.server?.launch?.env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? ''
  const quoted = `"${preload.replaceAll(/["\\]/g, '\\$&')}"`
  return {
    env: { AIRWORTHY_PROTOTYPE_FILE: file, NODE_OPTIONS: `${given} --require ${quoted}`.trim() },
    found: () => (existsSync(file) ? readFileSync(file, 'utf8') : null),
  }
}
