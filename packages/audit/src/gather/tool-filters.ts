import { gatherer } from '../core/item.ts'
import { originOf } from './code/origin.ts'
import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import type { FunctionValue, Module, Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { serverOf } from './registered/servers.ts'

/** A list of tools that leaves some out. */
export interface ToolFilter {
  file: string
  line: number
  /** The names that decide what is left out. */
  by: string[]
  /** Where a call is decided by one of the same names; null when none is. */
  applied: { file: string; line: number } | null
}

export interface ToolFilters {
  filters: ToolFilter[]
  /** Places where a call is refused for what the caller may do: scopes, roles. */
  scoped: { file: string; line: number; by: string }[]
}

interface Placed {
  of: FunctionValue
  module: Module
}

const functionsOf = (value: Value, module: Module, { resolver }: Reach): Placed[] =>
  resolver
    .things(value, { module, frames: [] })
    .flatMap(({ value: found, module: other }) => (found.is === 'function' ? [{ of: found, module: other }] : []))

/** The handlers of a method of low-level servers, in TypeScript and Python. */
const handlersOf = (
  wanted: { schema: string; method: string; decorator: string },
  module: Module,
  reach: Reach,
): Placed[] => {
  const { resolver } = reach
  const place: Place = { module, frames: [] }
  const set = module.calls.flatMap(({ callee, arguments: given }) => {
    const [schema, handler] = given
    if (callee.is !== 'member' || callee.name !== 'setRequestHandler' || !schema || !handler) return []
    const path = resolver.text(schema, place) ?? resolver.external(schema, place)?.split(/[:.]/).at(-1)
    if (path !== wanted.schema && path !== wanted.method) return []
    return functionsOf(handler, module, reach)
  })
  const decorated = module.decorated.flatMap(({ decorator, function: of }) => {
    const target = decorator.is === 'call' ? decorator.callee : decorator
    const isMeant = target.is === 'member' && target.name === wanted.decorator
    return isMeant && serverOf(target.of, place, resolver) !== null ? [{ of, module }] : []
  })
  return [...set, ...decorated]
}

const list = { schema: 'ListToolsRequestSchema', method: 'tools/list', decorator: 'list_tools' }
const call = { schema: 'CallToolRequestSchema', method: 'tools/call', decorator: 'call_tool' }

const writtenIn = ({ of, module }: Placed, { bodies }: Reach): Value[] => {
  const body = bodies.of(module, of)
  const within = module.declarations.filter(({ at, from }) => of.at <= from && at <= of.end)
  return [
    ...body.calls,
    ...body.guards.map(({ test }) => test),
    ...body.returns.map(({ value }) => value),
    ...body.loops.map(({ of: through }) => through),
    ...within.map(({ value }) => value),
    ...of.returns,
  ]
}

const namesIn = (values: Value[]): Set<string> => {
  const found = new Set<string>()
  for (const value of values)
    someIn(value, part => {
      if (part.is === 'name') found.add(part.name)
      if (part.is === 'member') found.add(part.name)
      if (part.is === 'text') found.add(part.text)
      return false
    })
  return found
}

/** Words that say what may be used: settings, environment and lists of names. */
const restricting =
  /(allow|deny|block|disable|enable|read_?only|non_?destructive|permit|forbid|exclude|restrict|hidden)/i

/** Whether a name of a tool is asked of a list: `selected.has(tool.name)`, `tool.name in enabled`. */
const asked = (part: Value): Value | null => {
  const isTool = (value: Value | undefined): boolean =>
    value?.is === 'name' || (value?.is === 'member' && value.name === 'name')
  if (part.is === 'compare') return /^(not )?in$/.test(part.operator) && isTool(part.left) ? part.right : null
  if (part.is !== 'call' || part.callee.is !== 'member' || !/^(has|includes)$/.test(part.callee.name)) return null
  return isTool(part.arguments[0]) ? part.callee.of : null
}

/** Lists of names that whoever starts the server gives: `const selected = new Set(process.env.TOOLS.split(','))`. */
const givenLists = (values: Value[], place: Place, { resolver }: Reach): string[] => {
  const found = new Set<string>()
  for (const value of values)
    someIn(value, part => {
      const list = asked(part)
      if (list && (list.is === 'name' || list.is === 'member') && originOf(list, place, resolver).outside)
        found.add(list.name)
      return false
    })
  return [...found]
}

/** The names of a restriction that a handler of `tools/list` looks at. */
const restrictionsIn = (one: Placed, reach: Reach): string[] => {
  const { bodies } = reach
  const body = bodies.of(one.module, one.of)
  const isFiltering =
    body.guards.length > 0 ||
    someOf(
      writtenIn(one, reach),
      part => part.is === 'call' && part.callee.is === 'member' && part.callee.name === 'filter',
    ) ||
    body.loops.length > 0 ||
    someOf(writtenIn(one, reach), part => part.is === 'choice')
  // `{ tools: visible() }`
  const called = body.calls.flatMap(({ callee }) => functionsOf(callee, one.module, reach)).slice(0, 10)
  const lists = [one, ...called].flatMap(each =>
    givenLists(writtenIn(each, reach), { module: each.module, frames: [] }, reach),
  )
  if (!isFiltering) return lists
  const named = [...namesIn(writtenIn(one, reach))].filter(
    name => restricting.test(name) && !/hint$/i.test(name) && name.length < 60,
  )
  return [...new Set([...named, ...lists])]
}

/** What a function says, but for what it says where a restriction holds and it goes on all the same. */
const decidingIn = (one: Placed, reach: Reach): Value[] => {
  const { guards, throws, calls } = reach.bodies.of(one.module, one.of)
  const idle = guards.filter(
    ({ consequent, alternate, at, end }) =>
      consequent.leaves === null && alternate === null && !throws.some(each => at <= each.at && each.at < end),
  )
  if (idle.length === 0) return writtenIn(one, reach)
  const isIdle = (at: number): boolean => idle.some(guard => guard.at <= at && at < guard.end)
  const left = new Set<Value>([...idle.map(({ test }) => test), ...calls.filter(({ at }) => isIdle(at))])
  // what is called there may refuse by an exception of its own
  const refusing = calls.filter(call => isIdle(call.at) && functionsOf(call.callee, one.module, reach).length > 0)
  return [...writtenIn(one, reach).filter(value => !left.has(value)), ...refusing]
}

const someOf = (values: Value[], test: (part: Value) => boolean): boolean => values.some(value => someIn(value, test))

/** The handler of a call with what it calls, two steps deep. */
const around = (starts: Placed[], reach: Reach): Placed[] => {
  const found = [...starts]
  let from = starts
  for (let depth = 0; depth < 2; depth++) {
    from = from
      .flatMap(({ of, module }) => [
        ...reach.bodies.of(module, of).calls.flatMap(({ callee }) => functionsOf(callee, module, reach)),
        ...reach.bodies.of(module, of).functions.map(inner => ({ of: inner, module })),
      ])
      .filter(({ of }) => !found.some(one => one.of === of))
    found.push(...from)
  }
  return found
}

const scopes =
  /^(has_?scope|require_?scopes?|required_?scopes|check_?scope|check_?permission|has_?permission|require_?permission|has_?role|require_?role|authorize|is_?authorized|can_?access)/i

/** Which tools are left out of the list, and whether a call of them is refused as well. */
export const toolFilters = gatherer<ToolFilters, { reach: typeof reach; project: typeof project }>({
  id: 'tool-filters',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = ownModules(reach, project)
    const lists = own.flatMap(module => handlersOf(list, module, reach))
    const calls = around(
      own.flatMap(module => handlersOf(call, module, reach)),
      reach,
    )
    const filters = lists.flatMap((one): ToolFilter[] => {
      const by = restrictionsIn(one, reach)
      if (by.length === 0) return []
      const applied = calls.find(each => {
        const names = namesIn(decidingIn(each, reach))
        return by.some(name => names.has(name)) || [...names].some(name => restricting.test(name))
      })
      const where = applied ? { file: applied.module.path, line: applied.of.line } : null
      return [{ file: one.module.path, line: one.of.line, by, applied: where }]
    })
    const scoped = own.flatMap(module =>
      module.calls.flatMap(({ callee, line, at }) => {
        const name = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
        const of = reach.bodies.around(module, at)
        const isAsked = of !== null && reach.graph.functions.has(of)
        const isTold = module.decorated.some(({ decorator }) =>
          someIn(decorator, part => part.is === 'call' && part.at === at),
        )
        return scopes.test(name) && (isAsked || isTold) ? [{ file: module.path, line, by: name }] : []
      }),
    )
    return { filters, scoped }
  },
})
