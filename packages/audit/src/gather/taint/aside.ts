import type { Call, FunctionValue, Module, Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { nameOf } from './sinks/arrival.ts'
import { isReader } from './sinks/standard-input.ts'
import { nothing, type Flow } from './search.ts'

/** A text that is written down, or JSON, which has no end of a line in it. */
const isFixed = (value: Value): boolean =>
  value.is === 'text' ||
  (value.is === 'join' && value.parts.every(isFixed)) ||
  (value.is === 'call' && /^(stringify|dumps)$/.test(nameOf(value.callee)))

/** What is written to a program that runs it, by a method that takes what others have put aside: from a queue, by a timer. */
export const writtenAside = (own: Iterable<Module>, { graph, bodies, resolver }: Reach): Flow[] => {
  const flows: Flow[] = []
  const look = (call: Call, module: Module): void => {
    const [given] = call.arguments
    if (!given || isFixed(given) || !isReader(call, module, resolver)) return
    flows.push({
      ...nothing,
      fate: 'undecided',
      because: 'what other calls leave to be written there',
      kind: 'shell',
      file: module.path,
      line: call.line,
      what: 'the standard input of a program',
      entry: null,
      parameter: null,
      readsOnly: false,
      steps: [],
    })
  }
  for (const module of own)
    for (const { members } of module.classes) {
      const methods = members.flatMap(({ value }): FunctionValue[] => (value.is === 'function' ? [value] : []))
      if (!methods.some(of => graph.functions.has(of))) continue
      for (const of of methods.filter(each => !graph.functions.has(each)))
        for (const call of bodies.of(module, of).calls) look(call, module)
    }
  return flows
}
