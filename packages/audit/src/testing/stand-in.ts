import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { needsOf, type Item } from '../core/item.ts'
import type { ItemResult } from '../core/report.ts'
import type { Settings } from '../core/target.ts'
import { judgeItem } from '../engine/judge.ts'
import { collect } from '../engine/schedule.ts'
import { circumstances } from '../gather/circumstances.ts'
import type { Circumstances } from '../core/circumstances.ts'
import { bareTarget } from './repositories.ts'

const script = fileURLToPath(new URL('./stand-in.mjs', import.meta.url))

/** Judges one item at a running stand-in that has these faults; `words` are what else its command line has. */
export const judgeStandIn = async (
  item: Item,
  words: string[] = [],
  { settings = {}, cwd = tmpdir() }: { settings?: Settings; cwd?: string } = {},
): Promise<ItemResult> => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'airworthy-test-')))
  try {
    const launch = { command: process.execPath, args: [script, ...words], cwd, env: {}, origin: 'test' }
    const target = bareTarget({ server: { transport: 'stdio', launch }, scratch, settings })
    const live = item.checks.flatMap(needsOf).flatMap(([, need]) => (need.from === 'repository' ? [] : [need]))
    const conditions = { target, impact: 'call' as const, lanes: 4, listener: () => {} }
    const outcomes = await collect([circumstances, ...live], conditions)
    const known = outcomes.get(circumstances)
    return judgeItem(item, outcomes, known?.state === 'done' ? (known.value as Circumstances) : { profile: 'complete' })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The evidence of a result as one text. */
export const evidenceOf = ({ verdicts }: ItemResult): string =>
  verdicts.flatMap(({ evidence = [] }) => evidence.map(({ at, saw }) => `${at}: ${saw}`)).join('\n')
