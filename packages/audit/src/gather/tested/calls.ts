import type { Place, Resolver } from '../code/resolve.ts'
import { type Call, type FunctionValue, type Module, type Range, type Value } from '../code/values.ts'
import { assertionIn, assertionOf, type Assertion } from './assertions.ts'
import { isMadeFrom, isMadeOf } from './mentions.ts'
import type { Site, TestCase } from './model.ts'
import { calledBy, handedOver, isFilledLater, type Called, type Entrances } from './sites.ts'

interface Told {
  sites: Site[]
  assertions: Assertion[]
}

const maxDepth = 5
const maxCalls = 4_000

const isInside = (inner: Range, outer: Range): boolean => outer.at <= inner.at && inner.end <= outer.end

const boundFunctions = new WeakMap<Module, FunctionValue[]>()

/** Functions that have a name: they run when they are called, not where they stand. */
const boundIn = (module: Module): FunctionValue[] => {
  const known = boundFunctions.get(module)
  if (known) return known
  const values = new Set<Value>(module.declarations.map(({ value }) => value))
  const members = new Set<Value>(module.classes.flatMap(owner => owner.members.map(({ value }) => value)))
  const found = module.functions.filter(one => values.has(one) || members.has(one))
  boundFunctions.set(module, found)
  return found
}

const clock = /(^|[.:])(perf_counter|monotonic|performance\.now|Date\.now|time\.time|hrtime(\.bigint)?)$/

/** A claim about something that is there, other than about how long it took. */
const isAboutSomething = (assertion: Assertion, place: Place, resolver: Resolver): boolean => {
  const isClock = (part: Value): boolean =>
    part.is === 'call' && clock.test(resolver.external(part.callee, place) ?? '')
  const { about } = assertion
  return (
    about.some(value => isMadeOf(value, place.module, part => part.is === 'name' || part.is === 'call')) &&
    !about.some(value => isMadeOf(value, place.module, isClock)) &&
    !place.module.calls.some(call => isInside(call, assertion) && isClock(call))
  )
}

/** Gives each call what is claimed after it: of its answer, or of nothing else that was answered. */
const settle = ({ sites, assertions }: Told, place: Place, resolver: Resolver): void => {
  const { module } = place
  for (const assertion of assertions) {
    const own = sites.filter(
      site => isInside(site, assertion) || assertion.about.some(value => isMadeFrom(value, module, site)),
    )
    const before = sites.findLast(({ at }) => at < assertion.at)
    const isResult = assertion.claims === 'result'
    const meant =
      own.length > 0 ? own : isResult && before && isAboutSomething(assertion, place, resolver) ? [before] : []
    for (const site of meant) {
      site.isRefused ||= assertion.claims === 'refused'
      site.isRefusedByText ||= assertion.claims === 'text'
      site.isAsserted ||= isResult
    }
  }
}

/** Reads the functions of tests, and those they call in the tests' own files. */
export const openTold = (resolver: Resolver, entrances: Entrances, isOwnFile: (path: string) => boolean) => {
  const enter = (call: Call, place: Place): { body: FunctionValue; place: Place }[] =>
    resolver.things(call.callee, place).flatMap(thing => {
      if (thing.value.is !== 'function' || !isOwnFile(thing.module.path)) return []
      const body = thing.value
      if (place.frames.some(frame => frame.function === body)) return []
      return [
        { body, place: { module: thing.module, frames: [...thing.frames, { function: body, call, caller: place }] } },
      ]
    })

  /** Exceptions that are expected: what stands in these ranges is refused. */
  const refusing = (range: Range, place: Place): Range[] => [
    ...place.module.contexts.filter(
      context =>
        isInside(context, range) &&
        context.value.is === 'call' &&
        (/(^|\.)(raises|assertRaises\w*)$/.test(resolver.external(context.value.callee, place) ?? '') ||
          (context.value.callee.is === 'member' && /^(raises|assertRaises\w*)$/.test(context.value.callee.name))),
    ),
    ...place.module.tries
      .filter(each => isInside(each, range))
      .flatMap(each => {
        const fails = place.module.calls.some(
          call => isInside(call, each.body) && call.callee.is === 'member' && call.callee.name === 'fail',
        )
        return fails ? [each.body, ...each.handlers] : each.handlers
      }),
  ]

  /** The handler that a stub got hold of, when it can only be one. */
  const heldBack = (call: Call, place: Place, captured: string[]): Called | null =>
    captured.length > 0 && isFilledLater(call, place, resolver)
      ? { method: 'tools/call', tools: captured.length === 1 ? captured : [null], way: 'function' }
      : null

  const told = (range: Range, place: Place, depth: number): Told => {
    const { module } = place
    const found: Told = { sites: [], assertions: [] }
    const nested = boundIn(module).filter(each => isInside(each, range) && each !== range && each.at !== range.at)
    const runs = (at: number): boolean => !nested.some(each => each.at <= at && at < each.end)
    const starts = new Set<Call>()
    let captured: string[] = []
    const expected = refusing(range, place)
    const isExpected = (at: number): boolean => expected.some(each => each.at <= at && at < each.end)
    const calls = module.calls.filter(call => isInside(call, range) && runs(call.at)).slice(0, maxCalls)
    for (const call of calls) {
      if (starts.has(call)) continue
      const claimed = assertionIn(call, place, resolver)
      if (claimed) {
        if (claimed.start) starts.add(claimed.start)
        const { assertion } = claimed
        if (assertion) found.assertions.push(isExpected(call.at) ? { ...assertion, claims: 'refused' } : assertion)
        continue
      }
      if (found.sites.some(site => isInside(call, site) && site.at !== site.end)) continue
      const given = handedOver(call, place, resolver, entrances)
      if (given.length > 0) captured = given
      const called = calledBy(call, place, resolver, entrances) ?? heldBack(call, place, captured)
      const { at, end, line } = call
      const none = { isAsserted: false, isRefused: isExpected(at), isRefusedByText: false }
      if (called) {
        found.sites.push({ ...called, at, end, line, path: module.path, ...none })
        continue
      }
      if (depth >= maxDepth) continue
      for (const { body, place: inner } of enter(call, place)) {
        const below = told(body, inner, depth + 1)
        found.sites.push(
          ...below.sites.map(site => ({
            ...site,
            at,
            end,
            line,
            path: module.path,
            isRefused: site.isRefused || none.isRefused,
          })),
        )
        const claims = below.assertions.some(each => each.claims === 'refused')
          ? 'refused'
          : below.assertions.some(each => each.claims === 'result')
            ? 'result'
            : 'text'
        // a helper that claims something of what it is given
        if (below.sites.length === 0 && below.assertions.length > 0)
          found.assertions.push({ at, end, about: call.arguments, claims })
      }
    }
    for (const guard of module.guards) {
      const assertion = isInside(guard, range) && runs(guard.at) ? assertionOf(guard) : null
      if (assertion) found.assertions.push(isExpected(guard.at) ? { ...assertion, claims: 'refused' } : assertion)
    }
    found.assertions.sort((a, b) => a.at - b.at)
    settle(found, place, resolver)
    return found
  }

  /** What a test calls, with what was called for it before. */
  const ofCase = ({ body, place, before }: TestCase): Site[] => {
    const earlier = before.flatMap(({ name, body: first, place: at }) => {
      const { sites } = told(first, at, 1)
      const isSame = at.module === place.module && name === null
      return sites
        .filter(({ method }) => method === 'tools/call')
        .map(site => (isSame ? site : { ...site, at: -1, end: -1 }))
    })
    const own = told(body, place, 0)
    if (earlier.length > 0) {
      // what a hook put into a variable, or a fixture gave, and the test speaks of
      const given = new Set(before.flatMap(({ name }) => (name === null ? [] : [name])))
      for (const assertion of own.assertions)
        for (const site of earlier) {
          const isMeant = assertion.about.some(value =>
            site.at >= 0
              ? isMadeFrom(value, place.module, site)
              : isMadeOf(value, place.module, part => part.is === 'parameter' && given.has(part.name)),
          )
          if (!isMeant) continue
          site.isRefused ||= assertion.claims === 'refused'
          site.isRefusedByText ||= assertion.claims === 'text'
          site.isAsserted ||= assertion.claims === 'result'
        }
    }
    return [...earlier, ...own.sites]
  }

  /** What a script does from its first line to its last. */
  const ofScript = (module: Module): Site[] =>
    told({ at: 0, end: Number.MAX_SAFE_INTEGER }, { module, frames: [] }, 0).sites

  return { ofCase, ofScript }
}
