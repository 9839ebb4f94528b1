import { partsOf } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { isWithin, nameOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { printing } from './shown.ts'

/** A call of a log, and what it is given. */
export interface Logging {
  log: string
  given: Value[]
}

const methods = /^(log|trace|debug|verbose|info|notice|warn|warning|error|fatal|critical|exception|print|msg|write)$/
const sinks =
  /^global:(globalThis\.)?(console\.(log|trace|debug|info|warn|error|dir|table)|process\.(stderr|stdout)\.write)$|^builtins\.print$|^logging\.(\w+\(\)\.)?(debug|info|warning|warn|error|critical|exception|log)$|^sys\.(stderr|stdout)\.write$|^loguru\.logger\.\w+$|^structlog\.\w+(\(\))?\.\w+$|^(pino|winston|bunyan|loglevel|consola|log4js|tslog|signale|debug)[:.].*$/

const logName = ({ callee }: Call, place: Place, resolver: Resolver): string | null => {
  const path = resolver.external(callee, place)
  const method = callee.is === 'member' ? callee.name : ''
  if (path !== null && sinks.test(path))
    return methods.test(method) || path === 'builtins.print'
      ? path.replace(/^(global|builtins)[:.]/, '').replace(':', '.')
      : null
  if (callee.is !== 'member' || !methods.test(method) || path !== null) return null
  const owner = callee.of.is === 'name' || callee.of.is === 'member' ? callee.of.name : ''
  return /^_?log(ger)?$/i.test(owner) ? `${owner}.${method}` : null
}

const allGiven = (call: Call): Value[] => [...call.arguments, ...call.named.map(([, value]) => value)]

/** The parameters of a function that are in a value as they were given. */
const parametersIn = (value: Value, of: FunctionValue, place: Place, resolver: Resolver): number[] => {
  const all = (values: Value[]): number[] => values.flatMap(each => parametersIn(each, of, place, resolver))
  switch (value.is) {
    case 'join':
    case 'list':
    case 'spread':
    case 'record':
    case 'either':
      return all(partsOf(value))
    case 'call':
      return printing.test(resolver.external(value.callee, place) ?? '') ? all(value.arguments) : []
    case 'name':
      return visibleAt(place.module, value.name, value.at).flatMap(({ value: kept }) =>
        kept.is === 'parameter' && kept.function === of.at ? [kept.index] : [],
      )
    default:
      return []
  }
}

/** Finds the calls of logs: those of libraries, and of functions of the repository that hand what they are given to one. */
export const openLogs = (resolver: Resolver): ((call: Call, module: Module) => Logging | null) => {
  const known = new Map<FunctionValue, { log: string; parameters: Set<number> } | null>()

  const forwarding = (of: FunctionValue, module: Module): { log: string; parameters: Set<number> } | null => {
    const before = known.get(of)
    if (before !== undefined) return before
    known.set(of, null)
    const place: Place = { module, frames: [] }
    const found = module.calls.flatMap(call => {
      const log = isWithin(call.at, of) ? logName(call, place, resolver) : null
      if (log === null) return []
      return allGiven(call).flatMap(value =>
        parametersIn(value, of, place, resolver).map(parameter => ({ log, parameter })),
      )
    })
    const [first] = found
    const made = first ? { log: first.log, parameters: new Set(found.map(({ parameter }) => parameter)) } : null
    known.set(of, made)
    return made
  }

  return (call, module) => {
    const place: Place = { module, frames: [] }
    const log = logName(call, place, resolver)
    if (log !== null) return { log, given: allGiven(call) }
    for (const thing of resolver.things(call.callee, place)) {
      const made = thing.value.is === 'function' ? forwarding(thing.value, thing.module) : null
      if (!made || thing.value.is !== 'function') continue
      const { parameters } = thing.value
      const isMethod = thing.module.language === 'python' && /^(self|cls)$/.test(parameters[0] ?? '')
      const isHanded = (index: number): boolean =>
        made.parameters.has(index + (isMethod ? 1 : 0)) ||
        // what is left goes to the last one: `...rest`
        (index >= parameters.length && made.parameters.has(parameters.length - 1))
      const named = call.named.flatMap(([key, value]) => (made.parameters.has(parameters.indexOf(key)) ? [value] : []))
      const given = [...call.arguments.filter((_, index) => isHanded(index)), ...named]
      return { log: `${nameOf(call.callee)}, which hands it to ${made.log}`, given }
    }
    return null
  }
}
