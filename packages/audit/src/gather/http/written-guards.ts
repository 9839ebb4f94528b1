import { partsOf, someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { isWithin, nameOf, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { bundledClass } from '../registered/bundled.ts'
import { withCalled } from './called.ts'
import type { Guard } from './guards.ts'
import { holeIn } from './holes.ts'
import { leftOutBy } from './left-out.ts'
import { underMode } from './modes.ts'
import type { Mounts } from './mounts.ts'
import { partialIn } from './partial-names.ts'
import { onSomePaths } from './some-paths.ts'
import { switchedOff } from './switched-off.ts'

const header = {
  credential: /^(authorization|(x-)?([\w-]{0,30}-)?(api-?key|auth|auth-?token|token|secret))$/i,
  origin: /^origin$/i,
  host: /^(x-forwarded-)?host$/i,
}

/** Everything that is written in a function, as expressions. */
export const writtenIn = (module: Module, of: FunctionValue, { bodies }: Reach): Value[] => {
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

/** `new URL(req.url, `http://${req.headers.host}`)`: the name only makes an address of a path. */
const isBase = (value: Value): boolean => value.is === 'call' && value.constructs && nameOf(value.callee) === 'URL'

/** Whether a header is read for more than that: the host of the address may be asked for later. */
const readsIn = (values: Value[], wanted: RegExp): boolean => {
  const isAsked = values.some(value =>
    someIn(value, part => part.is === 'member' && /^(host|hostname)$/.test(part.name) && !namesHeader(part, wanted)),
  )
  const isRead = (value: Value, depth = 0): boolean =>
    namesHeader(value, wanted) ||
    (depth < 30 && (isAsked || !isBase(value)) && partsOf(value).some(part => isRead(part, depth + 1)))
  return values.some(value => isRead(value))
}

const isStatus = (value: Value, statuses: number[]): boolean =>
  (value.is === 'number' && statuses.includes(value.number)) ||
  (value.is === 'member' && statuses.some(status => value.name.startsWith(`HTTP_${status}`)))

const equal = /^(===?|!==?)$/

const isFixed = (value: Value): boolean =>
  /^(constant|text|number)$/.test(value.is) || (value.is === 'member' && value.name === 'length')

/** A secret that is compared character by character: what differs later takes longer. */
export const comparison = (values: Value[], place: Place, resolver: Resolver): string | null => {
  const isHashed = (value: Value): boolean =>
    someIn(
      value,
      part => part.is === 'call' && part.callee.is === 'member' && /^(digest|hexdigest)$/.test(part.callee.name),
    )
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

/** `if (requireAuth) { … refuse }`: who calls the function decides whether it asks. */
const whereTold = (
  of: FunctionValue,
  module: Module,
  { bodies }: Reach,
): Pick<Guard, 'optional' | 'only' | 'unsure'> => {
  const { guards, calls } = bodies.of(module, of)
  const refusals = calls.filter(call => someIn(call, part => isStatus(part, [401, 403])))
  const told = guards.find(
    ({ test, consequent }) =>
      test.is === 'name' &&
      of.parameters.includes(test.name) &&
      refusals.length > 0 &&
      refusals.every(({ at }) => isWithin(at, consequent)),
  )
  return told?.test.is === 'name'
    ? { optional: true, unsure: true, only: `where ${told.test.name} holds (${module.path}:${told.line})` }
    : {}
}

const isDenial = (value: Value): boolean => isStatus(value, [401, 403])

/** `/[\s@?#]/.test(host)`: which characters a name may have says nothing of the name. */
const isOfCharacters = (call: Call, place: Place, resolver: Resolver): boolean =>
  [call.callee.is === 'member' ? call.callee.of : call.callee, ...call.arguments].some(value =>
    resolver
      .things(value, place)
      .some(thing => thing.value.is === 'pattern' && /^\^?\[[^\]]*\][+*]?\$?$/.test(thing.value.text)),
  )

/** What a bundled SDK could refuse, were it told to. */
const isOfSdk = (module: Module): ((of: FunctionValue) => boolean) => {
  const classes = module.classes.filter(of => bundledClass(of) !== null)
  return of => classes.some(({ at, end }) => at <= of.at && of.end <= end)
}

/** Functions that look at headers and refuse. */
export const ofFunctions = (module: Module, reach: Reach, mounts: Mounts): Guard[] => {
  const isLibrary = isOfSdk(module)
  return module.functions.flatMap(of => {
    if (isLibrary(of)) return []
    const values = writtenIn(module, of, reach)
    const reads = (wanted: RegExp): boolean => readsIn(values, wanted)
    const place: Place = { module, frames: [] }
    // what decides may stand in a function that is called
    const callees = reach.bodies
      .of(module, of)
      .calls.flatMap(call =>
        reach.resolver
          .things(call.callee, place)
          .flatMap(({ value, module: other }) =>
            value.is === 'function'
              ? [{ at: call.at, line: value.line, file: other.path, values: writtenIn(other, value, reach) }]
              : [],
          ),
      )
    const called = callees.flatMap(({ values: each }) => each)
    const decider = callees.find(each =>
      each.values.some(value => someIn(value, part => isStatus(part, [400, 403, 421]))),
    )
    const decided = decider ? ` (${decider.file}:${decider.line})` : ''
    // `const user = await authenticate(request)`, and a refusal without one
    const isRefusing = (statuses: number[]): boolean =>
      values.some(value => someIn(value, part => isStatus(part, statuses)))
    const asks = (wanted: RegExp): boolean => readsIn(called, wanted)
    const refuses = (statuses: number[]): boolean =>
      [...values, ...called].some(value => someIn(value, part => isStatus(part, statuses)))
    // `if (!token) { refuse(res); return }`
    const isSentAway = reach.bodies
      .of(module, of)
      .guards.some(
        ({ consequent }) =>
          /^(return|throw)$/.test(consequent.leaves ?? '') &&
          callees.some(
            each =>
              isWithin(each.at, consequent) && each.values.some(value => someIn(value, part => isStatus(part, [401]))),
          ),
      )
    const mounted = mounts.of(of, module)
    if (mounted === 'nowhere') return []
    const base = { file: module.path, line: of.line, by: of.name ?? 'a function that answers requests' }
    const behind =
      mounted === 'used'
        ? null
        : `it stands behind the routes that it should guard (${module.path}:${mounted.line}): they answer before it is asked`
    const found: Guard[] = []
    if (
      (refuses([401, 403]) && reads(header.credential)) ||
      ((isRefusing([401, 403]) || isSentAway) && asks(header.credential))
    ) {
      const off = leftOutBy(of, module, reach)
      const timed = comparison([...values, ...called], place, reach.resolver)
      const hole = holeIn(of, module, reach, value => namesHeader(value, header.credential))
      found.push({
        ...base,
        of: 'credential',
        fault: behind ?? hole?.certain ?? timed,
        ...(timed !== null && behind === null && hole?.certain === undefined ? { isTimed: true as const } : {}),
        ...(hole?.perhaps ? { hole: hole.perhaps } : {}),
        ...(isOptional(module, of, reach) ? { optional: true as const } : switchedOff(of, module, reach, isDenial)),
        ...underMode(of, module, reach, isDenial),
        ...onSomePaths(of, module, reach),
        ...(reads(header.credential) ? {} : whereTold(of, module, reach)),
        ...(off ? { off } : {}),
      })
    }
    if (!refuses([403, 421, 400])) return found
    const isOwn = isRefusing([403, 421])
    const [origin = false, host = false] = [header.origin, header.host].map(
      wanted => reads(wanted) || (isOwn && asks(wanted)),
    )
    const parts = withCalled({ of, module }, reach).map(each => ({
      values: writtenIn(each.module, each.of, reach),
      place: { module: each.module, frames: [] },
    }))
    const all = parts.flatMap(each => each.values)
    const isListed = all.some(value =>
      someIn(value, part =>
        part.is === 'call'
          ? part.callee.is === 'member' && /^(includes|has|some)$/.test(part.callee.name)
          : part.is === 'compare' && /^(not )?in$/.test(part.operator),
      ),
    )
    const isHeader =
      (wanted: RegExp) =>
      (value: Value): boolean =>
        namesHeader(value, wanted)
    // a name or a pattern that is written down, and more than whether there is one
    const isHeld = parts.some(({ values: each, place: there }) =>
      each.some(value =>
        someIn(value, part =>
          part.is === 'compare'
            ? [part.left, part.right].some(side => side.is === 'text' && /\w[.:]|localhost/.test(side.text))
            : part.is === 'call' &&
              part.callee.is === 'member' &&
              /^(test|match|exec|starts_?with|ends_?with)$/i.test(part.callee.name) &&
              !isOfCharacters(part, there, reach.resolver),
        ),
      ),
    )
    const isName = (value: Value): boolean =>
      someIn(
        value,
        part => /origin|host/i.test(nameOf(part)) || namesHeader(part, header.origin) || namesHeader(part, header.host),
      )
    const isCompared = all.some(value =>
      someIn(
        value,
        part =>
          part.is === 'compare' &&
          equal.test(part.operator) &&
          [part.left, part.right].every(side => !isFixed(side) && isName(side)),
      ),
    )
    const mutual =
      origin && host && isCompared && !isListed && !isHeld
        ? `it compares Origin and Host with each other${decided}, which rebinding makes equal`
        : null
    const partial = (wanted: RegExp): string | null => partialIn([...values, ...called], isHeader(wanted), place)
    const off = origin || host ? switchedOff(of, module, reach, part => isStatus(part, [400, 403, 421])) : null
    const when = { ...off, ...onSomePaths(of, module, reach) }
    if (origin) found.push({ ...base, of: 'origin', fault: behind ?? mutual ?? partial(header.origin), ...when })
    if (host) found.push({ ...base, of: 'host', fault: behind ?? mutual ?? partial(header.host), ...when })
    return found
  })
}
