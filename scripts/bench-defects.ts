import { parseArgs } from 'node:util'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { tellByCalling } from './defects/calling.ts'
import { allDefects, type Defect } from './defects/defects.ts'
import { Missing, unpacked } from './defects/packages.ts'
import { tellByReading } from './defects/reading.ts'
import type { Told } from './defects/matching.ts'

/**
 * Holds the audit against defects of published servers: for each, a fitting item has to fail the vulnerable version at
 * that place and not the fixed one. By reading, and by running those that can be reached. Needs the registries of npm
 * and PyPI; what was fetched is kept.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: 'string', default: 'terminal' },
    impact: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

interface Outcome extends Told {
  id: string
  by: 'reading' | 'calling'
  seconds: number
  /** Counts towards the share. */
  counts: boolean
}

const print = (line: string): void => {
  if (values.format === 'json') process.stderr.write(line)
  else process.stdout.write(line)
}

const lineOf = ({ id, found, clean, because, seconds, counts }: Outcome): string => {
  const mark = counts ? (found && clean ? '✓' : '·') : '-'
  const saw = because.replaceAll('\n', ' ').slice(0, values.verbose ? 2000 : 150)
  return `${mark} ${id.padEnd(20)} ${found ? 'flagged' : 'missed '} ${clean ? 'clean ' : 'again '} ${seconds.toFixed(1).padStart(6)} s  ${saw}\n`
}

const outcomes: Outcome[] = []
const tell = async (defect: Defect, by: Outcome['by'], work: () => Promise<Told>): Promise<void> => {
  const started = performance.now()
  const told = await work().catch((error: unknown): Told & { isMissing: boolean } => ({
    found: false,
    clean: false,
    because: String(error instanceof Error ? error.message : error),
    isMissing: error instanceof Missing,
  }))
  const seconds = (performance.now() - started) / 1000
  const outcome = { ...told, id: defect.id, by, seconds, counts: !('isMissing' in told && told.isMissing) }
  outcomes.push(outcome)
  print(lineOf(outcome))
}

const share = (by: Outcome['by']): { apart: number; of: number } => {
  const all = outcomes.filter(outcome => outcome.by === by && outcome.counts)
  return { apart: all.filter(({ found, clean }) => found && clean).length, of: all.length }
}
const percent = ({ apart, of }: { apart: number; of: number }): string =>
  `${apart} of ${of} (${of === 0 ? 0 : Math.round((100 * apart) / of)} %)`

const items = new Set((await loadItems()).map(({ id }) => id))
const chosen = allDefects().filter(({ id }) => positionals.length === 0 || positionals.includes(id))

if (values.impact !== 'call') {
  const seen = chosen.filter(({ unseen }) => unseen === undefined)
  const versions = seen.flatMap(defect => [defect.vulnerable, defect.fixed].map(version => ({ defect, version })))
  const fetching = async (): Promise<void> => {
    for (let next = versions.shift(); next; next = versions.shift())
      await unpacked(next.defect, next.version).catch(() => undefined)
  }
  await Promise.all(Array.from({ length: 4 }, fetching))
  print('By reading\n')
  for (const defect of seen) await tell(defect, 'reading', () => tellByReading(defect, items))
  for (const { id, unseen } of chosen) if (unseen !== undefined) print(`- ${id.padEnd(20)} ${unseen}\n`)
}
if (values.impact !== 'read') {
  print('By running\n')
  for (const defect of chosen) if (defect.live) await tell(defect, 'calling', () => tellByCalling(defect, items))
  for (const { id, live, reach } of chosen)
    if (!live && reach === 'dynamic') print(`- ${id.padEnd(20)} nothing says how it is reached\n`)
}

const shares = { reading: share('reading'), calling: share('calling') }
if (values.format === 'json') process.stdout.write(`${JSON.stringify({ shares, outcomes }, null, 2)}\n`)
else print(`\ntold apart: ${percent(shares.reading)} by reading, ${percent(shares.calling)} by running\n`)
