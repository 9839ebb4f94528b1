import { innermost, isWithin, type Call, type FunctionValue, type Module } from './code/values.ts'
import type { Reach } from './reach.ts'

const maxWay = 8
const endings = /^(global:process\.exit|process:exit|sys\.exit|os\._exit|builtins\.(exit|quit))$/

/** What is there to end the program, or to begin it anew. */
const meant =
  /exit|quit|shut|stop|restart|terminat|kill|clean|close|end|dispose|reload|update|upgrade|signal|fatal|die|abort|main|cli/i

const nameOf = (of: FunctionValue, module: Module | undefined): string =>
  of.name ?? module?.declarations.find(({ value }) => value === of)?.name ?? ''

/** What the functions on a way from a handler are called, the tool included; null when no way is certain. */
const wayFrom = (of: FunctionValue, { graph, entries }: Reach): string[] | null => {
  const first = new Map(entries.flatMap(entry => entry.functions.map(one => [one.function, entry] as const)))
  const queue: { at: FunctionValue; names: string[] }[] = [{ at: of, names: [] }]
  const seen = new Set<FunctionValue>([of])
  for (const { at, names } of queue) {
    if (names.length > maxWay) continue
    const here = [...names, nameOf(at, graph.functions.get(at))]
    const entry = first.get(at)
    // which tool of one handler for all of them it is for is not known
    if (entry) return at === of && entry.name === null ? null : [...here, entry.name ?? '']
    for (const { from, call, isLoose, to } of graph.into(at)) {
      // what is given to something else runs when that wants it: a listener, a timer
      if (isLoose || !call || (call.callee.is !== 'name' && call.callee.is !== 'member') || seen.has(from)) continue
      if (call.arguments.some(given => given === to)) continue
      seen.add(from)
      queue.push({ at: from, names: here })
    }
  }
  return null
}

const catchesExit = (module: Module, at: number): boolean =>
  module.tries.some(
    ({ body, handlers }) =>
      isWithin(at, body) &&
      handlers.some(
        ({ types }) =>
          types.length === 0 ||
          types.some(
            type => (type.is === 'name' || type.is === 'member') && /^(SystemExit|BaseException)$/.test(type.name),
          ),
      ),
  )

/** Where the handler of a call ends the whole program: `process.exit(1)`, `sys.exit()`. */
export const processEnds = (module: Module, reach: Reach): { what: string; line: number }[] =>
  module.calls.flatMap((call: Call) => {
    const name = call.callee.is === 'name' || call.callee.is === 'member' ? call.callee.name : ''
    if (!/^(exit|quit|_exit)$/.test(name)) return []
    const of = reach.bodies.around(module, call.at)
    if (!of || !reach.graph.functions.has(of)) return []
    const path = reach.resolver.external(call.callee, { module, frames: [] }) ?? ''
    if (!endings.test(path) || (module.language === 'python' && name !== '_exit' && catchesExit(module, call.at)))
      return []
    const way = wayFrom(of, reach)
    const owner = innermost(module.classes, call.at)?.name ?? ''
    if (!way || way.some(each => meant.test(each)) || meant.test(owner)) return []
    return [{ what: path.replace(/^(global|builtins)[:.]/, '').replace(':', '.'), line: call.line }]
  })
