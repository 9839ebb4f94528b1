import { promiseChainOf } from './code/promise-chains.ts'
import { isWithin, type Call, type Module } from './code/values.ts'
import type { Reach } from './reach.ts'

/** Asynchronous work of the language and of what comes with it, which may fail whenever it is asked for. */
const failing =
  /^(global:fetch|undici:fetch|(node|cross)-fetch:(default)?|fs\/promises:\w+|fs:promises\.\w+|fs-extra:\w+|axios:(default\.)?(get|post|put|patch|delete|request)?)$/

const isCovered = (module: Module, at: number): boolean =>
  module.tries.some(({ body, handlers }) => handlers.length > 0 && isWithin(at, body))

/** TypeScript: `save(x).then(report)` as a statement, without a catch: when it fails, the rejection ends the process. */
export const lostChain = (call: Call, module: Module, reach: Reach): string | null => {
  const { callee, dropped, awaited } = call
  if (!dropped || awaited || callee.is !== 'member' || !/^(then|catch|finally)$/.test(callee.name)) return null
  const owner = reach.bodies.around(module, call.at)
  if (!owner || !reach.graph.functions.has(owner)) return null
  const { root, isCaught } = promiseChainOf(call, module)
  if (isCaught || root.is !== 'call') return null
  return failing.test(reach.resolver.external(root.callee, { module, frames: [] }) ?? '')
    ? `${callee.name}() without a catch after it: when what it follows fails, the rejection ends the process`
    : null
}

/** TypeScript: JSON that comes in pieces is parsed in a listener, from which an exception goes nowhere. */
export const unparsed = (call: Call, module: Module, reach: Reach): { line: number; saw: string } | null => {
  const { callee, arguments: given } = call
  const [event, listener] = given
  if (callee.is !== 'member' || !/^(on|once|addListener)$/.test(callee.name) || !listener) return null
  if (event?.is !== 'text' || !/^(data|message|line)$/.test(event.text)) return null
  for (const { value, module: other } of reach.resolver.things(listener, { module, frames: [] })) {
    if (value.is !== 'function' || value.isAsync) continue
    const parsing = reach.bodies
      .of(other, value)
      .calls.find(
        one =>
          one.callee.is === 'member' &&
          one.callee.name === 'parse' &&
          reach.resolver.external(one.callee, { module: other, frames: [] }) === 'global:JSON.parse',
      )
    if (parsing && other === module && !isCovered(other, parsing.at))
      return {
        line: parsing.line,
        saw: `JSON.parse in a listener of '${event.text}': a text that is none, or half of one, ends the process`,
      }
  }
  return null
}
