import { setTimeout } from 'node:timers/promises'
import { absence, type Descriptor } from './figures.ts'
import { observe, serverPart, type Observed } from './observe.ts'

export const heldKinds = ['file', 'socket', 'pipe', 'other', 'process'] as const
export type HeldKind = Descriptor['kind'] | 'process'

/** What a server holds at one moment; names are those of its descriptors and children. */
export type Held = Record<HeldKind, string[]> & { pids: Set<number> }

export interface Pile {
  kind: HeldKind
  /** How many there were after the warm-up and after each batch. */
  after: number[]
  /** Whether each batch left more, and time did not take them away. */
  grows: boolean
  /** Names that were not there after the warm-up, at most three. */
  examples: string[]
}

export interface Piles {
  /** How often the same was done in a batch. */
  each: number
  batches: number
  /** Milliseconds the last batch was given to let go of what it held, when that was needed. */
  waitedMs: number
  piles: Pile[]
}

/**
 * What the server and its children hold now; an Error tells why that is not known. Of children that were not among
 * `elders`, only themselves are counted: what each of them opens says nothing of the server.
 */
export const heldNow = async (server: Observed, elders?: ReadonlySet<number>): Promise<Held | Error> => {
  const processes = serverPart(server, await observe(server))
  if (processes.length === 0) return new Error('the server ended meanwhile')
  const because = absence(processes, 'descriptors')
  if (because !== null) return new Error(because)
  const counted = processes.filter(({ pid }) => !elders || elders.has(pid))
  const all = counted.flatMap(({ descriptors }) => descriptors ?? [])
  const named = (kind: HeldKind): string[] => all.filter(one => one.kind === kind).map(({ name }) => name)
  return {
    file: named('file'),
    socket: named('socket'),
    pipe: named('pipe'),
    other: named('other'),
    process: processes.map(({ command }) => command),
    pids: new Set(processes.map(({ pid }) => pid)),
  }
}

/** Grown in every step by at least half of what was done in it: chance and pools do not do that again and again. */
export const growsEachTime = (counts: readonly number[], each: number): boolean =>
  counts.length > 1 && counts.every((count, at) => at === 0 || count - (counts[at - 1] ?? 0) >= each / 2)

const calmMs = 600
const beatMs = 60

/** Waits until nothing but what `base` had is held, for at most `withinMs`. */
const calm = async (server: Observed, base: Held, withinMs: number): Promise<Held | Error> => {
  for (const until = performance.now() + withinMs; ; await setTimeout(beatMs)) {
    const held = await heldNow(server, base.pids)
    if (held instanceof Error || performance.now() > until) return held
    if (heldKinds.every(kind => held[kind].length <= base[kind].length)) return held
  }
}

const examplesOf = (first: readonly string[], last: readonly string[]): string[] => {
  const spare = new Map<string, number>()
  for (const name of first) spare.set(name, (spare.get(name) ?? 0) + 1)
  const added = last.filter(name => {
    const left = spare.get(name) ?? 0
    if (left > 0) spare.set(name, left - 1)
    return left <= 0
  })
  return [...new Set(added)].slice(0, 3)
}

/**
 * Does the same work again and again and counts what the server holds after each batch. What seems to pile up is given
 * `patienceMs` to go away, as idle connections do, and then has to grow in another batch too.
 */
export const pileUp = async (
  server: Observed,
  work: () => Promise<void>,
  { each, patienceMs }: { each: number; patienceMs: number },
): Promise<Piles | Error> => {
  await work()
  await setTimeout(calmMs)
  const base = await heldNow(server)
  if (base instanceof Error) return base
  const counts = [base]
  const again = async (withinMs: number): Promise<Error | null> => {
    await work()
    const held = await calm(server, base, withinMs)
    if (held instanceof Error) return held
    counts.push(held)
    return null
  }
  const suspects = (): HeldKind[] =>
    heldKinds.filter(kind =>
      growsEachTime(
        counts.map(held => held[kind].length),
        each,
      ),
    )
  for (let batch = 0; batch < 2; batch++) {
    const failure = await again(calmMs)
    if (failure) return failure
  }
  let waitedMs = 0
  if (suspects().length > 0) {
    const started = performance.now()
    const held = await calm(server, base, patienceMs)
    if (held instanceof Error) return held
    waitedMs = performance.now() - started
    counts.splice(-1, 1, held)
    const failure = suspects().length > 0 ? await again(calmMs) : null
    if (failure) return failure
  }
  const growing = suspects()
  const last = counts.at(-1) ?? base
  return {
    each,
    batches: counts.length - 1,
    waitedMs,
    piles: heldKinds.map(kind => ({
      kind,
      after: counts.map(held => held[kind].length),
      grows: growing.includes(kind),
      examples: examplesOf(base[kind], last[kind]),
    })),
  }
}
