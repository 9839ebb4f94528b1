import { gatherer } from '../core/item.ts'
import { modules, type Modules } from './code/modules.ts'
import { promiseChainOf } from './code/promise-chains.ts'
import { openResolver, type Resolver } from './code/resolve.ts'
import { storedAs } from './code/stored.ts'
import { isWithin, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './concurrency/own-modules.ts'
import { nameOf, pathsOf, shownPath } from './concurrency/paths.ts'
import { project, type Project } from './project.ts'
import { openBodies, type Bodies } from './reached/bodies.ts'

export interface DroppedPromise {
  what: string
  /**
   * `task`: of asyncio, which may be collected before it is done. `tested`: a promise is always true. `derived`: what
   * `kept.finally(…)` makes, beside the promise that is kept.
   */
  how: 'dropped' | 'task' | 'tested' | 'forEach' | 'derived'
  file: string
  line: number
}

export interface DroppedPromises {
  dropped: DroppedPromise[]
  /** Calls of what is known to be asynchronous. */
  calls: number
  /** Source files that were looked at. */
  files: number
}

const promising =
  /^(fs\/promises:(promises\.)?(?!watch$|constants)\w+|fs:promises\.(?!watch$|constants)\w+|timers\/promises:(setTimeout|setImmediate)|stream\/promises:\w+|promisified .*|global:(globalThis\.)?fetch|undici:(fetch|request)|global:Promise\.(all|allSettled|race|any)|.*modelcontextprotocol\/[^:]*:(McpServer\(\)\.(server\.)?|Server\(\)\.)(sendLoggingMessage|notification|sendResourceUpdated|createMessage|elicitInput|listRoots))$|^axios:(axios|Axios)?(create\(\))?\.?(get|post|put|patch|delete|head|request)$/
// What sends goes wrong once the other side is gone; to close, and to write to stdout, does not.
const sending =
  /modelcontextprotocol\/[^:]*:((?!StdioServer)\w*Transport\(\)\.(send|start|handleRequest|handlePostMessage|handleMessage|terminateSession|finishAuth)|(McpServer|Server|Client)\(\)\.connect|(McpServer\(\)\.server|Server|Client)\(\)\.(request|ping)|Client\(\)\.(notification|complete|setLoggingLevel|getPrompt|listPrompts|listResources|listResourceTemplates|readResource|subscribeResource|unsubscribeResource|callTool|listTools|sendRootsListChanged))$/
const coroutines =
  /^(asyncio\.(sleep|wait_for|wait|open_connection|to_thread|create_subprocess_(exec|shell))|anyio\.(sleep|to_thread\.run_sync|open_file|run_process)|(httpx\.AsyncClient|aiohttp\.ClientSession)\(\)\.(get|post|put|patch|delete|head|request|aclose|close)|(mcp\.server\.(fastmcp|mcpserver)|fastmcp|fastmcp\.server\.context)\.Context\(\)\.(info|debug|warning|error|log|report_progress|read_resource|elicit|sample)|mcp\.([\w.]+\.)?((Client|Server)Session\(\)\.(initialize|send_\w+|list_\w+|call_tool|read_resource|get_prompt|complete|subscribe_resource|unsubscribe_resource|set_logging_level|create_message|elicit\w*)|SseServerTransport\(\)\.handle_post_message|StreamableHTTPServerTransport\(\)\.(handle_request|terminate)|FastMCP\(\)\.run_\w+_async))$/
const tasks = /^asyncio\.((get_(running|event)_loop|new_event_loop)\(\)\.create_task|create_task|ensure_future)$/

const harmless =
  /^global:(console|Date|Math|performance|Object|Number|String|Array|Boolean|Map|Set|WeakMap|Promise\.resolve|(set|clear)(Timeout|Interval|Immediate)|queueMicrotask)\b/
/** What is done at some time, and never fails. */
const settling = /^(timers\/promises\.set\w+|Promise\.allSettled)$/
const maxDepth = 3

/** Nothing that can go wrong in it gets out: it stands in a `try` whose handlers let nothing through. */
const neverRejects = (of: FunctionValue, module: Module, resolver: Resolver, bodies: Bodies, depth = 0): boolean => {
  const { calls, tries, throws } = bodies.of(module, of)
  const catching = tries.filter(({ handlers }) => handlers.length > 0 && handlers.every(one => one.leaves !== 'throw'))
  const isCaught = (at: number): boolean =>
    catching.some(one => isWithin(at, one.body) || one.handlers.some(handler => isWithin(at, handler)))
  const isSafe = (call: Call): boolean => {
    const things = resolver.things(call.callee, { module, frames: [] })
    return things.every(({ value, module: at }) => {
      if (value.is === 'external') return harmless.test(value.path)
      if (value.is !== 'function' || !value.isAsync) return false
      return !call.awaited || (depth < maxDepth && neverRejects(value, at, resolver, bodies, depth + 1))
    })
  }
  return throws.every(({ at }) => isCaught(at)) && calls.every(call => isCaught(call.at) || isSafe(call))
}

/** What a call gives back when it can be nothing but a promise or a coroutine. */
const promised = (call: Call, module: Module, resolver: Resolver, bodies: Bodies): string | null => {
  const things = resolver.things(call.callee, { module, frames: [] })
  const own = things.flatMap(thing =>
    thing.value.is === 'function' && thing.value.isAsync && !thing.value.isGenerator
      ? [{ of: thing.value, module: thing.module }]
      : [],
  )
  if (own.length > 0 && own.length === things.length) {
    const name = nameOf(call) || 'an async function'
    const isPython = module.language === 'python'
    const isOther = own.some(one => one.module.decorated.some(({ function: of }) => of === one.of))
    const isSafe = own.every(one => neverRejects(one.of, one.module, resolver, bodies))
    return (isPython ? isOther : isSafe) ? null : name
  }
  const isKnown = (one: string): boolean =>
    module.language === 'python' ? coroutines.test(one) : promising.test(one) || sending.test(one)
  const paths = pathsOf(call, { module, frames: [] }, resolver)
  const path = paths.find(isKnown) ?? storedPathsOf(call, module, resolver).find(isKnown)
  return path && !isOverStdout(call, module, resolver) ? shownPath(path) : null
}

/** `sessions[id].transport.send(...)`, by what the file puts into the table. */
const storedPathsOf = ({ callee }: Call, module: Module, resolver: Resolver): string[] =>
  storedAs(callee, module).flatMap(stored => resolver.external(stored, { module, frames: [] }) ?? [])

/** `server.connect(new StdioServerTransport())`: nothing in it can fail. */
const isOverStdout = (call: Call, module: Module, resolver: Resolver): boolean => {
  const [to] = call.arguments
  return (
    nameOf(call) === 'connect' &&
    to !== undefined &&
    resolver
      .things(to, { module, frames: [] })
      .some(thing => thing.value.is === 'call' && nameOf(thing.value) === 'StdioServerTransport')
  )
}

const droppedIn = (module: Module, resolver: Resolver, bodies: Bodies): DroppedPromise[] => {
  const found = (call: Call, what: string, how: DroppedPromise['how']): DroppedPromise[] => [
    { what, how, file: module.path, line: call.line },
  ]
  const isPython = module.language === 'python'
  const ofCall = (call: Call): DroppedPromise[] => {
    const { callee } = call
    const [first] = call.arguments
    if (!isPython && nameOf(call) === 'forEach' && first?.is === 'function' && first.isAsync)
      return neverRejects(first, module, resolver, bodies) ? [] : found(call, 'an async function', 'forEach')
    if (!call.dropped) return []
    if (isPython && pathsOf(call, { module, frames: [] }, resolver).some(path => tasks.test(path)))
      return found(call, nameOf(call), 'task')
    // the start of the program: what goes wrong there ends it with a message
    if (!isPython && !bodies.around(module, call.at)) return []
    if (isPython || callee.is !== 'member' || !/^(then|catch|finally)$/.test(callee.name)) {
      const what = promised(call, module, resolver, bodies)
      return what === null ? [] : found(call, what, 'dropped')
    }
    const { root, isCaught, isKept } = promiseChainOf(call, module)
    const what = isCaught || root.is !== 'call' || root === call ? null : promised(root, module, resolver, bodies)
    if (what === null || settling.test(what)) return []
    return found(call, isKept ? `${what} … .${callee.name}(…)` : what, isKept ? 'derived' : 'dropped')
  }
  const tested = (value: Value): DroppedPromise[] => {
    if (value.is === 'not') return tested(value.of)
    if (value.is === 'both' || value.is === 'either') return [...tested(value.first), ...tested(value.second)]
    if (value.is !== 'call' || value.awaited) return []
    const things = resolver.things(value.callee, { module, frames: [] })
    const isAsync = things.length > 0 && things.every(({ value: of }) => of.is === 'function' && of.isAsync)
    return isAsync && !things.some(thing => thing.module.decorated.some(one => one.function === thing.value))
      ? found(value, nameOf(value), 'tested')
      : []
  }
  return [...module.calls.flatMap(ofCall), ...module.guards.flatMap(({ test }) => tested(test))]
}

/** Promises, coroutines and tasks that nobody waits for, and that nobody hears of when they fail. */
export const droppedPromises = gatherer<DroppedPromises, { modules: typeof modules; project: typeof project }>({
  id: 'dropped-promises',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules, project }: { modules: Modules; project: Project }) => {
    const resolver = openResolver(modules)
    const bodies = openBodies(modules.byPath.values())
    const looked = ownModules(modules, project)
    return {
      dropped: looked.flatMap(module => droppedIn(module, resolver, bodies)),
      calls: looked.reduce((sum, { calls }) => sum + calls.filter(({ awaited }) => awaited).length, 0),
      files: looked.length,
    }
  },
})
