import type { Gatherer, Needs } from '../core/item.ts'
import type { Settings } from '../core/target.ts'
import { collect } from '../engine/schedule.ts'
import { withFiles, type Files } from './repositories.ts'

export type { Files }

/** What a gatherer yields on a repository that consists of these files. */
export const gathered = <T, N extends Needs>(
  wanted: Gatherer<T, N>,
  files: Files,
  settings: Settings = {},
): Promise<T> =>
  withFiles(files, settings, async target => {
    const outcome = (await collect([wanted], { target, impact: 'read', lanes: 1, listener: () => {} })).get(wanted)
    if (outcome?.state !== 'done') throw new Error(outcome?.because ?? 'not gathered')
    return outcome.value as T
  })
