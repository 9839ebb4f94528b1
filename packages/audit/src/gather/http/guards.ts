import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { bundledClass } from '../registered/bundled.ts'
import { leftOutBy, openBeside, type LeftOut } from './left-out.ts'
import { pythonGuards } from './python-guards.ts'

/** Something that refuses requests. */
export interface Guard {
  of: 'credential' | 'origin' | 'host'
  file: string
  line: number
  by: string
  /** It is off, or can be got round; why. */
  fault: string | null
  /** It is passed over while no credential is set, or `only` where something holds. */
  optional?: true
  only?: string
  /** Whether that holds when nothing is set cannot be told. */
  unsure?: true
  off?: LeftOut
  /** It tells callers apart, and may know what each is allowed. */
  principals?: true
}

const header = {
  credential: /^(authorization|(x-)?([\w-]{0,30}-)?(api-?key|auth|auth-?token|token|secret))$/i,
  origin: /^origin$/i,
  host: /^(x-forwarded-)?host$/i,
}

/** Everything that is written in a function, as expressions. */
const writtenIn = (module: Module, of: FunctionValue, { bodies }: Reach): Value[] => {
  const body = bodies.of(module, of)
  return [
    ...body.calls,
    ...body.guards.map(({ test }) => test),
    ...body.returns.map(({ value }) => value),
    ...body.throws.map(({ value }) => value),
    ...body.writes.map(({ value }) => value),
    ...module.declarations
      .filter(({ at }) => of.at <= at && at < of.end && bodies.around(module, at - 1) === of)
      .map(({ value }) => value),
    ...of.returns,
  ]
}

const namesHeader = (value: Value, wanted: RegExp): boolean => {
  if (value.is === 'member')
    return wanted.test(value.name) && value.of.is === 'member' && /^_?headers$/.test(value.of.name)
  if (value.is !== 'call' || value.callee.is !== 'member' || !/^(get|header|getlist)$/.test(value.callee.name))
    return false
  const [first] = value.arguments
  return first?.is === 'text' && wanted.test(first.text)
}

const isStatus = (value: Value, statuses: number[]): boolean =>
  (value.is === 'number' && statuses.includes(value.number)) ||
  (value.is === 'member' && statuses.some(status => value.name.startsWith(`HTTP_${status}`)))

const equal = /^(===?|!==?)$/

/** A secret that is compared character by character: what differs later takes longer. */
const comparison = (values: Value[], place: Place, resolver: Resolver): string | null => {
  const isHashed = (value: Value): boolean =>
    someIn(
      value,
      part => part.is === 'call' && part.callee.is === 'member' && /^(digest|hexdigest)$/.test(part.callee.name),
    )
  const isFixed = (value: Value): boolean =>
    /^(constant|text|number)$/.test(value.is) || (value.is === 'member' && value.name === 'length')
  const isSecret = (value: Value): boolean => {
    const name = value.is === 'name' || value.is === 'member' ? value.name : ''
    const words = value.is === 'join' && value.parts.some(part => isSecret(part))
    return words || /(token|secret|api_?key|password|authorization|bearer|auth_?header)$/i.test(name)
  }
  let found: string | null = null
  for (const value of values)
    someIn(value, part => {
      if (part.is !== 'compare' || !equal.test(part.operator)) return false
      const { left, right } = part
      if (isFixed(left) || isFixed(right)) return false
      const things = [left, right].flatMap(side => resolver.things(side, place).map(({ value: made }) => made as Value))
      if ([left, right, ...things].some(isHashed)) return false
      if (isSecret(left) && isSecret(right)) found = `the credential is compared by ${part.operator}`
      return found !== null
    })
  return found
}

/** `if (token) app.use(check)`, or `if (!token) return next()`. */
const isOptional = (module: Module, of: FunctionValue, { bodies }: Reach): boolean => {
  const isName = (value: Value): boolean => value.is === 'name' || value.is === 'member'
  const isPassedOver = bodies.of(module, of).guards.some(({ test, consequent }) => {
    const within = bodies.of(module, of).calls.filter(({ at }) => consequent.at <= at && at < consequent.end)
    const goesOn = within.some(({ callee }) => callee.is === 'name' && /^(next|call_next)$/.test(callee.name))
    return goesOn && test.is === 'not' && isName(test.of)
  })
  const isUnder = module.guards.some(
    ({ test, consequent, alternate }) =>
      isName(test) && alternate === null && consequent.at <= of.at && of.end <= consequent.end,
  )
  return isPassedOver || isUnder
}

/** What a bundled SDK could refuse, were it told to. */
const isOfSdk = (module: Module): ((of: FunctionValue) => boolean) => {
  const classes = module.classes.filter(of => bundledClass(of) !== null)
  return of => classes.some(({ at, end }) => at <= of.at && of.end <= end)
}

const ofFunctions = (module: Module, reach: Reach): Guard[] => {
  const isLibrary = isOfSdk(module)
  return module.functions.flatMap(of => {
    if (isLibrary(of)) return []
    const values = writtenIn(module, of, reach)
    const reads = (wanted: RegExp): boolean => values.some(value => someIn(value, part => namesHeader(part, wanted)))
    const place: Place = { module, frames: [] }
    // what decides may stand in a function that is called
    const callees = reach.bodies
      .of(module, of)
      .calls.flatMap(({ callee }) =>
        reach.resolver
          .things(callee, place)
          .flatMap(({ value, module: other }) =>
            value.is === 'function'
              ? [{ line: value.line, file: other.path, values: writtenIn(other, value, reach) }]
              : [],
          ),
      )
    const called = callees.flatMap(({ values: each }) => each)
    const decider = callees.find(each =>
      each.values.some(value => someIn(value, part => isStatus(part, [400, 403, 421]))),
    )
    const decided = decider ? ` (${decider.file}:${decider.line})` : ''
    const refuses = (statuses: number[]): boolean =>
      [...values, ...called].some(value => someIn(value, part => isStatus(part, statuses)))
    const base = { file: module.path, line: of.line, by: of.name ?? 'a function that answers requests' }
    const found: Guard[] = []
    if (refuses([401, 403]) && reads(header.credential)) {
      const off = leftOutBy(of, module, reach)
      found.push({
        ...base,
        of: 'credential',
        fault: comparison([...values, ...called], place, reach.resolver),
        ...(isOptional(module, of, reach) ? { optional: true as const } : {}),
        ...(off ? { off } : {}),
      })
    }
    if (!refuses([403, 421, 400])) return found
    const [origin, host] = [reads(header.origin), reads(header.host)]
    const isListed = [...values, ...called].some(value =>
      someIn(value, part =>
        part.is === 'call'
          ? part.callee.is === 'member' && /^(includes|has|some)$/.test(part.callee.name)
          : part.is === 'compare' && /^(not )?in$/.test(part.operator),
      ),
    )
    const mutual =
      origin && host && !isListed
        ? `it compares Origin and Host with each other${decided}, which rebinding makes equal`
        : null
    if (origin) found.push({ ...base, of: 'origin', fault: mutual })
    if (host) found.push({ ...base, of: 'host', fault: mutual })
    return found
  })
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
  return [...options, ...library, ...mounted, ...pythonGuards(call, place, resolver)]
}

/** What a file puts before the tools. */
export const guardsIn = (module: Module, reach: Reach): Guard[] => {
  const place: Place = { module, frames: [] }
  return [...ofFunctions(module, reach), ...module.calls.flatMap(call => ofCall(call, place, reach))]
}
