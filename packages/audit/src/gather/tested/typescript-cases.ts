import type { Place, Resolver } from '../code/resolve.ts'
import {
  fieldOf,
  innermost,
  type Call,
  type FunctionValue,
  type Module,
  type Range,
  type Value,
} from '../code/values.ts'
import type { Cases, DeadTest, TestCase } from './model.ts'

const runner =
  /^(vitest|@jest\/globals|bun:test|test|mocha|@playwright\/test|uvu|tap|tape|ava|global|@effect\/vitest|vite-plus\/test|@rstest\/core|poku|jasmine|@japa\/runner)(\.default)?:(.*)$/
const heads = /^[xf]?(it|test|describe|specify|context|suite)$|^(before|after|setup$|teardown$|Deno$)/
const maxRows = 40

interface Opened {
  kind: 'case' | 'suite' | 'hook'
  modifiers: string[]
  /** `each(rows)`, `skipIf(condition)`. */
  given: { name: string; call: Call }[]
}

/** The name under which a runner gives out what is called: `it`, `describe`; empty for what it exports by default. */
const baseOf = (value: Value, place: Place, resolver: Resolver): string | null => {
  for (const thing of resolver.things(value, place)) {
    if (thing.value.is === 'external') {
      const [, , , name] = runner.exec(thing.value.path) ?? []
      if (name !== undefined) return name
    }
    // const test = base.extend({ ... })
    if (thing.value.is !== 'call' || thing.value.callee.is !== 'member') continue
    if (/^(extend|extends|withContext)$/.test(thing.value.callee.name))
      return baseOf(thing.value.callee.of, thing, resolver)
  }
  return null
}

const opened = (call: Call, place: Place, resolver: Resolver): Opened | null => {
  const modifiers: string[] = []
  const given: Opened['given'] = []
  let callee: Value = call.callee
  for (let round = 0; round < 8 && (callee.is === 'member' || callee.is === 'call'); round++)
    if (callee.is === 'member') {
      modifiers.unshift(callee.name)
      callee = callee.of
    } else {
      given.push({ name: callee.callee.is === 'member' ? callee.callee.name : '', call: callee })
      callee = callee.callee
    }
  if (callee.is === 'member' || callee.is === 'call') return null
  const path = baseOf(callee, place, resolver)
  if (path === null) return null
  const written = path.split('.').filter(Boolean)
  const words = [...written, ...modifiers]
  if (written.length > 0 && !heads.test(written[0] ?? '')) return null
  const [head = 'test', ...rest] = heads.test(words[0] ?? '') ? words : ['test', ...words]
  const last = rest.at(-1) ?? ''
  if ([head, ...rest].some(word => /^(before|setup$)/.test(word))) return { kind: 'hook', modifiers: rest, given }
  if (
    [head, ...rest].some(word => /^(after|teardown)/.test(word)) ||
    /^(step|use|extend|slow|setTimeout|plan|end|comment)$/.test(last)
  )
    return null
  const isSuite = /^x?(describe|context|suite)$|^fdescribe$/.test(head) || rest.includes('describe')
  const flags = [...rest, ...(head.startsWith('x') ? ['skip'] : []), ...(/^f(it|describe)$/.test(head) ? ['only'] : [])]
  return { kind: isSuite ? 'suite' : 'case', modifiers: flags, given }
}

const bodyOf = (call: Call, place: Place, resolver: Resolver): { body: FunctionValue; place: Place } | null => {
  for (const argument of call.arguments.toReversed()) {
    if (argument.is === 'function') return { body: argument, place }
    const made =
      argument.is === 'name' ? resolver.things(argument, place).find(({ value }) => value.is === 'function') : undefined
    if (made?.value.is === 'function') return { body: made.value, place: made }
  }
  return null
}

const isAlways = (value: Value | undefined, place: Place, resolver: Resolver, wanted: boolean): boolean =>
  value !== undefined &&
  resolver
    .things(value, place)
    .every(
      ({ value: each }) =>
        (each.is === 'constant' && each.of === wanted) || (wanted && each.is === 'text' && each.text !== ''),
    )

const isSkipped = ({ modifiers, given }: Opened, call: Call, place: Place, resolver: Resolver): boolean =>
  modifiers.some(word => /^(skip|todo|fixme|fails|failing|fail|ignore)$/.test(word)) ||
  given.some(
    ({ name, call: each }) =>
      (name === 'skipIf' && isAlways(each.arguments[0], place, resolver, true)) ||
      (name === 'runIf' && isAlways(each.arguments[0], place, resolver, false)),
  ) ||
  call.arguments.some(
    argument =>
      argument.is === 'record' &&
      ['skip', 'todo'].some(key => isAlways(fieldOf(argument.fields, key), place, resolver, true)),
  )

/** `t.skip()` at the beginning, whatever happens. */
const leaves = ({ at, end, parameters }: FunctionValue, { module }: Place): boolean =>
  module.calls.some(call => {
    if (call.at < at || call.end > end || call.callee.is !== 'member' || call.callee.name !== 'skip') return false
    const { of } = call.callee
    if (of.is !== 'name' || !(of.name === 'this' || parameters.includes(of.name))) return false
    const branch = innermost(module.branches, call.at)
    return !call.arguments.some(({ is }) => is === 'function') && !(branch && branch.at > at)
  })

/** One chain of frames for each row of `each`. */
const framesOf = (
  { given }: Opened,
  call: Call,
  body: FunctionValue,
  place: Place,
  resolver: Resolver,
): Place['frames'][] => {
  const table = given.find(({ name }) => name === 'each' || name === 'for')
  const [list] = table?.call.arguments ?? []
  const rows = list ? resolver.items(list, place).slice(0, maxRows) : []
  const frames = rows.flatMap((row): Place['frames'][] => {
    if (!row || row.value.is === 'external' || row.value.is === 'namespace') return []
    const isSpread = table?.name === 'each' && row.value.is === 'list'
    const values = isSpread && row.value.is === 'list' ? row.value.items : [row.value]
    const made: Call = { ...call, callee: body, arguments: values, named: [] }
    return [[...place.frames, { function: body, call: made, caller: row }]]
  })
  return frames.length > 0 ? frames : [place.frames]
}

const within = (ranges: Range[], at: number): boolean => ranges.some(range => range.at <= at && at < range.end)

/** The tests that vitest, jest, mocha, node:test and the like run from a file. */
export const typescriptCases = (module: Module, resolver: Resolver, uncollected: string | null): Cases => {
  const place: Place = { module, frames: [] }
  const found = module.calls.flatMap(call => {
    const what = opened(call, place, resolver)
    const part = what ? bodyOf(call, place, resolver) : null
    return what && part ? [{ call, what, ...part }] : []
  })
  const suites = found.filter(({ what }) => what.kind === 'suite')
  const skipped = suites.filter(({ call, what }) => isSkipped(what, call, place, resolver)).map(({ body }) => body)
  const only = found.filter(({ what }) => what.modifiers.includes('only'))
  const hooks = found.filter(({ what }) => what.kind === 'hook')
  const dead: DeadTest[] = []
  const cases: TestCase[] = []
  for (const { call, what, body, place: at } of found) {
    if (what.kind !== 'case') continue
    const title = call.arguments[0]
    const name = (title && resolver.text(title, place)) ?? 'a test'
    const isChosen = only.some(each => each.call === call || (each.body.at <= call.at && call.at < each.body.end))
    const because =
      uncollected ??
      (isSkipped(what, call, place, resolver) || within(skipped, call.at) || leaves(body, at)
        ? 'it is skipped'
        : only.length > 0 && !isChosen
          ? 'another test of the file is marked `only`'
          : null)
    if (because) dead.push({ path: module.path, line: call.line, name, because })
    else
      for (const frames of framesOf(what, call, body, at, resolver))
        cases.push({
          name,
          body,
          place: { module: at.module, frames },
          line: call.line,
          before: hooks.map(hook => ({ name: null, body: hook.body, place: hook.place })),
        })
  }
  // a test inside a test belongs to the outer one
  const isInner = ({ body }: TestCase): boolean =>
    cases.some(other => other.body.at < body.at && body.end <= other.body.end && other.place.module === module)
  return { cases: cases.filter(one => !isInner(one)), dead }
}
