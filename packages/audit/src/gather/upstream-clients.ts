import { gatherer } from '../core/item.ts'
import { clients as requests } from './calls/clients.ts'
import { modules } from './code/modules.ts'
import { isInProcess } from './code/hosts.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import type { Call, Module } from './code/values.ts'
import { optionsOf } from './data-access/options.ts'
import { openPerCall, type PerCall } from './data-access/per-call.ts'
import { isInScope, project } from './project.ts'
import { registrations } from './registrations.ts'

/** What holds the connections to the machines that the server asks over HTTP. */
export interface UpstreamClient {
  /** `httpx.AsyncClient`, `fetch`. */
  what: string
  /** `none` opens a connection for each request; `open` when that could not be followed. */
  reuse: 'shared' | 'per-call' | 'none' | 'open'
  /** How many connections it opens at most: null when there is no limit, undefined when that is not known. */
  limit: string | null | undefined
  file: string
  line: number
}

export interface UpstreamClients {
  clients: UpstreamClient[]
  /** Source files of the server that were looked at. */
  files: number
}

const makers = /^(httpx\.(Async)?Client|requests\.(sessions\.)?[sS]ession|aiohttp\.(client\.)?ClientSession)$/
const bare = /^(requests\.(api\.)?|httpx\.)(get|post|put|patch|delete|head|options|request|stream)$/

const limitIn = (call: Call, path: string, place: Place, resolver: Resolver): string | null | undefined => {
  const { found } = optionsOf(call, place, resolver)
  if (path.startsWith('requests')) return undefined
  const given = found.findLast(({ name }) => /^(limits\.max_connections|connector\.limit)$/.test(name))
  if (given) return given.off ? null : `${given.name} = ${given.text ?? 'from the settings'}`
  const isReplaced = found.some(({ name }) => name === 'transport' || (name === 'limits' && path.startsWith('httpx')))
  return isReplaced ? undefined : 'its own limit of 100 connections'
}

/** `new Agent({ connections: 16 })` of undici, `new https.Agent({ maxSockets: 16 })` of Node. */
const agentLimit = (all: Module[], resolver: Resolver): string | undefined => {
  for (const module of all)
    for (const call of module.calls) {
      const place: Place = { module, frames: [] }
      const path = call.constructs ? (resolver.external(call.callee, place) ?? '') : ''
      if (!/^(undici:(Agent|Pool)|https?:Agent|agentkeepalive:(HttpsAgent)?)$/.test(path)) continue
      const limit = optionsOf(call, place, resolver).found.find(({ name }) => /^(connections|maxSockets)$/.test(name))
      if (limit && !limit.off && limit.text !== 'Infinity')
        return `${limit.name} = ${limit.text ?? 'from the settings'}`
    }
  return undefined
}

/** What only runs once, to set something up, need not keep its connection. */
const without = (call: Call, module: Module, perCall: PerCall): Pick<UpstreamClient, 'reuse' | 'limit'> =>
  perCall.runs(call.at, module) ? { reuse: 'none', limit: null } : { reuse: 'open', limit: undefined }

const reuseOf = (call: Call, module: Module, perCall: PerCall): UpstreamClient['reuse'] =>
  perCall.differs(call, module)
    ? 'open'
    : perCall.makes(call, module)
      ? 'per-call'
      : perCall.keeps(call, module)
        ? 'shared'
        : 'open'

const clientsIn = (
  module: Module,
  resolver: Resolver,
  perCall: PerCall,
  agents: string | undefined,
): UpstreamClient[] =>
  module.calls.flatMap((call): UpstreamClient[] => {
    const place: Place = { module, frames: [] }
    const path = resolver.external(call.callee, place)
    if (path === null || isInProcess(call, place, resolver)) return []
    const at = { file: module.path, line: call.line }
    if (makers.test(path))
      return [{ ...at, what: path, reuse: reuseOf(call, module, perCall), limit: limitIn(call, path, place, resolver) }]
    if (module.language === 'python')
      return bare.test(path) ? [{ ...at, what: path, ...without(call, module, perCall) }] : []
    // Node keeps the connections of fetch, http and https for the whole process
    const isRequest = requests.some(({ kind, called }) => kind === 'http' && called.test(path))
    const what = path
      .replace(/^global:/, '')
      .replace(/:$/, '')
      .replace(':', '.')
    return isRequest ? [{ ...at, what, reuse: 'shared', limit: agents }] : []
  })

/** Whether connections to other machines are kept between calls, and what limits their number. */
export const upstreamClients = gatherer<
  UpstreamClients,
  { modules: typeof modules; project: typeof project; registrations: typeof registrations }
>({
  id: 'upstream-clients',
  impact: 'read',
  from: 'repository',
  needs: { modules, project, registrations },
  gather: (_, { modules: source, project, registrations }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const perCall = openPerCall(own, registrations, resolver)
    const agents = agentLimit(own, resolver)
    return { clients: own.flatMap(module => clientsIn(module, resolver, perCall, agents)), files: own.length }
  },
})
