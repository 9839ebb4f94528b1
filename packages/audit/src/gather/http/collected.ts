import { someIn } from '../code/parts.ts'
import {
  fieldOf,
  isWithin,
  nameOf,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Range,
  type Value,
} from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { isRefusal, refuses } from './endpoints.ts'
import { handedOn, isRequest, listenersOf, type Receiver } from './received.ts'

/** A body of a request that is read to its end, however long it is. */
export interface Collected {
  file: string
  line: number
  what: string
  /** Where requests come in. */
  from: { file: string; line: number }
  /** It is the framework that reads all, as it does for everybody: `await request.json()`. */
  byFramework?: true
}

const maxDepth = 6
const sizes = /length|size|bytes|total|received|limit|max|too_?(large|big|long)|exceed/i

/** `size > MAX`, `body.length >= limit`, `Number(req.headers['content-length']) > max`, `isTooLarge(body)`. */
export const measures = (value: Value): boolean =>
  someIn(value, part => {
    if (part.is === 'call') return /limit|exceed|too_?(large|big|long)|check\w*size|^min$/i.test(nameOf(part.callee))
    return (
      part.is === 'compare' &&
      /^[<>]=?$/.test(part.operator) &&
      [part.left, part.right].some(side =>
        someIn(side, one => sizes.test(nameOf(one)) || (one.is === 'text' && sizes.test(one.text))),
      )
    )
  })

/** Something in a function looks at how much there is. */
export const isMeasured = (of: Range, module: Module): boolean => {
  const isHere = ({ at }: { at: number }): boolean => isWithin(at, of)
  return [
    ...module.guards.filter(isHere).map(({ test }) => test),
    ...module.loops.filter(isHere).map(({ of: value }) => value),
    ...module.returns.filter(isHere).map(({ value }) => value),
    ...module.writes.filter(isHere).map(({ value }) => value),
    ...module.declarations.filter(isHere).map(({ value }) => value),
    ...module.calls.filter(isHere),
  ].some(measures)
}

/** A text, a list or a buffer of the language. */
const isPlain = (value: Value, module: Module): boolean =>
  value.is === 'name' &&
  visibleAt(module, value.name, value.at).some(
    ({ value: made }) =>
      made.is === 'text' ||
      made.is === 'list' ||
      (made.is === 'call' && /^(alloc|from|concat|Array|Uint8Array|bytearray|bytes|list)$/.test(nameOf(made.callee))),
  )

const isSame = (one: Value, other: Value): boolean => nameOf(one) !== '' && nameOf(one) === nameOf(other)

/** The line on which a part of the body is added to what there is of it: `body += chunk`, `chunks.push(chunk)`. */
export const additionIn = (range: Range, part: string, module: Module): number | null => {
  const carries = (value: Value): boolean =>
    someIn(value, one => one.is === 'name' && one.name === part) &&
    !someIn(value, one => /^(length|byteLength|size)$/.test(nameOf(one)))
  const pushed = module.calls.find(
    ({ callee, arguments: given, at }) =>
      isWithin(at, range) &&
      callee.is === 'member' &&
      /^(push|append|extend)$/.test(callee.name) &&
      given.some(carries) &&
      isPlain(callee.of, module),
  )
  const written = module.writes.find(
    ({ target, operator, value, at }) =>
      isWithin(at, range) &&
      isPlain(target, module) &&
      carries(value) &&
      (operator === '+=' || (operator === '=' && someIn(value, one => isSame(one, target)))),
  )
  return pushed?.line ?? written?.line ?? null
}

const readers = /^(stream\/consumers:(text|json|buffer|arrayBuffer|blob)|raw-body:(default)?)$/

/** `text(req)` of Node and `getRawBody(req)` read all there is, unless they are told a limit. */
const isReadWhole = (call: Call, { module }: Receiver, { resolver }: Reach): boolean => {
  if (!readers.test(resolver.external(call.callee, { module, frames: [] }) ?? '')) return false
  const [, options] = call.arguments
  return !options || (options.is === 'record' && !fieldOf(options.fields, 'limit') && !fieldOf(options.fields, '...'))
}

interface Found {
  module: Module
  line: number
  what: string
  at: number
}

/** What the function itself collects of the request. */
const collectedBy = (receiver: Receiver, reach: Reach): Found[] => {
  const { of, module } = receiver
  const calls = module.calls.filter(({ at }) => isWithin(at, of))
  const listened = calls.flatMap((call): Found[] => {
    const { callee, arguments: given, line, at } = call
    if (given.some(value => isRequest(value, receiver)) && isReadWhole(call, receiver, reach))
      return [{ module, line, at, what: nameOf(callee) }]
    const [event, listener] = given
    const isData = callee.is === 'member' && /^(on|addListener)$/.test(callee.name) && isRequest(callee.of, receiver)
    if (!isData || event?.is !== 'text' || event.text !== 'data' || !listener) return []
    return reach.resolver.things(listener, { module, frames: [] }).flatMap(({ value, module: other }): Found[] => {
      if (value.is !== 'function' || other !== module || isMeasured(value, module)) return []
      const added = additionIn(value, value.parameters[0] ?? '', module)
      return added === null ? [] : [{ module, line: added, at, what: 'a listener of data' }]
    })
  })
  const looped = module.loops.flatMap((loop): Found[] => {
    if (loop.kind !== 'for' || !isWithin(loop.at, of)) return []
    const whole = loop.of.is === 'call' && loop.of.callee.is === 'member' ? loop.of.callee.of : loop.of
    if (!isRequest(whole, receiver)) return []
    const part = module.declarations.find(({ value }) => value.is === 'element' && value.of === loop.of)?.name
    const added = part === undefined ? null : additionIn(loop, part, module)
    return added === null ? [] : [{ module, line: added, at: loop.at, what: 'a loop over the request' }]
  })
  return [...listened, ...looped]
}

/** Something before it in the function refuses those who may not come in. */
export const isRefusedBefore = (at: number, of: FunctionValue, module: Module, reach: Reach): boolean =>
  module.calls.some(
    call =>
      isWithin(call.at, of) &&
      call.end <= at &&
      (someIn(call, isRefusal) ||
        reach.resolver
          .things(call.callee, { module, frames: [] })
          .some(({ value, module: other }) => value.is === 'function' && refuses(value, other, reach))),
  )

const inReceiver = (receiver: Receiver, reach: Reach, seen: Set<FunctionValue>, depth = 0): Found[] => {
  const { of, module } = receiver
  if (depth > maxDepth || seen.has(of) || isMeasured(of, module)) return []
  seen.add(of)
  const own = collectedBy(receiver, reach)
  const further = module.calls
    .filter(({ at }) => isWithin(at, of))
    .flatMap(call =>
      handedOn(call, receiver, reach).flatMap(next =>
        inReceiver(next, reach, seen, depth + 1).map(found => ({ found, at: call.at })),
      ),
    )
  return [...own.map(found => ({ found, at: found.at })), ...further]
    .filter(({ at }) => !isRefusedBefore(at, of, module, reach))
    .map(({ found }) => found)
}

/** TypeScript: bodies that a listener of Node's own server collects for anybody, without a look at how much there is. */
export const collectedIn = (module: Module, reach: Reach): Collected[] =>
  module.calls.flatMap(call =>
    listenersOf(call, { module, frames: [] }, reach).flatMap(receiver =>
      inReceiver(receiver, reach, new Set()).map(({ module: { path }, line, what }) => ({
        file: path,
        line,
        what,
        from: { file: module.path, line: call.line },
      })),
    ),
  )
