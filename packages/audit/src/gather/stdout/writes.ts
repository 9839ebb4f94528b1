import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'
import { inheritedByNode } from './programs.ts'
import { ofPython } from './python.ts'

export const consoles =
  /^global:(globalThis\.)?(console\.(log|info|debug|dir|dirxml|table|group|groupCollapsed|count|timeEnd|timeLog)|process\.stdout\.write)$/
/** What consola writes to stdout: all but its errors and warnings. */
const consola = /^consola:(default\.|consola\.)?(log|info|success|start|ready|box|debug)$/
const methods =
  /^(log|success|start|ready|box|info|debug|dir|dirxml|table|group|groupCollapsed|count|timeEnd|timeLog|write)$/

const recordOf = (value: Value | undefined, place: Place, resolver: Resolver): Thing | undefined =>
  value ? resolver.things(value, place).find(thing => thing.value.is === 'record') : undefined

/** Fields that may be there, or are. */
const mayHave = ({ value }: Thing, ...names: string[]): boolean =>
  value.is === 'record' && [...names, '...'].some(name => fieldOf(value.fields, name))

/** `{ target: 'pino-pretty' }` without a destination: it writes to stdout. */
const isPinoOnStdout = (transport: Value, place: Place, resolver: Resolver): boolean => {
  const record = recordOf(transport, place, resolver)
  if (record?.value.is !== 'record' || mayHave(record, 'targets', 'pipeline')) return false
  const { fields } = record.value
  const target = fieldOf(fields, 'target')
  const name = target ? resolver.text(target, record) : null
  if (name !== 'pino-pretty' && name !== 'pino/file') return false
  const given = fieldOf(fields, 'options')
  const options = recordOf(given, record, resolver)
  if (!given || !options) return given === undefined
  if (options.value.is !== 'record') return false
  const destination = fieldOf(options.value.fields, 'destination')
  if (destination) return destination.is === 'number' && destination.number === 1
  return !mayHave(options)
}

/** pino writes to stdout unless it is given a destination or a transport. */
const ofPino = (call: Call, place: Place, resolver: Resolver): string | null => {
  if (call.arguments.length > 1) return null
  const [given] = call.arguments
  const options = given ? recordOf(given, place, resolver) : undefined
  if (given && options?.value.is !== 'record') return null
  const transport = options?.value.is === 'record' ? fieldOf(options.value.fields, 'transport') : undefined
  if (options && transport)
    return isPinoOnStdout(transport, options, resolver) ? 'pino() with a transport on stdout' : null
  return options && mayHave(options) ? null : 'pino() without a destination'
}

/** The transport of winston for the console writes to stdout what it is not told to write to stderr. */
const ofWinston = (call: Call, place: Place, resolver: Resolver): string | null => {
  const [given] = call.arguments
  const options = given ? recordOf(given, place, resolver) : undefined
  if (given && !options) return null
  return options && mayHave(options, 'stderrLevels', 'silent') ? null : 'the console of winston without stderrLevels'
}

/** `const log = console.log.bind(console)`. */
const ofBound = (callee: Value, place: Place, resolver: Resolver): string | null => {
  const [bound, ...others] = resolver.things(callee, place)
  if (bound?.value.is !== 'call' || others.length > 0) return null
  const { callee: binding } = bound.value
  if (binding.is !== 'member' || binding.name !== 'bind') return null
  const path = resolver.external(binding.of, bound) ?? ''
  return consoles.test(path) ? `${path.replace(/^global:/, '')}()` : null
}

/** What a call writes to stdout with; null when it does not. */
export const writesTo = (call: Call, place: Place, resolver: Resolver): string | null => {
  const { callee } = call
  if (place.module.language === 'python') return ofPython(call, place, resolver)
  if (callee.is === 'member' && methods.test(callee.name)) {
    const path = resolver.external(callee, place) ?? ''
    if (consola.test(path)) return 'consola'
    return consoles.test(path) ? `${path.replace(/^global:/, '')}()` : null
  }
  if (callee.is === 'member' && callee.name === 'pipe') {
    const [to] = call.arguments
    const isOut = to !== undefined && resolver.external(to, place) === 'global:process.stdout'
    return isOut ? 'pipe(process.stdout)' : null
  }
  if (call.constructs && callee.is !== 'call') {
    const isConsole = (callee.is === 'member' || callee.is === 'name') && callee.name === 'Console'
    const isWinston =
      isConsole && /^winston:(default\.)?transports\.Console$/.test(resolver.external(callee, place) ?? '')
    return isWinston ? ofWinston(call, place, resolver) : null
  }
  const inherited = inheritedByNode(call, place, resolver)
  if (inherited !== null || callee.is !== 'name') return inherited
  const path = resolver.external(callee, place)
  return path === 'pino:' ? ofPino(call, place, resolver) : path === null ? ofBound(callee, place, resolver) : null
}
