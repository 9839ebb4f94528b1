import { gatherer } from '../core/item.ts'
import { clients as requests } from './calls/clients.ts'
import { isChosenBySetting } from './code/chosen.ts'
import { hostOrigin, isInProcess } from './code/hosts.ts'
import { modules } from './code/modules.ts'
import { originOf, type Origin } from './code/origin.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'

/** A place that depends on where the server runs: a host, a port, a path outside of the repository. */
export interface Whereabouts {
  kind: 'host' | 'port' | 'path'
  /** The call that uses it. */
  what: string
  /** `chosen`: a setting takes one of several that the source holds. */
  from: 'settings' | 'source' | 'undecided' | 'chosen'
  /** As it is written, when the source decides. */
  text: string | null
  file: string
  line: number
}

export interface AllWhereabouts {
  found: Whereabouts[]
  /** Source files of the server that were looked at. */
  files: number
}

type Found = { kind: Whereabouts['kind']; origin: Origin }
type OriginOf = (value: Value, place: Place) => Origin

const makers =
  /^(httpx\.(Async)?Client|aiohttp\.(client\.)?ClientSession|axios:(default\.)?create|got:extend|ky:(create|extend))$/
const baseNames = /^(baseURL|baseUrl|base_url|prefixUrl|url)$/
const serving = /^(uvicorn|hypercorn|waitress|aiohttp\.web|werkzeug|fastmcp|mcp)\b/
const files =
  /^(fs|fs\/promises|fs-extra):(promises\.)?\w+$|^builtins\.open$|^pathlib\.Path$|^os\.(makedirs|mkdir|listdir|scandir|remove|rename)$|^shutil\.\w+$|^aiofiles\.open$|^(better-)?sqlite3[.:]\w*$|^sqlite:DatabaseSync$/
/** Folders that depend on the machine, not those that are the same on every one. */
const machinePath =
  /^(\/(home|Users|root|var(?!\/run\/secrets\/kubernetes\.io\/)|opt|srv|data|mnt|media|app|usr\/local|workspace|tmp\/.+|etc\/(?!ssl|os-release|resolv|hosts|passwd|localtime|timezone|mime|ca-))|~\/|[A-Za-z]:[\\/])/

const textOnly = (origin: Origin, keep: RegExp): Origin => ({
  ...origin,
  literals: origin.literals.filter(({ text }) => keep.test(text)),
})

const field = (call: Call, names: RegExp, place: Place, resolver: Resolver): { value: Value; place: Place }[] => [
  ...call.named.filter(([key]) => names.test(key)).map(([, value]) => ({ value, place })),
  ...call.arguments.flatMap(argument =>
    resolver
      .things(argument, place)
      .flatMap(thing =>
        thing.value.is === 'record'
          ? thing.value.fields.filter(([key]) => names.test(key)).map(([, value]) => ({ value, place: thing as Place }))
          : [],
      ),
  ),
]

const hostsOf = (call: Call, path: string, place: Place, resolver: Resolver): Found[] => {
  const isRequest = requests.some(({ kind, called }) => kind === 'http' && called.test(path))
  if ((!isRequest && !makers.test(path)) || isInProcess(call, place, resolver)) return []
  // request(method, url) of Python
  const first =
    /\.(request|stream)$/.test(path) && place.module.language === 'python' ? call.arguments[1] : call.arguments[0]
  const direct =
    isRequest && first && !resolver.things(first, place).some(({ value }) => value.is === 'record')
      ? [{ value: first, place }]
      : []
  return [...direct, ...field(call, baseNames, place, resolver)].map(({ value, place: at }) => ({
    kind: 'host' as const,
    origin: hostOrigin(value, at, resolver),
  }))
}

const isOwnField = (of: Value): boolean => of.is === 'name' && /^(this|self|cls)$/.test(of.name)

/**
 * The origin of a value; a field of a record is also what is put there later, such as from options of the command line.
 * Where only the names of the fields agree, that is left open.
 */
const openOrigins =
  (own: Module[], resolver: Resolver): OriginOf =>
  (value, place) => {
    const origin = originOf(value, place, resolver)
    if (value.is !== 'member' || isOwnField(value.of) || origin.outside) return origin
    const records = new Set(resolver.things(value.of, place).map(({ value: made }) => made))
    const later = own.flatMap(module => {
      const at: Place = { module, frames: [] }
      return module.writes.flatMap(({ target, value: put }) => {
        if (target.is !== 'member' || target.name !== value.name || isOwnField(target.of)) return []
        const isSame = resolver
          .things(target.of, at)
          .some(({ value: made }) => made.is === 'record' && records.has(made))
        return [{ outside: isSame && originOf(put, at, resolver).outside }]
      })
    })
    return later.length === 0 ? origin : { ...origin, outside: later.some(({ outside }) => outside), open: true }
  }

const portsOf = (call: Call, path: string | null, place: Place, resolver: Resolver, originAt: OriginOf): Found[] => {
  const [first] = call.arguments
  const isListening =
    call.callee.is === 'member' && call.callee.name === 'listen' && place.module.language === 'typescript'
  const isServing = path !== null && serving.test(path) && place.module.language === 'python'
  const named = isServing ? fieldOf(call.named, 'port') : undefined
  const inRecord = isListening ? field(call, /^port$/, place, resolver) : []
  const isAmount =
    first && !resolver.things(first, place).some(({ value }) => value.is === 'record' || value.is === 'text')
  const all = [
    ...(isListening && first && isAmount ? [{ value: first, place }] : []),
    ...inRecord,
    ...(named ? [{ value: named, place }] : []),
  ]
  return all.map(({ value, place: at }) => ({
    kind: 'port' as const,
    origin: textOnly(originAt(value, at), /^[1-9]\d*$/),
  }))
}

const pathsOf = (call: Call, path: string, place: Place, resolver: Resolver): Found[] => {
  const [first] = call.arguments
  if (!files.test(path) || !first) return []
  const written = first.is === 'join' ? first.parts[0] : first
  const head = written?.is === 'text' ? written : first
  const origin = textOnly(originOf(head, place, resolver), machinePath)
  return origin.literals.length > 0 ? [{ kind: 'path' as const, origin }] : []
}

const fromOf = ({ outside, open }: Origin): Whereabouts['from'] =>
  outside ? 'settings' : open ? 'undecided' : 'source'

const foundIn = (module: Module, own: Module[], resolver: Resolver, originAt: OriginOf): Whereabouts[] => {
  const place: Place = { module, frames: [] }
  return module.calls.flatMap(call => {
    const path = resolver.external(call.callee, place)
    const found = [
      ...(path === null ? [] : hostsOf(call, path, place, resolver)),
      ...portsOf(call, path, place, resolver, originAt),
      ...(path === null ? [] : pathsOf(call, path, place, resolver)),
    ]
    const what = (path ?? (call.callee.is === 'member' ? call.callee.name : ''))
      .replace(/^(global|builtins)[:.]/, '')
      .replace(/:$/, '')
      .replace(':', '.')
    return found
      .filter(({ origin }) => origin.outside || origin.open || origin.literals.length > 0)
      .map(({ kind, origin }): Whereabouts => {
        const written = fromOf(origin)
        const isChosen = kind === 'host' && written === 'source' && isChosenBySetting(origin, own, resolver)
        const from = isChosen ? 'chosen' : written
        return {
          kind,
          what,
          from,
          text: from === 'source' ? (origin.literals[0]?.text ?? null) : null,
          file: module.path,
          line: call.line,
        }
      })
  })
}

/** Hosts, ports and paths that the server uses, and whether whoever starts it can set them. */
export const whereabouts = gatherer<AllWhereabouts, { modules: typeof modules; project: typeof project }>({
  id: 'whereabouts',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const originAt = openOrigins(own, resolver)
    return { found: own.flatMap(module => foundIn(module, own, resolver, originAt)), files: own.length }
  },
})
