import type { Call, FunctionValue, Module } from '../code/values.ts'
import { optionsOf } from '../data-access/options.ts'
import type { Entry, Reach } from '../reach.ts'
import { isFor, type Edge } from '../reached/graph.ts'
import { spot } from './machine.ts'
import type { Arrival, Sink } from './sinks.ts'
import { sql } from './sinks/statements.ts'
import { asEntry } from './entering.ts'
import { leaving, readingOf } from './transactions.ts'
import { openTrying, type Judged, type Route } from './trying.ts'
import { waysTo } from './ways.ts'

/** What becomes of a parameter on its way to a place where it might do harm. */
export interface Flow extends Judged {
  kind: Arrival['kind']
  /** The file, the line and the name of what is called. */
  file: string
  line: number
  what: string
  /** The tool, prompt or resource, and its parameter; null when nothing of a request arrives. */
  entry: { kind: Entry['kind']; name: string | null } | null
  parameter: string | null
  /** It may only read: `query(text, settings={"readonly": "1"})`, one statement in a transaction that is READ ONLY. */
  readsOnly: boolean
  /** From the handler to the place, each with file and line. */
  steps: string[]
}

export interface Search {
  flowsOf(sink: Sink, of: FunctionValue): Flow[]
  /** There were more ways to all places together than were followed. */
  isCut(): boolean
}

const maxParameters = 10
const severity: Judged['fate'][] = ['safe', 'undecided', 'open']
const tooLong: Partial<Judged> = { fate: 'undecided', because: 'the number of steps that lead there' }
export const nothing: Judged = {
  fate: 'safe',
  attack: null,
  arrived: null,
  isWhole: false,
  passed: [],
  because: 'nothing of a request arrives',
}

/** A handler that is registered under many names is looked at once. */
const openEntries = (entries: Entry[]) => {
  const byFunction = new Map<FunctionValue, { entry: Entry; names: Set<string> }[]>()
  for (const entry of entries)
    for (const { function: of } of entry.functions) {
      const known = byFunction.get(of) ?? []
      byFunction.set(of, known)
      let same = known.find(
        other => other.entry.work.value === entry.work.value && other.entry.input?.value === entry.input?.value,
      )
      if (!same) known.push((same = { entry, names: new Set() }))
      if (entry.name !== null) same.names.add(entry.name)
    }
  return byFunction
}

/** The name that a function of the way was registered with, when its handler has several. */
const nameIn = (way: Edge[], names: Set<string>): string | null => {
  if (names.size < 2) return [...names][0] ?? null
  const isNaming = (call: Call, of: FunctionValue): boolean => call.arguments.includes(of)
  for (const { to, target } of way) {
    const [first] = target.calls.find(call => isNaming(call, to))?.arguments ?? []
    if (first?.is === 'text' && names.has(first.text)) return first.text
  }
  return null
}

/** An option that ClickHouse knows. */
const saysReadOnly = ({ call, module }: Sink, { resolver }: Reach): boolean =>
  optionsOf(call, { module, frames: [] }, resolver).found.some(
    ({ name, off }) => /(^|\.)(clickhouse_)?settings\.readonly$/.test(name) && !off,
  )

const looseIn = (way: Edge[]): number => way.filter(({ isLoose }) => isLoose).length

export const openSearch = (reach: Reach): Search => {
  const { entries, graph } = reach
  const byFunction = openEntries(entries)
  const trying = openTrying(reach)

  /** Where there are too many ways to follow: whether anything that the function might be given does harm. */
  const elsewhere = (sink: Sink, of: FunctionValue, kind: Arrival['kind']): Partial<Judged> => {
    const many: Partial<Judged> = { fate: 'undecided', because: 'the number of ways that lead there' }
    // what a function inside of another one, or a method, gets is not only in its parameters
    if (reach.bodies.around(sink.module, of.at - 1) !== null) return many
    const route = { entry: asEntry(of, sink.module), way: [], sink, of }
    const found = trying.arrivals(route)
    if (!found) return many
    const arrivals = found.arrivals.filter(arrival => arrival.kind === kind)
    const isSafe =
      !found.isCut &&
      arrivals.every(arrival =>
        [...new Set(arrival.data.flatMap(datum => [...found.machine.marks(datum)]))].every(
          parameter => trying.judge(route, arrival, parameter).fate === 'safe',
        ),
      )
    return isSafe && arrivals.length > 0 ? { because: 'whatever its function is given does no harm' } : many
  }

  const flowsOf = (sink: Sink, of: FunctionValue): Flow[] => {
    const entriesOf = (way: Edge[]) =>
      (byFunction.get(way[0]?.from ?? of) ?? []).filter(({ entry }) => way.every(edge => isFor(entry.kind, edge)))
    const { ways: all, isCut } = waysTo(of, graph, each => byFunction.has(each))
    const ways = all.filter(way => entriesOf(way).length > 0)
    const reading = sink.rule === sql ? readingOf(sink, of, reach) : null
    const place = {
      file: sink.module.path,
      line: sink.call.line,
      what: sink.what,
      readsOnly: sink.rule === sql && (saysReadOnly(sink, reach) || reading === 'one'),
    }
    const judge = (route: Route, arrival: Arrival, parameter: string): Judged => {
      const found = trying.judge(route, arrival, parameter)
      const isProven = reading === 'one' && found.fate === 'undecided' && found.isWhole
      if (isProven) return { ...found, fate: 'safe', because: 'one statement, in a transaction that can only read' }
      const isLeft = reading === 'several' && found.fate === 'open' && found.isWhole
      return isLeft ? { ...found, attack: leaving, arrived: leaving.sample } : found
    }
    const flows = new Map<string, Flow>()
    const put = (flow: Flow): void => {
      const key = `${flow.kind} ${flow.parameter}`
      const before = flows.get(key)
      if (!before || severity.indexOf(flow.fate) > severity.indexOf(before.fate)) flows.set(key, flow)
    }
    let isReached = false
    // what is certain to be called first
    for (const way of ways.toSorted((a, b) => looseIn(a) - looseIn(b)))
      for (const { entry, names } of entriesOf(way)) {
        const route = { entry, way, sink, of }
        const found = trying.arrivals(route)
        const told = { kind: entry.kind, name: nameIn(way, names) }
        const steps = [
          spot({ path: entry.file } as Module, entry.line),
          ...way.flatMap(({ call, module }) => (call ? [spot(module, call.line)] : [])),
          spot(sink.module, sink.call.line),
        ]
        isReached ||= found !== null && found.arrivals.length > 0
        for (const arrival of found?.arrivals ?? []) {
          const { kind, data } = arrival
          const parameters = new Set(data.flatMap(datum => [...(found?.machine.marks(datum) ?? [])]))
          if (parameters.size === 0)
            put({ ...place, kind, entry: null, parameter: null, steps, ...nothing, ...(found?.isCut ? tooLong : {}) })
          for (const parameter of [...parameters].slice(0, maxParameters)) {
            // one parameter that does harm is enough for a place
            if ([...flows.values()].some(flow => flow.kind === kind && flow.fate === 'open')) break
            put({ ...place, kind, entry: told, parameter, steps, ...judge(route, arrival, parameter) })
          }
        }
      }
    const { kind } = sink.rule
    if (!isReached && ways.length > 0 && kind && sink.path !== '' && sink.call.arguments.length > 0)
      put({
        ...place,
        kind,
        entry: null,
        parameter: null,
        steps: [],
        ...nothing,
        fate: 'undecided',
        because: 'what it is given',
      })
    if (isCut)
      for (const flow of flows.values()) if (flow.fate === 'safe') Object.assign(flow, elsewhere(sink, of, flow.kind))
    return [...flows.values()]
  }
  return { flowsOf, isCut: () => trying.isCut() }
}
