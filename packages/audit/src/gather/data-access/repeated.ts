import type { Resolver } from '../code/resolve.ts'
import { visibleAt, type Call, type Module, type Value } from '../code/values.ts'

/** Loops that take many at a time, or that ask again. */
const batches = /chunk|batch|page|attempt|retry|slice|partition/i
const going = /^(map|forEach|flatMap)$/
const maxDepth = 6

const partsOf = (value: Value): Value[] => {
  switch (value.is) {
    case 'member':
    case 'element':
    case 'spread':
    case 'not':
      return [value.of]
    case 'index':
      return [value.of, value.index]
    case 'join':
      return value.parts
    case 'list':
      return value.items
    case 'record':
      return value.fields.map(([, field]) => field)
    case 'either':
    case 'both':
      return [value.first, value.second]
    case 'choice':
      return value.options
    case 'call':
      return [value.callee, ...value.arguments, ...value.named.map(([, given]) => given)]
    default:
      return []
  }
}

const dependsOn = (value: Value, module: Module, isIt: (value: Value) => boolean, depth = 0): boolean => {
  if (isIt(value)) return true
  if (depth > maxDepth) return false
  const next =
    value.is === 'name' ? visibleAt(module, value.name, value.at).map(({ value: kept }) => kept) : partsOf(value)
  return next.some(part => dependsOn(part, module, isIt, depth + 1))
}

const nameOf = (value: Value): string =>
  value.is === 'call' ? nameOf(value.callee) : value.is === 'name' || value.is === 'member' ? value.name : ''

const isFixedList = (value: Value, module: Module, resolver: Resolver): boolean =>
  resolver
    .things(value, { module, frames: [] })
    .every(
      thing => thing.value.is === 'list' && resolver.items(value, { module, frames: [] }).every(item => item !== null),
    )

const given = (call: Call): Value[] => [...call.arguments, ...call.named.map(([, value]) => value)]

/** The loop that makes a call once for each element of a list; null when there is none. Gives its line. */
export const loopOver = (call: Call, module: Module, resolver: Resolver): number | null => {
  for (const loop of module.loops) {
    if (loop.kind === 'while' || call.at < loop.at || call.at >= loop.end) continue
    if (batches.test(nameOf(loop.of)) || isFixedList(loop.of, module, resolver)) continue
    const isElement = (value: Value): boolean => value.is === 'element' && value.of === loop.of
    const names = module.declarations
      .filter(({ value, from }) => isElement(value) && from <= call.at)
      .map(({ name }) => name)
    if (names.some(name => batches.test(name))) continue
    if (given(call).some(value => dependsOn(value, module, isElement))) return loop.line
  }
  for (const around of module.calls) {
    const {
      callee,
      arguments: [each],
    } = around
    if (callee.is !== 'member' || !going.test(callee.name) || each?.is !== 'function') continue
    if (call.at < each.at || call.at >= each.end || isFixedList(callee.of, module, resolver)) continue
    if (batches.test(nameOf(callee.of)) || each.parameters.some(name => batches.test(name))) continue
    const isTaken = (value: Value): boolean =>
      value.is === 'parameter' && value.function === each.at && value.index === 0
    if (given(call).some(value => dependsOn(value, module, isTaken))) return around.line
  }
  return null
}

/** As {@link loopOver}, also where the function around the call is what the loop calls. */
export const repeatedFrom = (call: Call, module: Module, resolver: Resolver): { file: string; line: number } | null => {
  const own = loopOver(call, module, resolver)
  if (own !== null) return { file: module.path, line: own }
  const around = module.functions.filter(({ at, end }) => at <= call.at && call.at < end)
  for (const caller of around.flatMap(of => resolver.callers(of, module))) {
    const line = loopOver(caller.call, caller.module, resolver)
    if (line !== null) return { file: caller.module.path, line }
  }
  return null
}
