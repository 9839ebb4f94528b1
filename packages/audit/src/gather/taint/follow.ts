import type { Call, FunctionValue, Module } from '../code/values.ts'
import type { Entry } from '../reach.ts'
import type { Edge } from '../reached/graph.ts'
import { some, type Datum, type Frame } from './data.ts'
import { enterAt } from './entering.ts'
import { intoInner } from './inner.ts'
import type { Machine } from './machine.ts'

/** The frame of what is called next; null when the call cannot be what it looks like. */
export const into = ({ call, to, target, handed }: Edge, frame: Frame, machine: Machine): Frame | null =>
  call ? intoCall(call, to, target, frame, machine, handed) : intoInner(to, frame, machine)

/** Follows one way from a handler in a trial; null when the calls on it cannot be what they look like. */
export const follow = (
  entry: Entry,
  way: Edge[],
  last: { function: FunctionValue; module: Module },
  machine: Machine,
): Frame[] | null => {
  const start = way[0] ? { function: way[0].from, module: way[0].module } : last
  const frames = [enterAt(entry, start.function, start.module, machine)]
  for (const edge of way) {
    const frame = frames.at(-1)
    const next = frame && into(edge, frame, machine)
    if (!next) return null
    frames.push(next)
  }
  return frames
}

const intoCall = (
  call: Call,
  to: FunctionValue,
  target: Module,
  frame: Frame,
  machine: Machine,
  table?: number,
): Frame | null => {
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
  // handed over out of a table: it is called with what follows it
  if (table !== undefined)
    return machine.enter(
      { is: 'closure', of: to, frame: machine.top(target), self: null },
      { ...given, positional: positional.slice(table + 1) },
    )
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
