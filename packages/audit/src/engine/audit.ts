import { reasonNotToApply, type Circumstances } from '../core/circumstances.ts'
import type { Listener } from '../core/events.ts'
import { needsOf, type Gatherer, type Impact, type Item, type Profile } from '../core/item.ts'
import type { ItemResult, Report, RowCounts, RowResult } from '../core/report.ts'
import type { ServerSource, Target } from '../core/target.ts'
import { judgeItem } from './judge.ts'
import { redacted } from './redact.ts'
import { countRows, coverage, rowsOf } from './rows.ts'
import { closure, collect, forgetShared, outOfReach, type Conditions, type Outcome } from './schedule.ts'

export interface Audit {
  target: Target
  items: Item[]
  /** Items to judge, by id; all of them unless told. */
  only?: readonly string[]
  skip?: readonly string[]
  impact: Impact
  profile?: Profile
  /** What tells the circumstances; the first that can be decided counts. */
  circumstances: Gatherer<Circumstances & { server?: Report['server'] }>[]
  /** Stands for how the rows were decided, for the items that are judged when all others are. */
  rowCounts?: Gatherer<RowCounts>
  lanes: number
  listener: Listener
  tool: Report['tool']
  /** Ends the servers that were lent and that nobody holds. */
  endLending(): Promise<void>
  /** Ends what was started, and tells what is left of it. */
  settle(): Promise<string[]>
  /** What the target's resolution has to say. */
  notes: readonly string[]
}

const maxSent = 2000

const gatherersOf = (items: readonly Item[]): Gatherer[] =>
  items.flatMap(({ checks }) => checks.flatMap(check => needsOf(check).map(([, need]) => need)))

const reachable = (wanted: Iterable<Gatherer>, conditions: Conditions): Gatherer[] =>
  [...closure(wanted)].filter(one => [...closure([one])].every(need => outOfReach(need, conditions) === null))

/** A row that only a left-out item decides is unknown, not uncovered. */
const withLeftOut = (rows: RowResult[], items: Item[]): RowResult[] => {
  const ledger = coverage(items)
  return rows.map((row, index) => {
    const entry = ledger[index]
    return row.status === 'not-covered' && entry?.covered ? { ...row, status: 'unknown', items: entry.items } : row
  })
}

const faults = (outcomes: Map<Gatherer, Outcome>, results: ItemResult[]): string[] => {
  const crashed = [...outcomes.values()].flatMap(outcome => (outcome.state === 'crashed' ? [outcome.because] : []))
  const misjudged = results
    .flatMap(({ verdicts }) => verdicts.flatMap(({ because }) => because ?? []))
    .filter(because => because.startsWith('a fault of the audit itself'))
  return [...new Set([...crashed, ...misjudged])]
}

const quoted = (word: string): string => (/^[^\s"'`$&|;<>()]+$/.test(word) ? word : JSON.stringify(word))

const serverWords = (server: ServerSource | undefined): Pick<Report['target'], 'server' | 'startedBy'> => {
  if (!server) return {}
  const { launch } = server
  const command = launch && [launch.command, ...launch.args].map(quoted).join(' ')
  const words =
    server.transport === 'http' ? [server.url, ...(command ? [`started as ${command}`] : [])].join(', ') : command
  return { ...(words ? { server: words } : {}), ...(launch ? { startedBy: launch.origin } : {}) }
}

const sentWords = (sent: unknown): string => {
  const words = JSON.stringify(sent) ?? ''
  return words.length > maxSent ? `${words.slice(0, maxSent)}…` : words
}

const byAreaAndId = (a: Pick<Item, 'area' | 'id'>, b: Pick<Item, 'area' | 'id'>): number =>
  `${a.area}/${a.id}` < `${b.area}/${b.id}` ? -1 : 1

/** What is known of a server that was not reached. */
const unreached = ({ server }: Target): Circumstances & { server?: Report['server'] } =>
  server
    ? { profile: server.transport === 'http' ? 'service' : 'local', transport: server.transport }
    : { profile: 'local' }

const learn = async ({ circumstances, target }: Audit, conditions: Conditions) => {
  const outcomes = new Map<Gatherer, Outcome>()
  for (const one of circumstances) {
    await collect([one], conditions, outcomes)
    const outcome = outcomes.get(one)
    if (outcome?.state === 'done') return { found: outcome.value as ReturnType<typeof unreached>, outcomes }
    if (target.server && one.from === 'server') break
  }
  return { found: unreached(target), outcomes }
}

/** Judges the items, last those that only count how the rows of the others stand. */
const judgeAll = (
  chosen: Item[],
  { items, rowCounts }: Audit,
  outcomes: Map<Gatherer, Outcome>,
  known: Circumstances,
): ItemResult[] => {
  const judge = (item: Item): ItemResult => judgeItem(item, outcomes, known)
  if (!rowCounts) return chosen.map(judge)
  const counts = (item: Item): boolean => gatherersOf([item]).includes(rowCounts)
  const results = chosen.filter(item => !counts(item)).map(judge)
  const own = new Set(items.filter(counts).flatMap(({ rows }) => rows))
  const others = withLeftOut(rowsOf(results, items), items).filter(({ row }) => !own.has(row))
  outcomes.set(rowCounts, { state: 'done', value: countRows(others) })
  return [...results, ...chosen.filter(counts).map(judge)].toSorted(byAreaAndId)
}

/** Audits one target: gather, judge, report. @throws Refusal when there is no server where one was promised. */
export const auditTarget = async (given: Audit): Promise<Report> => {
  const { target, impact, listener, lanes } = given
  const startedAt = new Date()
  const started = performance.now()
  const chosen = given.items
    .filter(({ id }) => (given.only ? given.only.includes(id) : true) && !given.skip?.includes(id))
    .toSorted(byAreaAndId)
  const endLending = (): Promise<void> => given.endLending()
  const conditions: Conditions = { target, impact, lanes, listener, endLending }

  const { found, outcomes } = await learn(given, conditions)
  const known: Circumstances = { ...found, profile: given.profile ?? target.settings.profile ?? found.profile }

  const wanted = gatherersOf(chosen.filter(({ applies }) => reasonNotToApply(applies, known) === null))
  const planned = reachable([...outcomes.keys(), ...wanted], conditions)
  const stress = planned.flatMap(({ impact: its, does }) => (its === 'stress' && does !== undefined ? [does] : []))
  listener({ type: 'planned', gatherers: planned.length, items: chosen.length, stress })
  await collect(wanted, conditions, outcomes)
  const first = judgeAll(chosen, given, outcomes, known)
  const failing = first.filter(({ status }) => status === 'fail')
  const accused = chosen.filter(({ id }) => failing.some(item => item.id === id))
  // What one gatherer did to a server must not be held against it in the name of another.
  const again = forgetShared(gatherersOf(accused), outcomes)
  await collect(again, { ...conditions, own: true }, outcomes)
  await endLending()
  const results = again.length === 0 ? first : judgeAll(chosen, given, outcomes, known)
  listener({ type: 'judged', items: results.length })

  const leftovers = await given.settle()
  const rows = withLeftOut(rowsOf(results, given.items), given.items)
  const leftOut = given.items.length - chosen.length
  const { journal, repository } = target
  const report: Report = {
    schemaVersion: 1,
    tool: given.tool,
    target: {
      name: target.name,
      ...(repository ? { repository: repository.root } : {}),
      ...serverWords(target.server),
    },
    ...(found.server ? { server: found.server } : {}),
    profile: known.profile,
    impact,
    summary: countRows(rows),
    items: results,
    rows,
    run: {
      startedAt: startedAt.toISOString(),
      seconds: (performance.now() - started) / 1000,
      waitingSeconds: journal.waitingMs / 1000,
      processes: journal.processes,
      called: [...journal.calls.values()].map(call => ({ ...call, arguments: sentWords(call.arguments) })),
      notCalled: journal.notCalled.filter(({ tool }) => !journal.calls.has(tool)),
      leftovers,
      notes: [
        ...given.notes,
        ...(repository?.notes ?? []),
        ...(leftOut > 0
          ? [
              `${leftOut} ${leftOut === 1 ? 'item was' : 'items were'} left out by --only or --skip; the rows count as unknown`,
            ]
          : []),
        ...faults(outcomes, results),
      ],
    },
  }
  return redacted(report, target.secrets)
}
