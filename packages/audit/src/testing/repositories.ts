import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { needsOf, type Impact, type Item } from '../core/item.ts'
import type { ItemResult } from '../core/report.ts'
import type { Settings, Target } from '../core/target.ts'
import { judgeItem } from '../engine/judge.ts'
import { collect } from '../engine/schedule.ts'
import { openRepository } from '../target/repository.ts'

export type Files = Record<string, string>

/** A target with nothing but what is given. */
export const bareTarget = (given: Partial<Target> = {}): Target => ({
  name: 'test',
  settings: {},
  secrets: [],
  journal: { calls: new Map(), notCalled: [], processes: 0, waitingMs: 0 },
  scratch: tmpdir(),
  signal: new AbortController().signal,
  ...given,
})

/** Does something with a target whose repository consists of these files, and removes them. */
export const withFiles = async <T>(
  files: Files,
  settings: Settings,
  work: (target: Target) => Promise<T>,
): Promise<T> => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return await work(bareTarget({ repository: openRepository(root), settings }))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Judges one item on a repository that consists of these files. */
export const judgeFiles = (
  item: Item,
  files: Files,
  { impact = 'read', settings = {} }: { impact?: Impact; settings?: Settings } = {},
): Promise<ItemResult> =>
  withFiles(files, settings, async target => {
    const wanted = item.checks.flatMap(needsOf).map(([, need]) => need)
    const outcomes = await collect(wanted, { target, impact, lanes: 2, listener: () => {} })
    return judgeItem(item, outcomes, { profile: 'complete' })
  })
