import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, visibleAt, type Call, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { openBeside, type LeftOut } from './left-out.ts'
import type { Mounts } from './mounts.ts'
import { protectionSet } from './host-origin-option.ts'
import { pythonGuards } from './python-guards.ts'
import { verifiersIn } from './verifiers.ts'
import { ofFunctions } from './written-guards.ts'

/** Something that refuses requests. */
export interface Guard {
  of: 'credential' | 'origin' | 'host'
  file: string
  line: number
  by: string
  /** It is off, or can be got round; why. */
  fault: string | null
  /** Compared in a time that tells how much of it was right; nothing else is wrong with it. */
  isTimed?: true
  /** A way past it that others, which stand before the tools as well, may close. */
  hole?: string
  /** It is passed over while no credential is set, or `only` where something holds. */
  optional?: true
  only?: string
  /** Whether that holds when nothing is set cannot be told. */
  unsure?: true
  /** It looks at what arrives on loopback alone. */
  onLoopback?: true
  off?: LeftOut
  /** It tells callers apart, and may know what each is allowed. */
  principals?: true
}

const known: [path: RegExp, of: Guard['of'][]][] = [
  [/(^|[:.])(localhost)?[hH]ost(Header)?Validation(Middleware)?$/, ['host']],
  [/(^|[:.])(localhost)?[oO]rigin(Header)?Validation(Middleware)?$/, ['origin']],
  [/(^|[:.])createMcp(Express|Hono|Fastify)App$/, ['host']],
  [
    /(^|[:.])(requireBearerAuth|bearerAuth|mcpAuthRouter|expressjwt|withMcpAuth|experimental_withMcpAuth|requireAuth|mcpAuth|HTTPBearer|APIKeyHeader|BearerAuthBackend|RequireAuthMiddleware|BearerAuthMiddleware)$/,
    ['credential'],
  ],
  [/(^|[:.])TrustedHostMiddleware$/, ['host']],
]

/** On when nothing is set: `true`, or `process.env.X !== 'false'`. */
const isOnByDefault = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean => {
  if (depth > 4) return false
  if (value.is === 'constant') return value.of === true
  if (value.is === 'compare')
    return /^!==?$/.test(value.operator) && [value.left, value.right].some(({ is }) => is === 'text')
  const declared = value.is === 'name' ? visibleAt(place.module, value.name, value.at) : []
  if (declared.some(({ value: kept }) => kept.is === 'compare' || kept.is === 'name'))
    return declared.every(({ value: kept }) => isOnByDefault(kept, place, resolver, depth + 1))
  const things = resolver.things(value, place)
  return things.length > 0 && things.every(({ value: made }) => made.is === 'constant' && made.of === true)
}

/** `enableDnsRebindingProtection` does nothing while it is off, or without a list. */
const rebinding = (options: Value & { is: 'record' }, place: Place, resolver: Resolver): Guard[] => {
  const enabled = fieldOf(options.fields, 'enableDnsRebindingProtection')
  if (!enabled) return []
  const base = { file: place.module.path, line: options.line, by: 'enableDnsRebindingProtection' }
  const isOn = isOnByDefault(enabled, place, resolver)
  const fault = isOn ? null : 'it is off unless somebody turns it on'
  const lists = (['host', 'origin'] as const).flatMap((of): Guard[] =>
    fieldOf(options.fields, of === 'host' ? 'allowedHosts' : 'allowedOrigins') ? [{ ...base, of, fault }] : [],
  )
  return lists.length > 0
    ? lists
    : [{ ...base, of: 'host', fault: fault ?? 'neither allowedHosts nor allowedOrigins is given' }]
}

/** What is only kept under a name stands before nothing until the name is called or handed on. */
const isUsed = (call: Call, module: Module): boolean => {
  const kept = module.declarations.filter(({ value }) => value === call)
  if (kept.length === 0) return true
  const isNamed = (value: Value): boolean =>
    someIn(value, part => part.is === 'name' && kept.some(({ name }) => name === part.name))
  return module.calls.some(each => each !== call && isNamed(each)) || module.exports.some(({ value }) => isNamed(value))
}

/** A check that one branch puts before a route, while the other serves the same route without it. */
const inBranch = (call: Call, module: Module, reach: Reach): Pick<Guard, 'optional' | 'only' | 'unsure' | 'off'> => {
  const isCheck = ({ callee }: Call): boolean => {
    const path = reach.resolver.external(callee, { module, frames: [] })
    return path !== null && known.some(([test, of]) => of.includes('credential') && test.test(path))
  }
  const beside = openBeside(call, module, isCheck, reach)
  if (!beside) return {}
  const { by, line, isOn } = beside
  if (isOn === true) return { off: { by, line } }
  return {
    optional: true,
    only: `where ${by} holds (${module.path}:${line})`,
    ...(isOn === null ? { unsure: true } : {}),
  }
}

const ofCall = (call: Call, place: Place, reach: Reach): Guard[] => {
  const { module } = place
  const { resolver } = reach
  const base = { file: module.path, line: call.line }
  const records = call.arguments
    .flatMap(value => resolver.things(value, place))
    .flatMap(({ value }) => (value.is === 'record' ? [value] : []))
  const options = records.flatMap(record => rebinding(record, place, resolver))
  const paths = [call.callee, ...call.arguments].flatMap(value => resolver.external(value, place) ?? [])
  const path = paths.find(one => known.some(([test]) => test.test(one)))
  const library = known
    .filter(([test]) => path !== undefined && test.test(path) && !call.dropped && isUsed(call, module))
    .flatMap(([, of]) =>
      of.map((each): Guard => ({
        ...base,
        of: each,
        by: path?.split(/[:.]/).at(-1) ?? '',
        fault: null,
        ...(each === 'credential' ? { principals: true as const, ...inBranch(call, module, reach) } : {}),
      })),
    )
  const mounted = known
    .filter(
      ([test]) =>
        path !== undefined &&
        test.test(path) &&
        call.dropped === true &&
        !test.test(resolver.external(call.callee, place) ?? ''),
    )
    .flatMap(([, of]) =>
      of.map((each): Guard => ({ ...base, of: each, by: path?.split(/[:.]/).at(-1) ?? '', fault: null })),
    )
  return [...options, ...library, ...mounted, ...pythonGuards(call, place, reach)]
}

/** What a file puts before the tools. */
export const guardsIn = (module: Module, reach: Reach, mounts: Mounts): Guard[] => {
  const place: Place = { module, frames: [] }
  return [
    ...ofFunctions(module, reach, mounts),
    ...verifiersIn(module, reach),
    ...module.calls.flatMap(call => ofCall(call, place, reach)),
    ...protectionSet(module, reach),
  ]
}
