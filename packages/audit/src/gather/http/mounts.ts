import { someIn } from '../code/parts.ts'
import { isWithin, visibleAt, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { TransportStart } from '../transport-starts.ts'

/** Where what could guard the tools is put before them. */
export interface Mounts {
  /**
   * `nowhere` when nobody names it; the line where it is mounted when each place is behind the routes that serve MCP;
   * `used` otherwise.
   */
  of(of: FunctionValue, module: Module): 'used' | 'nowhere' | { line: number }
}

const namesIn = (modules: Module[]): Set<string> => {
  const found = new Set<string>()
  const add = (value: Value): void => {
    someIn(value, part => {
      if (part.is === 'name' || part.is === 'member') found.add(part.name)
      return false
    })
  }
  for (const module of modules) {
    for (const call of module.calls) add(call)
    for (const { value } of module.declarations) if (value.is !== 'import') add(value)
    for (const { value } of [...module.returns, ...module.writes, ...module.assigned]) add(value)
    for (const { decorator } of module.decorated) add(decorator)
    for (const { test } of module.guards) add(test)
    for (const { members } of module.classes) for (const { value } of members) add(value)
    for (const { returns } of module.functions) for (const value of returns) add(value)
  }
  return found
}

/** Which application it is: several functions may have one of the same name. Empty for what is no name. */
export const rootOf = (value: Value, module: Module): string =>
  value.is === 'name' ? `${value.name} ${visibleAt(module, value.name, value.at)[0]?.at ?? ''}` : ''

const verbs = /^(get|post|put|delete|all)$/

/** Where each application of a file first serves MCP. */
const firstRoutes = (module: Module, starts: TransportStart[]): Map<string, number> => {
  const found = new Map<string, number>()
  for (const { callee, arguments: given, at } of module.calls) {
    if (callee.is !== 'member' || !verbs.test(callee.name) || rootOf(callee.of, module) === '') continue
    const serves = given.some(
      each => each.is === 'function' && starts.some(start => start.module === module && isWithin(start.at, each)),
    )
    const app = rootOf(callee.of, module)
    if (serves) found.set(app, Math.min(at, found.get(app) ?? at))
  }
  return found
}

/** Tells of functions whether they are put before the routes that serve MCP. */
export const openMounts = (modules: Module[], starts: TransportStart[]): Mounts => {
  let names: Set<string> | null = null
  return {
    of: (of, module) => {
      const owner = module.classes.find(each => isWithin(of.at, each))?.name
      const name = of.name ?? module.declarations.find(({ value }) => value === of)?.name ?? null
      const isIt = (value: Value): boolean =>
        value === of || (name !== null && value.is === 'name' && value.name === name)
      if (name !== null) {
        names ??= namesIn(modules)
        const isDecorated = module.decorated.some(one => one.function === of)
        // a class is mounted by its name, and its methods are called by whoever has it
        if (!isDecorated && !names.has(name) && !(owner !== undefined && names.has(owner))) return 'nowhere'
      }
      if (module.language === 'python') return 'used'
      const uses = module.calls.filter(({ arguments: given }) => given.some(value => someIn(value, isIt)))
      const routes = firstRoutes(module, starts)
      const behind = uses.filter(({ callee, at }) => {
        const route =
          callee.is === 'member' && callee.name === 'use' ? routes.get(rootOf(callee.of, module)) : undefined
        return route !== undefined && route < at
      })
      const [first] = behind
      // what is named in another way, such as in a list of handlers, is not followed
      const isElsewhere = module.calls.some(({ callee }) => isIt(callee)) || behind.length < uses.length
      return first && !isElsewhere ? { line: first.line } : 'used'
    },
  }
}
