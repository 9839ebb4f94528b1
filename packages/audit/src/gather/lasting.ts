import { gatherer } from '../core/item.ts'
import { modules, runsWith } from './code/modules.ts'
import { openResolver, type Resolver } from './code/resolve.ts'
import {
  fieldOf,
  innermost,
  isWithin,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Value,
} from './code/values.ts'
import { nameOf } from './concurrency/paths.ts'
import { ownModules } from './concurrency/own-modules.ts'
import { entered } from './entered.ts'
import { keptPrograms } from './kept-programs.ts'
import { isCertain, lastingCall } from './lasting-calls.ts'
import { project } from './project.ts'
import { openBodies, type Bodies } from './reached/bodies.ts'

/** What is started with the server and keeps its process alive by itself. */
export interface Lasting {
  what: string
  file: string
  line: number
  /** The calls that lead from the start of the program to it, as `file:line`. */
  way: string[]
}

export interface LastingThings {
  /** Where a stdio server is started. */
  stdio: { file: string; line: number } | null
  lasting: Lasting[]
  /** Where the end of the input is noticed. */
  noticed: { file: string; line: number } | null
  files: number
}

const maxFunctions = 2000
const stdioTransport =
  /^(@modelcontextprotocol\/[^:]*:(StdioServerTransport|serveStdio)|(mcp\.server\.stdio|mcp)\.stdio_server|(mcp\.server\.fastmcp|mcp\.server\.mcpserver|mcp\.server|fastmcp)\.(FastMCP|MCPServer)\(\)\.(run|run_async|run_stdio_async))$/

const isStdio = (call: Call, module: Module, resolver: Resolver): boolean => {
  const path = resolver.external(call.callee, { module, frames: [] })
  // a bundle of the package's own hands on what it holds under the same name
  if (path === null) return isBundled(call, module, resolver)
  if (!stdioTransport.test(path)) return false
  const transport = fieldOf(call.named, 'transport')
  return !transport || resolver.text(transport, { module, frames: [] }) === 'stdio'
}

/** It is imported from something that cannot be read. */
const isUnread = (name: Value & { is: 'name' }, module: Module, resolver: Resolver): boolean =>
  visibleAt(module, name.name, name.at).some(({ value }) => value.is === 'import') &&
  resolver.things(name, { module, frames: [] }).every(({ value }) => value.is === 'unknown')

/** `import { StdioServerTransport } from './third_party.js'`, which cannot be read. */
const isBundled = ({ callee, constructs }: Call, module: Module, resolver: Resolver): boolean =>
  constructs && callee.is === 'name' && callee.name === 'StdioServerTransport' && isUnread(callee, module, resolver)

const ends = /exit|clear|close|stop|shut|clean|dispose|kill|unref|abort|end/i

/** What is done then ends something. */
const isEnding = (handler: Value | undefined, module: Module, resolver: Resolver): boolean => {
  if (!handler) return false
  if ((handler.is === 'name' || handler.is === 'member') && ends.test(handler.name)) return true
  return resolver
    .things(handler, { module, frames: [] })
    .some(
      ({ value, module: at }) =>
        value.is === 'function' && at.calls.some(call => isWithin(call.at, value) && ends.test(nameOf(call))),
    )
}

/** `process.stdin.on('end', ...)`, in any file. */
const noticesEnd = (call: Call, module: Module, resolver: Resolver): boolean => {
  if (!/^(on|once|addListener)$/.test(nameOf(call)) || call.callee.is !== 'member') return false
  const [event, handler] = call.arguments
  if (!event || !/^(end|close)$/.test(resolver.text(event, { module, frames: [] }) ?? '')) return false
  const path = resolver.external(call.callee.of, { module, frames: [] }) ?? ''
  return (
    /^(global:process\.|process:)stdin$|^readline:createInterface\(\)$/.test(path) &&
    isEnding(handler, module, resolver)
  )
}

/** The transport of the SDK 2 notices the end of stdin and closes the server; that of the SDK 1 does not. */
const closesWithInput = (module: Module, resolver: Resolver): number | null => {
  const { assigned, declarations } = module
  const isSecond = declarations.some(
    ({ value }) => value.is === 'import' && /^@modelcontextprotocol\/server\b/.test(value.module),
  )
  const found = isSecond
    ? assigned.find(({ target, value }) => target.name === 'onclose' && isEnding(value, module, resolver))
    : null
  return found ? (found.value.is === 'function' ? found.value.line : 1) : null
}

const browsers =
  /^(puppeteer|puppeteer-core|puppeteer-extra|playwright|playwright-core|patchright|rebrowser-puppeteer)(-\w+)?:(default\.)?((chromium|firefox|webkit)\.)?(launch|launchPersistentContext|launchServer)$/

/** The library, or what a bundle hands on under its name: `puppeteer.launch()`, `chromium.launch()`. */
const isBrowser = (call: Call, module: Module, resolver: Resolver): boolean => {
  const { callee } = call
  if (callee.is !== 'member' || !callee.name.startsWith('launch')) return false
  const path = resolver.external(callee, { module, frames: [] })
  if (path !== null) return browsers.test(path)
  const { of } = callee
  return of.is === 'name' && /^(puppeteer|chromium|firefox|webkit)$/.test(of.name) && isUnread(of, module, resolver)
}

/** A browser that a call starts and that is kept for the calls after it: its connection holds the event loop. */
const keptBrowsers = (module: Module, resolver: Resolver): Lasting[] =>
  module.language === 'python'
    ? []
    : module.writes.flatMap(({ target, value, at, line }): Lasting[] => {
        if (value.is !== 'call' || !isOutliving(target, at, module)) return []
        const isStarted = resolver
          .things(value, { module, frames: [] })
          .some(({ value: made, module: other }) => made.is === 'call' && isBrowser(made, other, resolver))
        return isStarted ? [{ what: 'a browser that a call starts', file: module.path, line, way: [] }] : []
      })

/** A field, or a variable of something around the function in which it is set. */
const isOutliving = (target: Value, at: number, module: Module): boolean => {
  if (target.is === 'member') return true
  if (target.is !== 'name') return false
  const around = innermost(module.functions, at)
  return visibleAt(module, target.name, target.at).some(({ at: declared }) => !around || declared < around.at)
}

interface Start {
  module: Module
  of: FunctionValue | null
  way: string[]
}

/** All that certainly runs when the program starts, function by function. */
const runsAtStart = (first: Module, bodies: Bodies, resolver: Resolver): Start[] => {
  const queue: Start[] = [{ module: first, of: null, way: [] }]
  const seen = new Set<FunctionValue>()
  for (const { module, of, way } of queue) {
    for (const call of bodies.of(module, of).calls) {
      const found = resolver.things(call.callee, { module, frames: [] })
      for (const { value, module: target } of found) {
        if (value.is !== 'function' || seen.has(value) || seen.size > maxFunctions || found.length > 1) continue
        const isEntry = /^_{0,2}main_{0,2}$/.test(nameOf(call))
        if (!isEntry && !isCertain(call, of, module, bodies)) continue
        seen.add(value)
        queue.push({ module: target, of: value, way: [...way, `${module.path}:${call.line}`] })
      }
    }
  }
  return queue
}

/** What keeps a stdio server alive once its client is gone. */
export const lastingThings = gatherer<
  LastingThings,
  { modules: typeof modules; entered: typeof entered; project: typeof project }
>({
  id: 'lasting-things',
  impact: 'read',
  from: 'repository',
  needs: { modules, entered, project },
  gather: (_, { modules, entered, project }) => {
    const resolver = openResolver(modules)
    const bodies = openBodies(modules.byPath.values())
    const looked = ownModules(entered, project)
    const places = (wanted: (call: Call, module: Module, resolver: Resolver) => boolean) =>
      looked.flatMap(module =>
        module.calls
          .filter(call => wanted(call, module, resolver))
          .map(({ line }) => ({ file: module.path, line, module })),
      )
    const starts = places(isStdio)
    const timers = starts.flatMap(({ module: first }) =>
      runsAtStart(first, bodies, resolver).flatMap(({ module, of, way }) =>
        bodies.of(module, of).calls.flatMap((call): Lasting[] => {
          const what = lastingCall(call, of, module, bodies, resolver)
          return what === null ? [] : [{ what, file: module.path, line: call.line, way }]
        }),
      ),
    )
    const lasting = [
      ...timers,
      ...looked.flatMap(module => [...keptBrowsers(module, resolver), ...keptPrograms(module, resolver)]),
    ]
    const [stdio] = starts
    const closed = looked.flatMap(module => {
      const line = closesWithInput(module, resolver)
      return line === null ? [] : [{ file: module.path, line, module }]
    })
    // another program of the package notices the end of its own input
    const within = new Set(starts.flatMap(start => [...runsWith(start.module, modules)]))
    const noticed = [...places(noticesEnd), ...closed].find(({ module }) => within.size === 0 || within.has(module))
    return {
      stdio: stdio ? { file: stdio.file, line: stdio.line } : null,
      lasting,
      noticed: noticed ? { file: noticed.file, line: noticed.line } : null,
      files: looked.length,
    }
  },
})
