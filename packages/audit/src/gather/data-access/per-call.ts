import type { Resolver } from '../code/resolve.ts'
import { innermost, type Call, type ClassValue, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Registration } from '../registrations.ts'

const handling = /^(setRequestHandler|registerTool|registerPrompt|registerResource|tool|prompt|resource|addTool)$/
const decorating = /^(tool|prompt|resource|call_tool|get_prompt|read_resource|custom_route)$/
const keeping = /^functools\.(lru_cache|cache)$|cache$/
const storing = /^(set|add|put|store|register|save|append|push|setdefault)(_?connection|_?client|_?pool)?$/i
const maxDepth = 5

const calleeName = (value: Value): string =>
  value.is === 'call' ? calleeName(value.callee) : value.is === 'member' || value.is === 'name' ? value.name : ''

const isItself = (value: Value): boolean => value.is === 'name' && /^(this|self|cls)$/.test(value.name)

export interface PerCall {
  /** What stands there runs anew with every request of a client. */
  runs(at: number, module: Module): boolean
  /** What is made there is thrown away after the request, and made again for the next one. */
  makes(call: Call, module: Module): boolean
  /** It is kept in an object that is made once in one place, and for each request in another. */
  differs(call: Call, module: Module): boolean
  /** What is made there outlives the function around it, or that function lives as long as the server. Ask `makes` first. */
  keeps(call: Call, module: Module): boolean
  /** Each instance of the class, or of one that extends it, is made for a request and thrown away with it. */
  discards(owner: ClassValue): boolean
}

/** Tells what runs once from what runs with every call of a tool. */
export const openPerCall = (all: Module[], registrations: Registration[], resolver: Resolver): PerCall => {
  const handlers = new Set(registrations.flatMap(({ handler }) => (handler ? [`${handler.file}:${handler.line}`] : [])))
  for (const module of all) {
    for (const { decorator, function: of } of module.decorated)
      if (decorating.test(calleeName(decorator))) handlers.add(`${module.path}:${of.line}`)
    for (const { callee, arguments: given } of module.calls)
      if (callee.is === 'member' && handling.test(callee.name))
        for (const argument of given)
          for (const { value, module: at } of argument.is === 'record'
            ? []
            : resolver.things(argument, { module, frames: [] }))
            if (value.is === 'function') handlers.add(`${at.path}:${value.line}`)
  }
  const isHandler = (of: FunctionValue, module: Module): boolean => handlers.has(`${module.path}:${of.line}`)

  /** The functions around an offset, the innermost first. */
  const around = (module: Module, at: number): FunctionValue[] =>
    module.functions.filter(of => of.at <= at && at < of.end).toSorted((a, b) => b.at - a.at)

  /** What is made there outlives the request that it is made in. */
  const isShared = (call: Call, module: Module, functions: FunctionValue[]): boolean => {
    const of = functions.find(each => isHandler(each, module)) ?? functions[0]
    if (!of) return true
    const isOutside = ({ from, to }: { from: number; to: number }): boolean => from < of.at && to >= of.end
    const isOuter = (name: string): boolean =>
      module.declarations.some(other => other.name === name && isOutside(other))
    // a global of Python is declared where it is set first
    const declared = module.declarations.some(
      one => one.value === call && (isOutside(one) || (module.language === 'python' && isOuter(one.name))),
    )
    // also where something around it is kept: kept = new Promise(resolve => resolve(new Pool()))
    const written = module.writes.some(
      ({ target, at, end }) =>
        at <= call.at &&
        call.end <= end &&
        (target.is === 'index' ||
          (target.is === 'member' && !isItself(target.of)) ||
          (target.is === 'name' && isOuter(target.name))),
    )
    const cached = module.decorated.some(
      ({ decorator, function: decorated }) => functions.includes(decorated) && keeping.test(calleeName(decorator)),
    )
    return declared || written || cached
  }

  /** The class whose instance it is kept in. */
  const ownerOf = (call: Call, module: Module, of: FunctionValue | undefined): ClassValue | undefined => {
    const isMember =
      module.assigned.some(({ value, target }) => value === call && isItself(target.of)) ||
      module.writes.some(({ value, target }) => value === call && target.is === 'member' && isItself(target.of)) ||
      module.classes.some(({ members }) => members.some(({ value }) => value === call))
    return isMember || /^(constructor|__init__)$/.test(of?.name ?? '') ? innermost(module.classes, call.at) : undefined
  }

  const madeDirectly = (owner: ClassValue): { call: Call; module: Module }[] =>
    all.flatMap(module =>
      module.calls
        .filter(
          ({ callee }) =>
            calleeName(callee) === owner.name &&
            resolver.things(callee, { module, frames: [] }).some(({ value }) => value === owner),
        )
        .map(call => ({ call, module })),
    )

  let children: Map<Value, ClassValue[]> | undefined
  const childrenOf = (owner: ClassValue): ClassValue[] => {
    if (!children) {
      children = new Map()
      for (const module of all)
        for (const one of module.classes)
          for (const base of one.bases)
            for (const { value } of resolver.things(base, { module, frames: [] }))
              if (value.is === 'class') children.set(value, [...(children.get(value) ?? []), one])
    }
    return children.get(owner) ?? []
  }

  /** The class and all that extend it. */
  const extended = (owner: ClassValue): ClassValue[] => {
    const found = new Set([owner])
    for (const one of found) for (const child of childrenOf(one)) found.add(child)
    return [...found]
  }

  const constructionsOf = (owner: ClassValue): { call: Call; module: Module }[] => extended(owner).flatMap(madeDirectly)

  const runs = (at: number, module: Module, seen = new Set<FunctionValue>()): boolean =>
    around(module, at).some(of => {
      if (seen.has(of) || seen.size > 200) return false
      seen.add(of)
      if (isHandler(of, module)) return true
      return resolver.callers(of, module).some(caller => runs(caller.call.at, caller.module, seen))
    })

  const makes = (call: Call, module: Module, depth = 0): boolean => {
    const functions = around(module, call.at)
    const [of] = functions
    if (depth > maxDepth || isShared(call, module, functions)) return false
    const owner = ownerOf(call, module, of)
    if (owner) return constructionsOf(owner).some(made => makes(made.call, made.module, depth + 1))
    if (!of) return false
    if (functions.some(each => isHandler(each, module))) return true
    const isGiven = of.returns.some(
      value =>
        value === call ||
        (value.is === 'name' && resolver.things(value, { module, frames: [] }).some(thing => thing.value === call)),
    )
    if (isGiven) return resolver.callers(of, module).some(caller => makes(caller.call, caller.module, depth + 1))
    return runs(call.at, module)
  }

  /** It is handed to an object that lives as long as the server, such as a map of connections: `connections.set(key, made)`. */
  const isHandedOver = (call: Call, module: Module): boolean => {
    const of = around(module, call.at).at(-1)
    const isOuter = (value: Value): boolean =>
      value.is === 'name' &&
      module.declarations.some(({ name, from, to }) => name === value.name && of && from < of.at && to >= of.end)
    return module.calls.some(
      ({ callee, arguments: given, named, at }) =>
        of !== undefined &&
        of.at <= at &&
        at < of.end &&
        callee.is === 'member' &&
        storing.test(callee.name) &&
        isOuter(callee.of) &&
        [...given, ...named.map(([, value]) => value)].some(
          value =>
            value === call ||
            (value.is === 'name' && resolver.things(value, { module, frames: [] }).some(thing => thing.value === call)),
        ),
    )
  }

  const differs = (call: Call, module: Module): boolean => {
    const [of] = around(module, call.at)
    const owner = ownerOf(call, module, of)
    const built = owner ? constructionsOf(owner) : []
    const isKept = built.some(one => !makes(one.call, one.module, 1) || isHandedOver(one.call, one.module))
    return makes(call, module) && (isKept || isHandedOver(call, module))
  }

  const keeps = (call: Call, module: Module): boolean => {
    const functions = around(module, call.at)
    const [of] = functions
    return (
      !of || isShared(call, module, functions) || ownerOf(call, module, of) !== undefined || of.isGenerator === true
    )
  }

  const discards = (owner: ClassValue): boolean => {
    const made = constructionsOf(owner)
    return made.length > 0 && made.every(one => makes(one.call, one.module))
  }

  return {
    discards,
    runs: (at, module) => runs(at, module),
    makes: (call, module) => makes(call, module),
    differs,
    keeps,
  }
}
