import { visibleAt, type Call, type Module, type Value } from '../code/values.ts'
import type { Resolver } from '../code/resolve.ts'
import { nameOf, type Arrival, type Rule } from './sinks/arrival.ts'
import { files, gitFolders, gitIndexes, pathMethods } from './sinks/files.ts'
import { kept } from './sinks/kept.ts'
import { patterns, subjects } from './sinks/patterns.ts'
import { commandLines, gitPython, pythonProcesses, shells, simpleGit, spawned } from './sinks/processes.ts'
import { replacements } from './sinks/replacements.ts'
import { clients, products, requests } from './sinks/requests.ts'
import { code, containers, modules, objects, queries, templates } from './sinks/scripts.ts'
import { handed, written } from './sinks/standard-input.ts'
import { sql } from './sinks/statements.ts'

export type { Arrival }

const rules = [
  files,
  gitFolders,
  gitIndexes,
  pathMethods,
  kept,
  shells,
  spawned,
  pythonProcesses,
  gitPython,
  simpleGit,
  commandLines,
  containers,
  written,
  handed,
  sql,
  requests,
  clients,
  products,
  patterns,
  subjects,
  code,
  objects,
  templates,
  modules,
  queries,
  replacements,
]

export interface Sink {
  call: Call
  module: Module
  rule: Rule
  /** The name it has outside the repository; empty for a method of something that is not known. */
  path: string
  /** As people write it. */
  what: string
}

const spelled = (value: Value): string => {
  if (value.is === 'name') return value.name
  if (value.is === 'member') return `${spelled(value.of)}.${value.name}`
  if (value.is !== 'call') return '…'
  const { callee } = value
  const isDivision = callee.is === 'member' && callee.name === '__truediv__'
  return isDivision ? `(${spelled(callee.of)} / …)` : `${spelled(callee)}()`
}

/** `session: aiohttp.ClientSession`: what a parameter is said to be. */
const byType = (value: Value, module: Module, resolver: Resolver): string[] => {
  if (value.is !== 'name' || module.language !== 'python') return []
  return visibleAt(module, value.name, value.at).flatMap(({ type }) => {
    const [head, ...rest] = (type ?? '').split('.')
    if (!head) return []
    const named = rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), {
      is: 'name',
      name: head,
      at: 0,
    })
    const path = resolver.external(named, { module, frames: [] })
    return path ? [`${path}()`] : []
  })
}

const chain = (value: Value): { root: Value; rest: string } => {
  if (value.is !== 'member') return { root: value, rest: '' }
  const { root, rest } = chain(value.of)
  return { root, rest: `${rest}.${value.name}` }
}

/** The names of what is called, outside the repository. */
const pathsOf = ({ callee }: Call, module: Module, resolver: Resolver): { paths: string[]; isOpen: boolean } => {
  const place = { module, frames: [] }
  const paths: string[] = []
  let isOpen = false
  for (const { value, module: from, frames } of resolver.things(callee, place)) {
    if (value.is === 'external') paths.push(value.path)
    else if (
      value.is === 'call' &&
      value.arguments[0] &&
      resolver.external(value.callee, { module: from, frames }) === 'util:promisify'
    ) {
      const inner = resolver.external(value.arguments[0], { module: from, frames })
      if (inner) paths.push(inner)
    } else if (value.is !== 'function' && value.is !== 'class') isOpen = true
  }
  if (paths.length === 0) {
    const { root, rest } = chain(callee)
    paths.push(...byType(root, module, resolver).map(path => `${path}${rest}`))
  }
  return { paths: [...new Set(paths)], isOpen }
}

/** Methods of texts, lists, promises and logs: there are too many of them to look at each. */
const harmless = /^(then|map|push|log|info|debug|warn|error|json|trim|join|filter|toString|includes|startsWith)$/

/** `repo.git.log(…)` asks git. */
const isOfGit = (callee: Value): boolean => callee.is === 'member' && /git$/i.test(nameOf(callee.of))

const threads = /^(asyncio\.to_thread|anyio\.to_thread\.run_sync|(starlette|fastapi)\.concurrency\.run_in_threadpool)$/

/** The call that a thread makes for another: `asyncio.to_thread(subprocess.run, command)`. */
const handedOver = (call: Call, module: Module, resolver: Resolver): Call => {
  const place = { module, frames: [] }
  const isExecutor = nameOf(call.callee) === 'run_in_executor'
  if (!isExecutor && !threads.test(resolver.external(call.callee, place) ?? '')) return call
  const [callee, ...given] = call.arguments.slice(isExecutor ? 1 : 0)
  if (!callee) return call
  const isPartial = callee.is === 'call' && resolver.external(callee.callee, place) === 'functools.partial'
  const [inner, ...first] = isPartial ? callee.arguments : []
  if (!isPartial || !inner) return { ...call, callee, arguments: given }
  return { ...call, callee: inner, arguments: [...first, ...given], named: [...callee.named, ...call.named] }
}

/** The places in a function that a text of an attacker must not reach. */
export const sinksIn = (calls: Call[], module: Module, resolver: Resolver): Sink[] =>
  calls.flatMap((written): Sink[] => {
    const call = module.language === 'python' ? handedOver(written, module, resolver) : written
    const name = nameOf(call.callee)
    if (harmless.test(name) && !isOfGit(call.callee)) return []
    const { paths, isOpen } = pathsOf(call, module, resolver)
    const isWanted = ({ isCandidate }: Rule): boolean => isCandidate?.(call, module, resolver) ?? true
    const what = spelled(call.callee).slice(-60)
    const byPath = paths.flatMap(path =>
      rules.filter(each => each.path.test(path) && isWanted(each)).map(rule => ({ call, module, rule, path, what })),
    )
    if (byPath.length > 0) return byPath
    const isKnown = paths.length > 0 && !paths.some(path => /\(\)|\[/.test(path))
    if (call.callee.is !== 'member' || (isKnown && !isOpen)) return []
    return rules
      .filter(each => each.method?.test(name) && isWanted(each))
      .map(rule => ({ call, module, rule, path: '', what }))
  })
