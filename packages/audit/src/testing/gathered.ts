import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Gatherer, Needs } from '../core/item.ts'
import type { Settings } from '../core/target.ts'
import { collect } from '../engine/schedule.ts'
import { openRepository } from '../target/repository.ts'
import { bareTarget, type Files } from './repositories.ts'

export type { Files }

/** What a gatherer yields on a repository that consists of these files. */
export const gathered = async <T, N extends Needs>(
  wanted: Gatherer<T, N>,
  files: Files,
  settings: Settings = {},
): Promise<T> => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const target = bareTarget({ repository: openRepository(root), settings })
    const outcome = (await collect([wanted], { target, impact: 'read', lanes: 1, listener: () => {} })).get(wanted)
    if (outcome?.state !== 'done') throw new Error(outcome?.because ?? 'not gathered')
    return outcome.value as T
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
