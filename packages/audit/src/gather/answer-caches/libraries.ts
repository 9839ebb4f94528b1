import { clients } from '../calls/clients.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import type { Call, FunctionValue, Module, Value } from '../code/values.ts'
import { optionsOf, type Option } from '../data-access/options.ts'
import type { AnswerCache } from './cache.ts'

interface Library {
  called: RegExp
  bound: RegExp
  expiry: RegExp
  /** What holds where nothing is said. */
  boundDefault?: string
  expiryDefault?: string
  /** It wraps what it caches. */
  wraps?: true
}

const libraries: Library[] = [
  { called: /^lru-cache:(LRUCache|default)?$/, bound: /^(max|maxSize)$/, expiry: /^ttl$/ },
  { called: /^quick-lru:$|^@isaacs\/ttlcache:(TTLCache)?$/, bound: /^(max|maxSize)$/, expiry: /^(maxAge|ttl)$/ },
  { called: /^(node-cache|@cacheable\/node-cache):(NodeCache)?$/, bound: /^maxKeys$/, expiry: /^stdTTL$/ },
  {
    called: /^(cacheable:\w+|keyv:(Keyv)?|cache-manager:(caching|createCache))$/,
    bound: /^(lruSize|max|stores.*)$/,
    expiry: /^ttl$/,
  },
  {
    called: /^(p-memoize|memoize|mem|micro-memoize|moize|fast-memoize):(default)?$/,
    bound: /^(cache|maxSize|max)(\.|$)/,
    expiry: /^(maxAge|cache(\.|$))/,
    wraps: true,
  },
  {
    called: /^cachetools\.TTLCache$|^cachetools\.TLRUCache$/,
    bound: /^(maxsize|address|argument0)$/,
    expiry: /^(ttl|ttu)$/,
    boundDefault: 'its first argument',
    expiryDefault: 'its second argument',
  },
  {
    called: /^cachetools\.(LRU|LFU|FIFO|RR)?Cache$/,
    bound: /^maxsize$/,
    expiry: /^$/,
    boundDefault: 'its first argument',
  },
  {
    called: /^functools\.(lru_cache)$/,
    bound: /^maxsize$/,
    expiry: /^$/,
    boundDefault: 'its own limit of 128',
    wraps: true,
  },
  { called: /^functools\.cache$/, bound: /^$/, expiry: /^$/, wraps: true },
  {
    called: /^async_lru\.alru_cache$/,
    bound: /^maxsize$/,
    expiry: /^ttl$/,
    boundDefault: 'its own limit of 128',
    wraps: true,
  },
  {
    called: /^aiocache\.(cached(_stampede)?|SimpleMemoryCache|Cache)$/,
    bound: /^(plugins|cache|endpoint)$/,
    expiry: /^ttl$/,
    wraps: true,
  },
  {
    called: /^diskcache\.(Fanout)?Cache$/,
    bound: /^size_limit$/,
    expiry: /^expire$/,
    boundDefault: 'its own limit of 1 GB',
  },
  {
    called: /^requests_cache\.(CachedSession|install_cache)$/,
    bound: /^$/,
    expiry: /^expire_after$/,
    boundDefault: 'its storage',
  },
  {
    called: /^hishel\.(\w*Cache\w*)$/,
    bound: /^$/,
    expiry: /^$/,
    boundDefault: 'its storage',
    expiryDefault: 'the headers of the answers',
  },
  {
    called: /ResponseCachingMiddleware$/,
    bound: /^$/,
    expiry: /^$/,
    boundDefault: 'its storage',
    expiryDefault: 'its own time to live',
  },
]

/** It sends a request, or runs a statement of a database. */
const asksOthers = ({ at, end }: FunctionValue, module: Module, resolver: Resolver, depth = 0): boolean =>
  module.calls.some(call => {
    if (call.at < at || call.at >= end) return false
    const place: Place = { module, frames: [] }
    const path = resolver.external(call.callee, place)
    if (path !== null)
      return clients.some(({ kind, called }) => kind === 'http' && called.test(path)) || /execute|query/.test(path)
    return (
      depth < 3 &&
      resolver
        .things(call.callee, place)
        .some(thing => thing.value.is === 'function' && asksOthers(thing.value, thing.module, resolver, depth + 1))
    )
  })

const told = (options: Option[], name: RegExp, otherwise?: string): string | null => {
  const given = options.find(option => name.test(option.name))
  if (given?.off || given?.text === 'None' || given?.text === 'null' || given?.text === 'Infinity') return null
  if (given) return given.text === null ? given.name : `${given.name} = ${given.text}`
  return otherwise ?? null
}

const asking = /^(get|has|peek|fetch|wrap|getOrSet|memoize|get_or_create|getOrInsertComputed)$/
const filling = /^(set|put|add|mset|wrap|fetch|getOrSet|setdefault|insert|getOrInsertComputed)$/

const isOf = (value: Value, made: Value, place: Place, resolver: Resolver): boolean =>
  resolver.things(value, place).some(thing => thing.value === made)

/** Something asks it and something fills it; or it is handed to what does both. */
const isUsed = (made: Value, all: Module[], resolver: Resolver): boolean => {
  let [asked, filled, handed] = [false, false, false]
  for (const module of all) {
    const place: Place = { module, frames: [] }
    for (const { callee, arguments: given, named } of module.calls) {
      if (
        callee.is === 'member' &&
        (asking.test(callee.name) || filling.test(callee.name)) &&
        isOf(callee.of, made, place, resolver)
      ) {
        asked ||= asking.test(callee.name)
        filled ||= filling.test(callee.name)
      }
      handed ||= [...given, ...named.map(([, value]) => value)].some(
        value => /^(name|member|call)$/.test(value.is) && isOf(value, made, place, resolver),
      )
    }
    for (const { target } of module.writes)
      if (target.is === 'index' && isOf(target.of, made, place, resolver)) filled = true
  }
  // cache[key] of Python asks as well; what fills a cache asks it, or it would be no cache
  return handed || (filled && (asked || all.some(({ language }) => language === 'python')))
}

/** The caches of libraries, as far as they keep what was asked of other machines or databases. */
export const libraryCaches = (module: Module, all: Module[], resolver: Resolver): AnswerCache[] => {
  const place: Place = { module, frames: [] }
  const decorators = module.decorated.flatMap(({ decorator, function: of }) => {
    const call = decorator.is === 'call' ? decorator : null
    const path = resolver.external(call?.callee ?? decorator, place) ?? ''
    return [
      {
        call,
        path,
        line: call?.line ?? of.line - 1,
        // one without arguments is a thing that is made once; one that asks nobody gets no old answers
        decorates: of.parameters.some(name => !/^(self|cls)$/.test(name)) && asksOthers(of, module, resolver),
      },
    ]
  })
  const decorated = new Set<Value>(module.decorated.map(({ decorator }) => decorator))
  const calls = module.calls
    .filter(call => !decorated.has(call))
    .map((call: Call) => ({
      call,
      path: resolver.external(call.callee, place) ?? '',
      line: call.line,
      decorates: null,
    }))
  return [...decorators, ...calls].flatMap(({ call, path, line, decorates }): AnswerCache[] => {
    const library = libraries.find(({ called }) => called.test(path))
    if (!library || decorates === false) return []
    const { found, open } = call ? optionsOf(call, place, resolver) : { found: [], open: false }
    const isPositional = path.startsWith('cachetools.') ? (call?.arguments.length ?? 0) : 2
    const bound = told(found, library.bound, isPositional > 0 ? library.boundDefault : undefined)
    const expiry = told(found, library.expiry, isPositional > 1 ? library.expiryDefault : undefined)
    const used =
      decorates === true ||
      library.wraps === true ||
      (call !== null && isUsed(call, all, resolver)) ||
      /install_cache|CachedSession|hishel|Middleware/.test(path)
    return [
      {
        what: path.replace(/:$/, '').replace(':', '.'),
        bound: bound ?? (open ? undefined : null),
        expiry: expiry ?? (open ? undefined : null),
        used,
        file: module.path,
        line,
      },
    ]
  })
}
