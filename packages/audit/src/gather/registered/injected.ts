import { someIn } from '../code/parts.ts'
import type { Resolver } from '../code/resolve.ts'
import { isWithin, visibleAt, type Call, type FunctionValue, type Module } from '../code/values.ts'

/**
 * How many arguments a decorator of the repository puts before those of the caller: `func(service, *args)`. By a name that
 * is made at run time, `kwargs[name] = service`, it may be any number.
 */
const addedBy = (decorator: FunctionValue, module: Module): number => {
  const writes = module.writes.filter(({ at }) => isWithin(at, decorator))
  if (!writes.some(({ target }) => target.is === 'member' && target.name === '__signature__')) return 0
  if (writes.some(({ target }) => target.is === 'index' && target.of.is === 'name')) return Infinity
  const isGiven = ({ callee }: Call): boolean =>
    callee.is === 'name' && visibleAt(module, callee.name, callee.at).some(({ value }) => value.is === 'parameter')
  const before = module.calls
    .filter(call => isWithin(call.at, decorator) && isGiven(call))
    .map(({ arguments: given }) => given.findIndex(({ is }) => is === 'spread'))
  return Math.max(0, ...before)
}

/** Parameters that a decorator hands in and that its signature does not show: the first ones, and those it names. */
export const injectedParameters = (work: FunctionValue, module: Module, resolver: Resolver): string[] => {
  const { parameters } = work
  const isUntyped = (name: string): boolean => {
    const found = visibleAt(module, name, work.at).find(({ from }) => from === work.at)
    return found?.value.is === 'parameter' && !found.annotation && found.type === null && found.value.fallback === null
  }
  const typed = parameters.findIndex(name => !isUntyped(name))
  return module.decorated.flatMap(({ decorator, function: of }) => {
    if (of !== work) return []
    const isNamed = (name: string): boolean => someIn(decorator, part => part.is === 'text' && part.text === name)
    return resolver
      .things(decorator.is === 'call' ? decorator.callee : decorator, { module, frames: [] })
      .flatMap(({ value, module: where }): string[] => {
        const added = value.is === 'function' ? addedBy(value, where) : 0
        if (added < Infinity) return parameters.slice(0, added)
        return [...parameters.slice(0, typed < 0 ? parameters.length : typed), ...parameters.filter(isNamed)]
      })
  })
}
