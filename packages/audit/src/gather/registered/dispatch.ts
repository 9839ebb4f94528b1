import type { Place, Resolver } from '../code/resolve.ts'
import type { Module } from '../code/values.ts'
import { methodOf } from './bundled.ts'
import type { Kind, Placed } from './facts.ts'
import { serverOf } from './servers.ts'

/** A handler that serves all tools, prompts or resources of a server. */
export interface Dispatcher {
  kind: Kind
  work: Placed
  /**
   * What it is given: the whole request, the name and the arguments, the parameters of the request behind a context,
   * or the address of a resource.
   */
  given: 'request' | 'name and arguments' | 'context and parameters' | 'address'
}

const kinds = new Map<string, Kind>([
  ['call_tool', 'tool'],
  ['get_prompt', 'prompt'],
  ['read_resource', 'resource'],
  ['tools/call', 'tool'],
  ['prompts/get', 'prompt'],
  ['resources/read', 'resource'],
  ['CallToolRequestSchema', 'tool'],
  ['GetPromptRequestSchema', 'prompt'],
  ['ReadResourceRequestSchema', 'resource'],
])

const inCalls = (module: Module, resolver: Resolver): Dispatcher[] => {
  const place: Place = { module, frames: [] }
  return module.calls.flatMap((call): Dispatcher[] => {
    const { callee, arguments: given, named } = call
    const handlers = named.filter(([key]) => /^on_(call_tool|get_prompt|read_resource)$/.test(key))
    if (handlers.length > 0 && serverOf(call, place, resolver))
      return handlers.flatMap(([key, value]) => {
        const kind = kinds.get(key.slice(3))
        return kind ? [{ kind, work: { value, place }, given: 'context and parameters' as const }] : []
      })
    const [schema, handler] = given
    if (callee.is !== 'member' || callee.name !== 'setRequestHandler' || !schema || !handler) return []
    const path =
      resolver.text(schema, place) ??
      resolver.external(schema, place)?.split(/[:.]/).at(-1) ??
      methodOf(schema, place, resolver)
    const kind = kinds.get(path ?? '')
    return kind && serverOf(callee.of, place, resolver)
      ? [{ kind, work: { value: handler, place }, given: 'request' }]
      : []
  })
}

const inDecorators = (module: Module, resolver: Resolver): Dispatcher[] => {
  const place: Place = { module, frames: [] }
  return module.decorated.flatMap(({ decorator, function: value }): Dispatcher[] => {
    const target = decorator.is === 'call' ? decorator.callee : decorator
    if (target.is !== 'member') return []
    const kind = /^(call_tool|get_prompt|read_resource)$/.test(target.name) ? kinds.get(target.name) : undefined
    if (!kind || !serverOf(target.of, place, resolver)) return []
    return [{ kind, work: { value, place }, given: kind === 'resource' ? 'address' : 'name and arguments' }]
  })
}

/** Handlers of low-level servers: one for all tools, one for all prompts, one for all resources. */
export const dispatchersIn = (module: Module, resolver: Resolver): Dispatcher[] => [
  ...inCalls(module, resolver),
  ...inDecorators(module, resolver),
]
