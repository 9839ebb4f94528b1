import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Impact } from '../../packages/audit/src/api.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cache = join(root, 'node_modules', '.cache', 'airworthy-defects')

/** What a user who knows the server would give for it. `{box}` is an empty directory, `{bin}` what the package starts. */
export interface Live {
  /** Fitting items alone; all of the entry's unless told. */
  items?: string[]
  impact?: Impact
  command: string[]
  /** The fixed version, where it is started in another way. */
  fixedCommand?: string[]
  env?: Record<string, string>
  settings?: Record<string, unknown>
  url?: string
  /** Files in the box; those in `stubs/` are programs and stand first on PATH. */
  files?: Record<string, string>
  /** Further packages of PyPI or npm, as their clients take them. */
  with?: string[]
  /** What evidence of this defect says. */
  shows?: string
}

export interface Defect {
  id: string
  registry: 'npm' | 'pypi'
  package: string
  vulnerable: string
  fixed: string
  items: string[]
  tool: string
  reach: 'dynamic' | 'boot-only' | 'static-only'
  vulnerableAt?: string
  fixedAt?: string
  /** What evidence of this defect says, where its place alone does not tell it from others. */
  shows?: string
  /** Why it cannot be seen in what is published. */
  unseen?: string
  live?: Live
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, 'fixtures/defects', file), 'utf8'))

export const allDefects = (): Defect[] => {
  const live = existsSync(join(root, 'fixtures/defects/live.json')) ? (read('live.json') as Record<string, Live>) : {}
  return (read('defects.json') as Defect[]).map(one => {
    const given = live[one.id]
    return given ? { ...one, live: given } : one
  })
}
