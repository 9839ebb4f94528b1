import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../code/values.ts'
import { kindOf, type Found } from './facts.ts'
import { listed, requestHandler, singular } from './listed.ts'
import { pythonCall, pythonFunction } from './python.ts'
import { serverOf } from './servers.ts'
import { typescriptCall } from './typescript.ts'

const methods =
  /^(tool|prompt|resource|registerTool|registerPrompt|registerResource|add(Tool|Prompt|Resource|ResourceTemplate)s?|add_tool|add_prompt|add_resource)$/

/** `new MCPServer({ tools: { read, write } })`: each field is a tool with a name of its own or that of the field. */
const constructed = (call: Call, place: Place, resolver: Resolver): Found[] => {
  const tools = fieldOf(call.arguments[0]?.is === 'record' ? call.arguments[0].fields : [], 'tools')
  const server = tools ? serverOf(call, place, resolver) : null
  if (!tools || !server) return []
  return resolver.things(tools, place).flatMap(thing =>
    thing.value.is === 'record'
      ? thing.value.fields.flatMap(([key, field]) =>
          key === '...' || key === ''
            ? []
            : typescriptCall({ ...call, arguments: [field] }, 'addTool', server, thing, resolver).map(found => ({
                ...found,
                names: found.names.map(name => name ?? key),
              })),
        )
      : [],
  )
}

const inCalls = (module: Module, resolver: Resolver): Found[] => {
  const place: Place = { module, frames: [] }
  const decorators = new Set<Value>(module.decorated.map(({ decorator }) => decorator))
  return module.calls.flatMap((call): Found[] => {
    if (decorators.has(call)) return []
    const { callee, arguments: given } = call
    if (callee.is === 'name' && /^registerApp(Tool|Resource)$/.test(callee.name) && given[0]) {
      const server = serverOf(given[0], place, resolver)
      const method = callee.name.replace('App', '')
      return server ? typescriptCall({ ...call, arguments: given.slice(1) }, method, server, place, resolver) : []
    }
    if (module.language === 'python') {
      // Server("name", on_list_tools=handler), FastMCP("name", tools=[f])
      const handlers = call.named.filter(([key]) => /^(on_list_(tools|prompts|resources)|tools)$/.test(key))
      const server = handlers.length > 0 ? serverOf(call, place, resolver) : null
      if (server)
        return handlers.flatMap(([key, value]) =>
          key === 'tools'
            ? resolver
                .items(value, place)
                .flatMap(item =>
                  item
                    ? pythonCall(
                        { ...call, arguments: [item.value as Value], named: [] },
                        'tool',
                        server,
                        item,
                        resolver,
                      )
                    : [],
                )
            : listed(singular(key.replace('on_list_', '')), value, server, place, call.at, resolver),
        )
      if (callee.is === 'call' && callee.callee.is === 'member' && /^(tool|prompt)$/.test(callee.callee.name)) {
        const server = serverOf(callee.callee.of, place, resolver)
        return server ? pythonCall({ ...call, named: callee.named }, callee.callee.name, server, place, resolver) : []
      }
    }
    if (call.constructs && given[0]?.is === 'record') return constructed(call, place, resolver)
    if (callee.is !== 'member') return []
    if (callee.name === 'registerToolTask' && callee.of.is === 'member' && callee.of.of.is === 'member') {
      // server.experimental.tasks.registerToolTask(name, config, handlers)
      const server = serverOf(callee.of.of.of, place, resolver)
      return server ? typescriptCall(call, 'registerTool', server, place, resolver) : []
    }
    if (callee.name !== 'setRequestHandler' && !methods.test(callee.name)) return []
    const server = serverOf(callee.of, place, resolver)
    if (!server) return []
    if (callee.name === 'setRequestHandler') return requestHandler(call, server, place, resolver)
    const read = module.language === 'python' ? pythonCall : typescriptCall
    return read(call, callee.name, server, place, resolver)
  })
}

const inDecorators = (module: Module, resolver: Resolver): Found[] => {
  const place: Place = { module, frames: [] }
  return module.decorated.flatMap(({ decorator, function: decorated }): Found[] => {
    const call = decorator.is === 'call' ? decorator : null
    const target = call ? call.callee : decorator
    if (target.is !== 'member') return []
    const plural = /^list_(tools|prompts|resources)$/.exec(target.name)?.[1]
    if (!plural && !/^(tool|prompt|resource)$/.test(target.name)) return []
    const server = serverOf(target.of, place, resolver)
    if (!server) return []
    if (plural) return listed(singular(plural), decorated, server, place, decorated.at, resolver)
    const kind = kindOf(target.name)
    const name = fieldOf(call?.named ?? [], 'name') ?? (kind === 'resource' ? undefined : call?.arguments[0])
    const base = { kind, place, line: decorated.line, at: decorated.at - 1, server }
    return [pythonFunction(decorated, place, name ?? null, call, base, resolver)]
  })
}

/** Every registration in a module whose receiver is an MCP server. */
export const registrationsIn = (module: Module, resolver: Resolver): Found[] => [
  ...inCalls(module, resolver),
  ...inDecorators(module, resolver),
]
