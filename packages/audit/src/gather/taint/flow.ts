import { someIn } from '../code/parts.ts'
import { visibleAt, type Call, type Guard, type Range, type Try, type Value } from '../code/values.ts'
import type { Body } from '../reached/bodies.ts'
import { distinct, holds, nil, some, text, type Datum, type Frame } from './data.ts'
import { contains, spot, type Machine, type Reached, type Tested } from './machine.ts'

const yes: Reached = { is: 'yes' }

/** The side of a guard that an offset stands in: whether its test has to hold there; null outside of both. */
const sideOf = ({ consequent, alternate }: Guard, at: number): boolean | null =>
  contains(consequent, at) ? true : alternate && contains(alternate, at) ? false : null

const nameOf = (value: Value): string | null =>
  value.is === 'name' || value.is === 'member' ? value.name : value.is === 'call' ? nameOf(value.callee) : null

/** Whether a handler is for what is thrown; in one language handlers say what they are for. */
const catches = ({ types }: Try['handlers'][number], thrown: string | null): boolean => {
  const names = types.map(nameOf)
  return (
    thrown === null ||
    names.length === 0 ||
    names.some(name => name === null || name === thrown || /^(Base)?Exception$/.test(name))
  )
}

/** What is thrown at one offset does not keep another from being reached. */
const isCaught = ({ tries, throws: all }: Body, thrown: Range, at: number): boolean => {
  const raised = all.find(each => contains(thrown, each.at))
  const name = raised ? nameOf(raised.value) : null
  return tries.some(
    ({ body, handlers }) =>
      contains(body, thrown.at) &&
      !contains(body, at) &&
      handlers.some(
        handler => catches(handler, name) && (contains(handler, at) || (handler.leaves === null && at >= handler.end)),
      ),
  )
}

/** `continue` and `break` only concern what stands in the same loop. */
const leaves = (how: Guard['consequent']['leaves'] | undefined, guard: Guard, at: number, body: Body): boolean => {
  if (!how) return false
  if (how === 'throw') return !isCaught(body, guard, at)
  if (how === 'return') return true
  const loop = body.loops.filter(each => contains(each, guard.at)).toSorted((a, b) => b.at - a.at)[0]
  return loop !== undefined && contains(loop, at)
}

/** What throws in the body of a `try` in this trial; null when nothing does. */
const thrownIn = ({ body: range }: Try, body: Body, frame: Frame, machine: Machine): 'call' | 'guard' | null => {
  const isCall = body.calls.some(
    call =>
      contains(range, call.at) && machine.mayRefuse(call, frame.module) && machine.values(call, frame).length === 0,
  )
  if (isCall) return 'call'
  const isGuard = body.guards.some(
    guard =>
      contains(range, guard.at) &&
      guard.consequent.leaves === 'throw' &&
      machine.test(guard.test, frame).holds === true &&
      machine.passes(frame, guard.at, range.at) === true,
  )
  return isGuard ? 'guard' : null
}

/** What a handler catches: an error of the system has a code, one of the server has none. */
export const caught = (name: string, at: number, frame: Frame, machine: Machine): Datum[] | null => {
  const body = machine.bodies.of(frame.module, frame.function)
  const one = body.tries.find(({ handlers }) =>
    handlers.some(handler => handler.binds === name && contains(handler, at)),
  )
  const thrown = one && thrownIn(one, body, frame, machine)
  if (!thrown) return null
  const code: Datum = thrown === 'guard' ? nil : text('ENOENT')
  const said = body.throws.flatMap(({ value, at: where }) => {
    const [first] = value.is === 'call' && contains(one.body, where) ? value.arguments : []
    return first && machine.reaches(frame, where).is === 'yes' ? machine.values(first, frame) : []
  })
  return [
    {
      is: 'fields',
      fields: new Map([
        ['code', [code]],
        ['errno', [some()]],
        ['message', thrown === 'guard' && said.length > 0 ? said : [some()]],
        ['name', [some()]],
        ['stack', [some()]],
      ]),
    },
  ]
}

/** It stands in another case of the same `switch`. */
const isOtherCase = (at: number, to: number, { branches }: Body): boolean =>
  branches.some(
    one =>
      one.isCase === true &&
      contains(one, at) &&
      !contains(one, to) &&
      branches.some(whole => !whole.isCase && whole.at <= one.at && one.end <= whole.end && contains(whole, to)),
  )

export const passes = (frame: Frame, at: number, to: number, machine: Machine): boolean | null => {
  const body = machine.bodies.of(frame.module, frame.function)
  if (isOtherCase(at, to, body)) return false
  let sure: boolean | null = true
  for (const guard of body.guards) {
    // an assertion is its own condition
    if (guard.at === at && guard.consequent.at === at && guard.consequent.leaves === 'throw') continue
    const side = sideOf(guard, at)
    if (side === null || sideOf(guard, to) === side) continue
    // from one side there is no way to the other, nor to what comes after a side that is left
    const how = (side ? guard.consequent : guard.alternate)?.leaves
    const isLeft = how === 'return' || (how === 'throw' && !isCaught(body, guard, to))
    if (sideOf(guard, to) !== null || (isLeft && to >= guard.end)) return false
    const { holds } = machine.test(guard.test, frame)
    if (holds !== null && holds !== side) return false
    if (holds === null) sure = null
  }
  for (const one of body.tries) {
    if (!one.handlers.some(handler => contains(handler, at) && !contains(handler, to))) continue
    if (thrownIn(one, body, frame, machine) === null) return false
  }
  const isBranch = body.branches.some(
    branch =>
      contains(branch, at) &&
      !contains(branch, to) &&
      !body.guards.some(guard => guard.at === branch.at || sideOf(guard, at) !== null) &&
      !body.tries.some(({ handlers }) => handlers.some(handler => handler.at === branch.at)) &&
      !body.loops.some(loop => loop.at === branch.at),
  )
  return isBranch ? null : sure
}

/** `const kept = cache.get(key); if (kept) return kept`: what was answered before refuses nobody. */
const isAnswered = ({ test, consequent }: Guard, { returns }: Body, { module }: Frame): boolean => {
  const looked = test.is === 'compare' ? test.left : test
  if (looked.is !== 'name' || consequent.leaves !== 'return') return false
  const isCached = visibleAt(module, looked.name, looked.at).some(
    ({ value }) =>
      value.is === 'call' &&
      value.callee.is === 'member' &&
      (/cache|memo/i.test(value.callee.name) || /cache|memo/i.test(nameOf(value.callee.of) ?? '')),
  )
  const isSame = (value: Value): boolean => value.is === 'name' && value.name === looked.name
  return isCached && returns.some(({ value, at }) => contains(consequent, at) && someIn(value, isSame))
}

const byGuard = (guard: Guard, at: number, body: Body, frame: Frame, machine: Machine, isStrict: boolean): Reached => {
  const side = sideOf(guard, at)
  const by = spot(frame.module, guard.line)
  if (side === null) {
    if (guard.end > at) return yes
    const then = leaves(guard.consequent.leaves, guard, at, body)
    const otherwise = leaves(guard.alternate?.leaves, guard, at, body)
    if (!then && !otherwise) return yes
    const isPassed = machine.passes(frame, guard.at, at)
    if (isPassed === false) return yes
    const { holds, isMarked, harmless } = machine.test(guard.test, frame)
    const isThrown = (holds === false || !then ? guard.alternate : guard.consequent)?.leaves === 'throw'
    const isOptional = harmless !== undefined && (harmless ? otherwise && !then : then && !otherwise)
    if (holds === null && isAnswered(guard, body, frame)) return yes
    if (holds === null) return isMarked || isOptional ? { is: 'maybe', by, isThrown } : yes
    if (holds ? !then : !otherwise) return yes
    // what is assumed about settings refuses nobody
    if (!isMarked && (isStrict || isThrown)) return yes
    return { is: isPassed ? 'no' : 'maybe', by, isThrown }
  }
  const { holds, isMarked } = machine.test(guard.test, frame)
  if (holds === null) return isMarked ? { is: 'maybe', by, isThrown: false } : yes
  return holds === side || (isStrict && !isMarked) ? yes : { is: 'no', by, isThrown: false }
}

/** It gets something of the request that is being tried. */
const isConcerned = ({ callee, arguments: given, named }: Call, frame: Frame, machine: Machine): boolean =>
  [...given, ...named.map(([, value]) => value), ...(callee.is === 'member' ? [callee.of] : [])].some(value =>
    machine.values(value, frame).some(datum => machine.marks(datum).size > 0),
  )

/** Whether a request comes as far as an offset of a function: what stands before it may refuse it. */
export const reaches = (frame: Frame, at: number, machine: Machine, isStrict: boolean): Reached => {
  const body = machine.bodies.of(frame.module, frame.function)
  let doubt: Reached = yes
  for (const guard of body.guards) {
    if (guard.at >= at && sideOf(guard, at) === null) continue
    const found = byGuard(guard, at, body, frame, machine, isStrict)
    if (found.is === 'no') return found
    if (found.is === 'maybe') doubt = found
  }
  for (const call of body.calls) {
    if (call.end > at || isCaught(body, call, at) || !machine.mayRefuse(call, frame.module)) continue
    const isPassed = machine.passes(frame, call.at, at)
    if (isPassed === false || !isConcerned(call, frame, machine)) continue
    if (machine.values(call, frame).length > 0) continue
    if (isPassed) return { is: 'no', by: spot(frame.module, call.line), isThrown: true }
    doubt = { is: 'maybe', by: spot(frame.module, call.line), isThrown: true }
  }
  return doubt
}

const isBranched = (at: number, body: Body): boolean =>
  [...body.branches, ...body.guards].some(range => contains(range, at)) ||
  body.tries.some(({ handlers }) => handlers.some(handler => contains(handler, at)))

/** Whether it depends on something that has nothing to do with the request, such as a setting. */
const isOptional = (at: number, body: Body, frame: Frame, machine: Machine): boolean => {
  const guard = body.guards.findLast(each => sideOf(each, at) !== null)
  const found = guard && machine.test(guard.test, frame)
  return found?.holds === null && !found.isMarked
}

export const outcome = (frame: Frame, machine: Machine): Datum[] => {
  const { function: of, module } = frame
  const body = machine.bodies.of(module, of)
  const found: Datum[] = []
  /** What is given back whatever the request is, depending on something that is not known. */
  const aside: Datum[] = []
  let refused: string | null = null
  let isOpen = false
  for (const { value, at } of body.returns) {
    const way = machine.reaches(frame, at)
    const inHandler = body.tries.find(({ handlers }) => handlers.some(handler => contains(handler, at)))
    if (way.is === 'no' && way.isThrown) {
      refused = way.by
      machine.trial.refusals.add(way.by)
    }
    if (way.is === 'no' || (inHandler && thrownIn(inHandler, body, frame, machine) === null)) continue
    const given = machine.values(value, frame)
    // what is chosen by the request is no doubt, whether the request gets through is one
    const isCarried = given.some(datum => machine.marks(datum).size > 0)
    if (way.is === 'maybe' && (way.isThrown || isCarried)) machine.trial.doubts.add(way.by)
    if (!isOptional(at, body, frame, machine)) found.push(...given)
    else if (given.every(datum => machine.marks(datum).size === 0)) aside.push(...given)
    else {
      isOpen = true
      found.push(...given)
    }
  }
  if (refused !== null && isOpen) machine.trial.doubts.add(refused)
  const isTotal = [...body.returns, ...body.throws].some(({ at }) => !isBranched(at, body))
  const end: Reached | null = isTotal || !of || of.isGenerator ? null : machine.reaches(frame, of.end)
  if (end && end.is !== 'no') found.push(nil)
  if (end?.is === 'maybe' && end.isThrown) machine.trial.doubts.add(end.by)
  // it lets pass by a setting what it refuses without one
  const isRefused = end?.is === 'no' && end.isThrown ? true : refused !== null && isTotal
  if (found.length === 0 && isRefused) return []
  const isChosen =
    body.guards.some(guard => machine.test(guard.test, frame).isMarked) ||
    body.tries.some(one => thrownIn(one, body, frame, machine) !== null)
  const { attacked } = machine.trial
  const marked = isChosen && attacked !== null ? found.map(datum => chosen(datum, attacked)) : found
  return distinct(marked.some(datum => machine.marks(datum).size > 0) ? marked : [...marked, ...aside])
}

/** Which of several constants or records it is depends on the request. */
const chosen = (datum: Datum, attacked: string): Datum => {
  const marks = new Set([attacked])
  if (datum.is === 'record') return { ...datum, chosen: marks }
  return datum.is === 'constant' ? { ...datum, marks } : datum
}

/** A condition, with what is known about its parts. */
export const test = (value: Value, frame: Frame, machine: Machine): Tested => {
  if (value.is === 'not') {
    const inner = machine.test(value.of, frame)
    const harmless = inner.harmless === undefined ? {} : { harmless: !inner.harmless }
    return { ...inner, holds: inner.holds === null ? null : !inner.holds, ...harmless }
  }
  if (value.is === 'either' || value.is === 'both') {
    const decides = value.is === 'either'
    const sides = [machine.test(value.first, frame), machine.test(value.second, frame)]
    const deciding = sides.find(side => side.holds === decides)
    if (deciding) return deciding
    // what holds in any case does not decide
    const open = sides.filter(side => side.holds === null)
    const isMarked = (open.length > 0 ? open : sides).some(side => side.isMarked)
    if (open.length === 0) return { holds: !decides, isMarked }
    const isLookedAt = !isMarked && sides.some(side => side.isMarked)
    return { holds: null, isMarked, ...(isLookedAt ? { harmless: decides } : {}) }
  }
  const found = machine.values(value, frame).flatMap(machine.plain)
  // it throws: what comes after it is reached by nobody, which is told where the call is looked at
  if (found.length === 0) return { holds: null, isMarked: false }
  // of several items of a list it is the attacked one that matters
  const marked = found.filter(datum => machine.marks(datum).size > 0)
  const deciding = marked.length > 0 ? marked : found
  const first = holds(deciding[0] ?? nil)
  return { holds: deciding.every(datum => holds(datum) === first) ? first : null, isMarked: marked.length > 0 }
}
