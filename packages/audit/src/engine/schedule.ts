import { setMaxListeners } from 'node:events'
import { impacts, needsOf, Undecided, type Borrowing, type Gatherer, type Impact } from '../core/item.ts'
import { machineTrouble } from '../core/machine-trouble.ts'
import type { Listener } from '../core/events.ts'
import { Refusal } from '../core/refusal.ts'
import type { Loan, Target } from '../core/target.ts'

export type Outcome =
  /** `shared` when it was lent a server that another gatherer had called. */
  | { state: 'done'; value: unknown; shared?: boolean }
  /** It could not be decided, through no fault of the audit. */
  | { state: 'undecided'; because: string }
  /** A fault of the audit itself. */
  | { state: 'crashed'; because: string }

export interface Conditions {
  target: Target
  impact: Impact
  /** How many gatherers may hold the running server at a time. */
  lanes: number
  listener: Listener
  /** Every borrower gets servers that no other gatherer has called. */
  own?: true
  /** Ends the servers that were lent and that nobody holds. */
  endLending?(): Promise<void>
}

const defaultDeadline = 60_000
/** How many times its deadline a reader may take while a busy machine gives the audit no processor. */
const busyFactor = 4

/** The gatherers and all they need, each once. */
export const closure = (wanted: Iterable<Gatherer>): Set<Gatherer> => {
  const all = new Set<Gatherer>()
  const add = (gatherer: Gatherer): void => {
    if (all.has(gatherer)) return
    for (const [, need] of needsOf(gatherer)) add(need)
    all.add(gatherer)
  }
  for (const gatherer of wanted) add(gatherer)
  return all
}

/**
 * Forgets what was seen at servers that other gatherers had called, and all that rests on it, as far as these gatherers
 * need it. @returns those to be gathered again, at servers of their own.
 */
export const forgetShared = (wanted: Iterable<Gatherer>, known: Map<Gatherer, Outcome>): Gatherer[] => {
  const isShared = (gatherer: Gatherer): boolean => {
    const outcome = known.get(gatherer)
    return outcome?.state === 'done' && outcome.shared === true
  }
  const shared = new Set([...closure(wanted)].filter(isShared))
  const stale = [...known.keys()].filter(one => [...closure([one])].some(need => shared.has(need)))
  for (const one of stale) known.delete(one)
  return stale
}

export const outOfReach = (gatherer: Gatherer, { target, impact }: Conditions): string | null => {
  if (gatherer.from === 'server' && !target.server)
    return 'no running server was given: add --start, -- COMMAND or --url'
  if (gatherer.from === 'repository' && !target.repository)
    return 'no directory was given: name the one with its source'
  if (impacts.indexOf(gatherer.impact) > impacts.indexOf(impact)) return `needs --impact ${gatherer.impact}`
  return null
}

let measured = { at: -Infinity, ms: 0 }

/** Processor milliseconds of the audit until now, at most 20 ms old: asking the system for them takes its time. */
const processorMs = (): number => {
  const at = performance.now()
  if (at - measured.at > 20) {
    const { user, system } = process.cpuUsage()
    measured = { at, ms: (user + system) / 1000 }
  }
  return measured.ms
}

/**
 * Resolves when a gatherer is out of time. What reads is given its deadline in processor time of the audit, since a busy
 * machine must not change a verdict.
 */
const timeOut = ({ from }: Gatherer, deadline: number): { late: Promise<'late'>; cancel: () => void } => {
  const began = performance.now()
  const before = processorMs()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    const look = (): void => {
      const left = deadline - (processorMs() - before)
      const isOver = left <= 0 || performance.now() - began >= busyFactor * deadline
      if (from === 'server' || isOver) resolve('late')
      else timer = setTimeout(look, Math.min(left, deadline))
    }
    timer = setTimeout(look, deadline)
  })
  return { late, cancel: () => clearTimeout(timer) }
}

type Ended = 'done' | 'undecided' | 'crashed' | 'late'

/** Null when what it saw at a server that others had called proves nothing. */
const runOnce = async (
  gatherer: Gatherer,
  inputs: Record<string, unknown>,
  { target }: Conditions,
  own: boolean,
): Promise<{ outcome: Outcome; ended: Ended } | null> => {
  const scope = new AbortController()
  // Every process and request of the gatherer listens to it.
  setMaxListeners(0, scope.signal)
  const deadline = gatherer.deadline ?? defaultDeadline
  const { late, cancel } = timeOut(gatherer, deadline)
  let spoil = (): void => {}
  const spoilt = new Promise<'spoilt'>(resolve => (spoil = () => resolve('spoilt')))
  const loan: Loan | undefined = gatherer.borrows && { as: gatherer.borrows, own, shared: false, spoil }
  try {
    const given = { ...target, signal: scope.signal, ...(loan ? { loan } : {}) }
    const work = Promise.resolve(gatherer.gather(given, inputs))
    const first = await Promise.race([work.then(value => ({ value })), late, spoilt])
    if (typeof first === 'string') work.catch(() => {})
    if (first === 'spoilt') return null
    if (first === 'late')
      return {
        ended: 'late',
        outcome: { state: 'undecided', because: `${gatherer.id} was given up after ${deadline / 1000} s` },
      }
    const shared = loan?.shared ? { shared: true } : {}
    return { ended: 'done', outcome: { state: 'done', value: first.value, ...shared } }
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (loan?.shared) return null
    const because = error instanceof Undecided ? error.message : machineTrouble(error)
    if (because !== null) return { ended: 'undecided', outcome: { state: 'undecided', because } }
    if (process.env['AIRWORTHY_DEBUG']) console.error(error)
    const fault = `a fault of the audit itself, in ${gatherer.id}: ${String(error)}`
    return { ended: 'crashed', outcome: { state: 'crashed', because: fault } }
  } finally {
    cancel()
    scope.abort()
  }
}

const run = async (gatherer: Gatherer, inputs: Record<string, unknown>, conditions: Conditions): Promise<Outcome> => {
  const { listener } = conditions
  listener({ type: 'gathering', id: gatherer.id })
  const started = performance.now()
  const seen =
    (await runOnce(gatherer, inputs, conditions, conditions.own === true)) ??
    (await runOnce(gatherer, inputs, conditions, true))
  if (!seen) throw new Error(`${gatherer.id} shared a server although it has its own`)
  listener({ type: 'gathered', id: gatherer.id, ms: performance.now() - started, outcome: seen.ended })
  return seen.outcome
}

type Ready = { inputs: Record<string, unknown> } | { because: string; state: 'undecided' | 'crashed' }

/** What a gatherer whose needs are all known is given, or why it gets nothing. */
const readiness = (gatherer: Gatherer, outcomes: Map<Gatherer, Outcome>): Ready => {
  const inputs: Record<string, unknown> = {}
  for (const [name, need] of needsOf(gatherer)) {
    const outcome = outcomes.get(need)
    if (!outcome) throw new Error(`${need.id} was not gathered before ${gatherer.id}`)
    if (outcome.state !== 'done') return outcome
    inputs[name] = outcome.value
  }
  return { inputs }
}

/** Who starts a server that others can be lent comes early, who spoils it for some late, who ends it last. */
const turns: Record<Borrowing, number> = { new: -1, first: 0, gentle: 0, rough: 1, last: 2 }
/** Seconds from which on a gatherer would still be running when all others are done, had it not begun with the first. */
const long = 10
/**
 * Whether it would have to start a server now that others will hand on soon: who ends one, before all that are lent one are
 * done, and who is content with a used one, before those have begun that are for new ones.
 */
const isEarly = ({ borrows }: Gatherer, unbegun: readonly Gatherer[], running: readonly Gatherer[]): boolean => {
  if (borrows === 'last')
    return [...unbegun, ...running].some(one => one.borrows !== undefined && one.borrows !== 'last')
  return (borrows === 'gentle' || borrows === 'rough') && unbegun.some(one => one.borrows === 'new')
}
const turnOf = ({ borrows, lasts = 1 }: Gatherer): number => (borrows ? turns[borrows] : lasts >= long ? -1 : 0)

/** The gatherers, first those after which the most is left to do: their own time and that of what waits for them. */
const longestFirst = (gatherers: Set<Gatherer>): Set<Gatherer> => {
  const lefts = new Map<Gatherer, number>()
  // a need stands before all that need it
  for (const one of [...gatherers].toReversed()) {
    const left = (lefts.get(one) ?? 0) + (one.lasts ?? 1)
    lefts.set(one, left)
    for (const [, need] of needsOf(one)) lefts.set(need, Math.max(lefts.get(need) ?? 0, left))
  }
  return new Set([...gatherers].toSorted((a, b) => turnOf(a) - turnOf(b) || (lefts.get(b) ?? 0) - (lefts.get(a) ?? 0)))
}

/**
 * Runs gatherers as a graph: side by side where nothing is timed, alone where something is. `known` holds outcomes of
 * an earlier call and receives the new ones.
 */
export const collect = async (
  wanted: Iterable<Gatherer>,
  conditions: Conditions,
  known: Map<Gatherer, Outcome> = new Map(),
): Promise<Map<Gatherer, Outcome>> => {
  const open = longestFirst(new Set([...closure(wanted)].filter(gatherer => !known.has(gatherer))))
  const waiting = new Map<Gatherer, number>()
  const dependents = new Map<Gatherer, Gatherer[]>()
  for (const gatherer of open) {
    const unknown = needsOf(gatherer).filter(([, need]) => !known.has(need))
    waiting.set(gatherer, unknown.length)
    for (const [, need] of unknown) dependents.set(need, [...(dependents.get(need) ?? []), gatherer])
  }
  const ready = new Map<Gatherer, Record<string, unknown>>()
  const running = new Map<Gatherer, Promise<void>>()
  let aloneRuns = false

  const learn = (gatherer: Gatherer, outcome: Outcome): void => {
    known.set(gatherer, outcome)
    for (const dependent of dependents.get(gatherer) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left === 0) prepare(dependent)
    }
  }
  const prepare = (gatherer: Gatherer): void => {
    const because = outOfReach(gatherer, conditions)
    const state: Ready = because ? { state: 'undecided', because } : readiness(gatherer, known)
    if ('inputs' in state) ready.set(gatherer, state.inputs)
    else learn(gatherer, state)
  }
  const start = (gatherer: Gatherer): void => {
    const inputs = ready.get(gatherer) ?? {}
    ready.delete(gatherer)
    aloneRuns = gatherer.alone === true
    running.set(
      gatherer,
      run(gatherer, inputs, conditions).then(outcome => {
        learn(gatherer, outcome)
        running.delete(gatherer)
        if (gatherer.alone) aloneRuns = false
      }),
    )
  }

  // Those that come to it while these are prepared are prepared then, once.
  const first = [...open].filter(gatherer => waiting.get(gatherer) === 0)
  for (const gatherer of first) prepare(gatherer)
  for (;;) {
    if (!aloneRuns) {
      const inOrder = [...open].filter(gatherer => ready.has(gatherer))
      const together = inOrder.filter(({ alone }) => !alone)
      const reading = together.filter(({ from }) => from !== 'server')
      const unbegun = [...open].filter(one => !known.has(one) && !running.has(one))
      const holding = together.filter(({ from }) => from === 'server')
      const now = holding.filter(one => !isEarly(one, unbegun, [...running.keys()]))
      const free = conditions.lanes - [...running.keys()].filter(({ from }) => from === 'server').length
      for (const gatherer of [...reading, ...now.slice(0, Math.max(0, free))]) start(gatherer)
      if (running.size === 0) for (const gatherer of holding.slice(0, conditions.lanes)) start(gatherer)
      const alone = inOrder.find(gatherer => gatherer.alone)
      if (running.size === 0 && alone) {
        await conditions.endLending?.()
        start(alone)
      }
    }
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  const left = [...open].filter(gatherer => !known.has(gatherer))
  if (left.length > 0) throw new Error(`gatherers need each other: ${left.map(({ id }) => id).join(', ')}`)
  return known
}
