import type { Call, FunctionValue, Module } from '../code/values.ts'
import type { Entry, Reach } from '../reach.ts'
import type { Edge } from '../reached/graph.ts'
import { attacksOf, links, siblings, succeeds, type Attack } from './attacks.ts'
import { some, type Datum, type Frame } from './data.ts'
import { enterAt } from './entering.ts'
import { folders } from './folders.ts'
import { newShared, type Shared } from './shared.ts'
import { intoInner } from './inner.ts'
import { spot, type Machine, type Trial } from './machine.ts'
import { maxSteps, openMachine } from './open.ts'
import type { Arrival, Sink } from './sinks.ts'
import { textOf } from './texts.ts'
import { openRefusing } from './refusing.ts'
import { waysTo } from './ways.ts'

export type Fate = 'open' | 'undecided' | 'safe'

/** What becomes of a parameter on its way to a place where it might do harm. */
export interface Flow {
  kind: Arrival['kind']
  /** The file, the line and the name of what is called. */
  file: string
  line: number
  what: string
  /** The tool, prompt or resource, and its parameter; null when nothing of a request arrives. */
  entry: { kind: Entry['kind']; name: string | null } | null
  parameter: string | null
  /** From the handler to the place, each with file and line. */
  steps: string[]
  fate: Fate
  /** What was tried and what arrived; why it could not be decided; or what refuses it. */
  attack: Attack | null
  arrived: string | null
  because: string | null
}

const fronts: Partial<Record<Arrival['kind'], string>> = { file: folders.root, url: 'https://host.example/' }
const maxTotalSteps = 2_500_000
const maxParameters = 10

/** Follows one way from a handler in a trial; null when the calls on it cannot be what they look like. */
const follow = (
  entry: Entry,
  way: Edge[],
  last: { function: FunctionValue; module: Module },
  machine: Machine,
): Frame[] | null => {
  const start = way[0] ? { function: way[0].from, module: way[0].module } : last
  const frames = [enterAt(entry, start.function, start.module, machine)]
  for (const { call, to, target } of way) {
    const frame = frames.at(-1)
    if (!frame) return null
    const next = call ? intoCall(call, to, target, frame, machine) : intoInner(to, frame, machine)
    if (!next) return null
    frames.push(next)
  }
  return frames
}

const intoCall = (call: Call, to: FunctionValue, target: Module, frame: Frame, machine: Machine): Frame | null => {
  const callees = machine.values(call.callee, frame)
  const isKnown = callees.length > 0 && callees.every(one => one.is === 'closure' || one.is === 'class')
  const positional = call.arguments.flatMap((argument): Datum[][] =>
    argument.is === 'spread'
      ? machine
          .values(argument.of, frame)
          .flatMap(one => (machine.items(one) ?? [some(machine.marks(one))]).map(item => [item]))
      : [machine.values(argument, frame)],
  )
  const given = {
    positional,
    named: new Map(call.named.map(([key, value]) => [key, machine.values(value, frame)] as const)),
  }
  for (const callee of callees) {
    if (callee.is === 'closure' && callee.of === to) return machine.enter(callee, given)
    const made = callee.is === 'class' ? callee.of.members.find(({ value }) => value === to) : undefined
    if (made && callee.is === 'class') {
      const self: Datum = { is: 'instance', of: callee.of, module: callee.module, made: null }
      return machine.enter({ is: 'closure', of: to, frame: machine.top(target), self }, given)
    }
  }
  const handed = positional.findIndex(alternatives => alternatives.some(one => one.is === 'closure' && one.of === to))
  if (handed >= 0) {
    // handed over by name: to an array method it is called with the items, else with what follows it
    const callee = positional[handed]?.find(
      (one): one is Datum & { is: 'closure' } => one.is === 'closure' && one.of === to,
    )
    if (!callee) return null
    const items = call.callee.is === 'member' && /^(map|flatMap|forEach|filter)$/.test(call.callee.name)
    const subjects = items && call.callee.is === 'member' ? machine.values(call.callee.of, frame) : []
    const found = subjects.flatMap(one => machine.items(one) ?? [some(machine.marks(one))])
    return machine.enter(
      callee,
      items ? { positional: [found], named: new Map() } : { ...given, positional: positional.slice(handed + 1) },
    )
  }
  if (isKnown) return null
  const self =
    call.callee.is === 'member'
      ? (machine.values(call.callee.of, frame).find(({ is }) => is === 'instance') ?? null)
      : null
  return machine.enter({ is: 'closure', of: to, frame: machine.top(target), self }, given)
}

interface Tried {
  arrivals: Arrival[]
  /** Where the request was refused; null when it came through. */
  refused: string | null
  trial: Trial
  machine: Machine
}

export interface Search {
  flowsOf(sink: Sink, of: FunctionValue): Flow[]
}

export const openSearch = ({ entries, graph, bodies, resolver }: Reach): Search => {
  const mayRefuse = openRefusing(resolver, bodies)
  const byFunction = new Map<FunctionValue, Entry[]>()
  for (const entry of entries)
    for (const { function: of } of entry.functions) {
      const same = byFunction.get(of)
      if (same) same.push(entry)
      else byFunction.set(of, [entry])
    }
  let total = 0
  const shared = new Map<string, Shared>()
  const sharedBy = (front: string): Shared => {
    const known = shared.get(front) ?? newShared()
    shared.set(front, known)
    return known
  }

  const attempt = (
    entry: Entry,
    way: Edge[],
    sink: Sink,
    of: FunctionValue,
    kind: Arrival['kind'] | null,
    attacked: string | null,
    sample: string,
  ): Tried | null => {
    const unknown = { front: (kind && fronts[kind]) ?? 'x', inside: 'x' }
    const trial: Trial = {
      attacked,
      sample,
      language: sink.module.language,
      unknown,
      prefixes: new Set(),
      doubts: new Set(),
      refusals: new Set(),
      steps: 0,
    }
    const machine = openMachine(
      trial,
      resolver,
      bodies,
      mayRefuse,
      sharedBy(`${sink.module.language} ${unknown.front}`),
    )
    const frames = follow(entry, way, { function: of, module: sink.module }, machine)
    const frame = frames?.at(-1)
    if (!frames || !frame) return null
    let refused: string | null = null
    if (attacked !== null)
      for (const [index, each] of frames.entries()) {
        const edge = way[index]
        const reached = machine.reaches(each, edge ? (edge.call?.at ?? edge.to.at) : sink.call.at)
        if (reached.is === 'no') refused ??= reached.by
        if (reached.is === 'maybe') trial.doubts.add(reached.by)
      }
    const arrivals = refused === null ? sink.rule.look(sink.call, frame, machine, sink.path) : []
    total += trial.steps
    return { arrivals, refused, trial, machine }
  }

  /** The worst that one parameter does on one way. */
  const judge = (
    entry: Entry,
    way: Edge[],
    sink: Sink,
    of: FunctionValue,
    kind: Arrival['kind'],
    parameter: string,
  ): Pick<Flow, 'fate' | 'attack' | 'arrived' | 'because'> => {
    const refusals = new Set<string>()
    const doubts = new Set<string>()
    let attempted = 0
    const queue = [...attacksOf(kind)]
    const tried = new Set<string>()
    const shared = { attack: null, arrived: null }
    for (let attack = queue.shift(); attack; attack = queue.shift()) {
      if (tried.has(attack.sample)) continue
      tried.add(attack.sample)
      if (total > maxTotalSteps) return { ...shared, fate: 'undecided', because: 'more ways than are followed' }
      const found = attempt(entry, way, sink, of, kind, parameter, attack.sample)
      if (!found) continue
      attempted++
      if (found.trial.steps > maxSteps) return { ...shared, fate: 'undecided', because: 'more steps than are followed' }
      if (kind === 'file') queue.push(...siblings(found.trial.prefixes))
      if (found.refused) refusals.add(found.refused)
      else if (found.arrivals.length === 0) for (const by of found.trial.refusals) refusals.add(by)
      for (const arrival of found.arrivals.filter(each => each.kind === kind)) {
        const { machine } = found
        const isMarked = arrival.data.some(datum => machine.marks(datum).has(parameter))
        if (!isMarked) continue
        const plain = arrival.data.flatMap(machine.plain)
        const texts = plain.map((datum, index) => textOf(datum, index === 0 && kind !== 'arguments', machine))
        const hidden = plain.find(datum => datum.is === 'some' && datum.marks.size > 0)
        if (texts.some(text => text === null)) {
          if (kind === 'arguments' && arrival.program === null) continue
          doubts.add((hidden?.is === 'some' && hidden.why) || 'what is made of it')
          continue
        }
        if (!succeeds({ ...arrival, texts: texts as string[] }, attack)) continue
        for (const doubt of found.trial.doubts) doubts.add(doubt)
        if (found.trial.doubts.size === 0)
          return { fate: 'open', attack, arrived: (texts as string[]).join(' ').slice(0, 160), because: null }
      }
      if (kind === 'file' && queue.length === 0 && doubts.size === 0)
        queue.push(...links.filter(({ sample }) => !tried.has(sample)))
    }
    if (attempted === 0) return { ...shared, fate: 'safe', because: 'never called in this way' }
    if (doubts.size > 0) return { ...shared, fate: 'undecided', because: [...doubts].slice(0, 3).join(', ') }
    const by = refusals.size > 0 ? `refused in ${[...refusals].slice(0, 3).join(', ')}` : 'what arrives does no harm'
    return { ...shared, fate: 'safe', because: by }
  }

  const stepsOf = (entry: Entry, way: Edge[], sink: Sink): string[] => [
    `${entry.kind} ${entry.name ?? ''} in ${spot({ path: entry.file } as Module, entry.line)}`.replace('  ', ' '),
    ...way.flatMap(({ call, module }) => (call ? [spot(module, call.line)] : [])),
    spot(sink.module, sink.call.line),
  ]

  const flowsOf = (sink: Sink, of: FunctionValue): Flow[] => {
    const { ways, isCut } = waysTo(of, graph, each => byFunction.has(each))
    const base = { file: sink.module.path, line: sink.call.line, what: sink.what }
    const flows = new Map<string, Flow>()
    const severity: Fate[] = ['safe', 'undecided', 'open']
    const put = (key: string, flow: Flow): void => {
      const before = flows.get(key)
      if (!before || severity.indexOf(flow.fate) > severity.indexOf(before.fate)) flows.set(key, flow)
    }
    for (const way of ways)
      for (const entry of byFunction.get(way[0]?.from ?? of) ?? []) {
        const first = attempt(entry, way, sink, of, null, null, '')
        for (const arrival of first?.arrivals ?? []) {
          const machine = first?.machine
          if (!machine) continue
          const parameters = new Set(arrival.data.flatMap(datum => [...machine.marks(datum)]))
          const steps = stepsOf(entry, way, sink)
          if (parameters.size === 0)
            put(arrival.kind, {
              ...base,
              kind: arrival.kind,
              entry: null,
              parameter: null,
              steps,
              fate: 'safe',
              attack: null,
              arrived: null,
              because: 'nothing of a request arrives',
            })
          for (const parameter of [...parameters].slice(0, maxParameters)) {
            const key = `${arrival.kind} ${parameter}`
            if (flows.get(key)?.fate === 'open') continue
            const told = { kind: entry.kind, name: entry.name }
            put(key, {
              ...base,
              kind: arrival.kind,
              entry: told,
              parameter,
              steps,
              ...judge(entry, way, sink, of, arrival.kind, parameter),
            })
          }
        }
      }
    if (isCut && ways.length === 0 && flows.size === 0)
      put('cut', {
        ...base,
        kind: 'file',
        entry: null,
        parameter: null,
        steps: [],
        fate: 'undecided',
        attack: null,
        arrived: null,
        because: 'more ways than are followed',
      })
    return [...flows.values()]
  }
  return { flowsOf }
}
