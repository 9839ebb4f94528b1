import type { Resolver } from '../code/resolve.ts'
import type { Call, FunctionValue, Module } from '../code/values.ts'
import type { Bodies } from '../reached/bodies.ts'

/** Calls outside the repository that throw when they do not like what they are given. */
const throwing =
  /(^|[:.])(URL|realpath(Sync)?(\.native)?|access(Sync)?|l?stat(Sync)?|decodeURIComponent|parse|parseAsync|validateSync|model_validate|relative_to|UUID|fromisoformat|relpath|ip_address|IPv4Address|process)$/
const throwingName = /^(parse|parseAsync|relative_to|model_validate|realpath|realpathSync)$/
const maxDepth = 5

/** Tells whether a call might end in an exception because of what it is given; judged by what is written alone. */
export const openRefusing = (resolver: Resolver, bodies: Bodies): ((call: Call, module: Module) => boolean) => {
  const calls = new Map<Call, boolean>()
  const functions = new Map<FunctionValue, boolean>()

  const byFunction = (of: FunctionValue, module: Module, depth: number): boolean => {
    const before = functions.get(of)
    if (before !== undefined) return before
    functions.set(of, false)
    const body = bodies.of(module, of)
    const found =
      body.throws.length > 0 ||
      body.guards.some(({ consequent, alternate }) => consequent.leaves === 'throw' || alternate?.leaves === 'throw') ||
      (depth < maxDepth && body.calls.some(call => byCall(call, module, depth + 1)))
    functions.set(of, found)
    return found
  }

  const byCall = (call: Call, module: Module, depth: number): boolean => {
    const before = calls.get(call)
    if (before !== undefined) return before
    calls.set(call, false)
    const { callee } = call
    const isNamed = callee.is === 'member' && throwingName.test(callee.name)
    const found =
      isNamed ||
      resolver.things(callee, { module, frames: [] }).some(thing => {
        if (thing.value.is === 'external') return throwing.test(thing.value.path)
        if (thing.value.is === 'function') return byFunction(thing.value, thing.module, depth)
        // a function in a field of something that is only known when it runs
        return (
          thing.value.is === 'unknown' &&
          callee.is === 'member' &&
          callee.of.is === 'name' &&
          /^(this|self)$/.test(callee.of.name)
        )
      })
    calls.set(call, found)
    return found
  }

  return (call, module) => byCall(call, module, 0)
}
