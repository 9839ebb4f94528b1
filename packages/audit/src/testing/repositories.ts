import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { needsOf, type Impact, type Item } from '../core/item.ts'
import type { ItemResult } from '../core/report.ts'
import type { ForgeFacts, Settings, Target } from '../core/target.ts'
import { judgeItem } from '../engine/judge.ts'
import { collect } from '../engine/schedule.ts'
import { openRepository } from '../target/repository.ts'
import { writeHistory, type PastCommit } from './history.ts'

export type Files = Record<string, string>

/** A target with nothing but what is given. */
export const bareTarget = (given: Partial<Target> = {}): Target => ({
  name: 'test',
  settings: {},
  secrets: [],
  journal: { calls: new Map(), notCalled: [], processes: 0, waitingMs: 0, unawaited: [] },
  scratch: tmpdir(),
  signal: new AbortController().signal,
  ...given,
})

export interface Surroundings {
  /** Makes it a git repository; without it there is no .git. */
  history?: readonly PastCommit[]
  forgeFacts?: ForgeFacts
}

/** Does something with a target whose repository consists of these files, and removes them. */
export const withFiles = async <T>(
  files: Files,
  settings: Settings,
  work: (target: Target) => Promise<T>,
  { history, forgeFacts }: Surroundings = {},
): Promise<T> => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    if (history) writeHistory(root, history)
    const repository = openRepository(root)
    return await work(bareTarget({ repository, settings, ...(forgeFacts ? { forgeFacts } : {}) }))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Judges one item on a repository that consists of these files. */
export const judgeFiles = (
  item: Item,
  files: Files,
  { impact = 'read', settings = {}, ...around }: { impact?: Impact; settings?: Settings } & Surroundings = {},
): Promise<ItemResult> => {
  const judge = async (target: Target): Promise<ItemResult> => {
    const wanted = item.checks.flatMap(needsOf).map(([, need]) => need)
    const outcomes = await collect(wanted, { target, impact, lanes: 2, listener: () => {} })
    return judgeItem(item, outcomes, { profile: 'complete' })
  }
  return withFiles(files, settings, judge, around)
}
