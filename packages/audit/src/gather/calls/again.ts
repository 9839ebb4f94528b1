import { someIn } from '../code/parts.ts'
import type { Resolver } from '../code/resolve.ts'
import { isWithin, type Call, type FunctionValue, type Module, type Range, type Value } from '../code/values.ts'
import { nameOf, pathsOf } from '../concurrency/paths.ts'

/** What does something again after it failed. */
export interface Again {
  how: 'loop' | 'recursion'
  line: number
  /** Nothing ends it but success. */
  endless: boolean
}

const waits =
  /^(global:setTimeout|timers\/promises:setTimeout|time\.sleep|asyncio\.sleep|anyio\.sleep|promisified global:setTimeout)$/

const isWaitingIn = (range: Range, module: Module, resolver: Resolver): boolean =>
  module.calls.some(
    call =>
      isWithin(call.at, range) &&
      (/sleep|delay|wait|backoff|pause|setTimeout/i.test(nameOf(call)) ||
        pathsOf(call, { module, frames: [] }, resolver).some(path => waits.test(path))),
  )

/** A loop with a `try` in it, or around an attempt, that waits before it goes on. */
const loopAround = (at: number, module: Module, resolver: Resolver): Again | null => {
  const loop = module.loops.find(one => one.kind !== 'comprehension' && isWithin(at, one))
  if (!loop) return null
  const isTried = module.tries.some(one => isWithin(one.at, loop) && isWithin(at, one.body))
  const isChecked = module.guards.some(one => isWithin(one.at, loop) && one.at > at)
  return (isTried || isChecked) && isWaitingIn(loop, module, resolver)
    ? { how: 'loop', line: loop.line, endless: false }
    : null
}

const passing = new Set([408, 425, 429])

/** A new login is what is tried, not the same once more. */
const isAboutLogin = (at: number, module: Module): boolean =>
  module.guards.some(
    ({ consequent, test }) =>
      isWithin(at, consequent) &&
      someIn(
        test,
        part =>
          (part.is === 'number' && (part.number === 401 || part.number === 403)) ||
          ((part.is === 'name' || part.is === 'member') && /auth|token|login|expired/i.test(part.name)),
      ),
  )

/** `response.status === 429`, `!response.ok`, `isRetryable(error)`: no look at whether a job is done. */
const tellsFailure = (test: Value): boolean =>
  someIn(
    test,
    part =>
      (part.is === 'number' && (passing.has(part.number) || (part.number >= 500 && part.number < 600))) ||
      ((part.is === 'name' || part.is === 'member') &&
        /^(ok|is_error|is_success)$|retr(y|iable)|transient|rate_?limit/i.test(part.name)),
  )

const counting = /retr|attempt|count|tries|left|remain|depth|deadline|elapsed|max|time|now/i

/** It hands on nothing but what it was given, counts nothing, and asks for no number on the way. */
const isEndless = (again: Call, of: FunctionValue, module: Module): boolean => {
  const given = [...again.arguments, ...again.named.map(([, value]) => value)]
  const isSame = given.every(value => value.is === 'name' && of.parameters.includes(value.name))
  const isCounted = module.writes.some(({ at, operator }) => isWithin(at, of) && operator !== '=')
  const isAsked = module.guards.some(
    ({ at, test }) =>
      isWithin(at, of) &&
      someIn(test, part => (part.is === 'name' || part.is === 'member') && counting.test(part.name)),
  )
  return isSame && !isCounted && !isAsked
}

/** `catch { await sleep(1000); return this.load(path) }` around an attempt in `load` itself. */
const recursionAround = (at: number, module: Module, resolver: Resolver): Again | null => {
  const ways = [
    ...module.tries.flatMap(({ body, handlers }) => (isWithin(at, body) ? handlers : [])),
    ...module.guards.flatMap(({ at: asked, test, consequent }) =>
      asked > at && tellsFailure(test) ? [consequent] : [],
    ),
  ]
  for (const of of module.functions.filter(one => isWithin(at, one)))
    for (const way of ways.filter(one => isWithin(one.at, of))) {
      const again = module.calls.find(
        call =>
          isWithin(call.at, way) &&
          resolver.things(call.callee, { module, frames: [] }).some(({ value }) => value === of),
      )
      if (again && !isAboutLogin(again.at, module) && isWaitingIn(way, module, resolver))
        return { how: 'recursion', line: again.line, endless: isEndless(again, of, module) }
    }
  return null
}

/** What tries again what happens at an offset, in the function that it stands in. */
export const againAround = (at: number, module: Module, resolver: Resolver): Again | null =>
  loopAround(at, module, resolver) ?? recursionAround(at, module, resolver)
