import { mergedOrigin, originOf, type Origin } from './origin.ts'
import type { Place, Resolver } from './resolve.ts'
import { fieldOf, visibleAt, type Call, type Value } from './values.ts'

const nowhere: Origin = { outside: false, literals: [], open: false }
const open: Origin = { ...nowhere, open: true }
const maxDepth = 15
const maxSteps = 500
let steps = 0

/** Methods of texts and addresses that leave the host as it is. */
const keeping =
  /^(toString|href|trim|replace|replaceAll|rstrip|strip|removesuffix|format|copy_with|join|geturl|unicode_string|slice|endsWith|concat|origin)$/

/** `https://api.example` of an address; null of what is none. */
export const hostIn = (text: string): string | null => /^\w+:\/\/[^/?#]+(?=[/?#]|$)/.exec(text.trim())?.[0] ?? null

/** A client that hands its requests to an application of the same process: `transport=httpx.ASGITransport(app=app)`. */
export const isInProcess = (call: Call, place: Place, resolver: Resolver): boolean => {
  const transport = fieldOf(call.named, 'transport')
  return (
    transport !== undefined &&
    resolver
      .things(transport, place)
      .some(
        thing =>
          thing.value.is === 'call' &&
          /^httpx\.(ASGI|WSGI|Mock)Transport$/.test(resolver.external(thing.value.callee, thing) ?? ''),
      )
  )
}

/** Where the host of an address comes from: what stands before its path. A path alone comes from nowhere. */
export const hostOrigin = (value: Value, place: Place, resolver: Resolver, before = 0): Origin => {
  const depth = before + 1
  if (depth === 1) steps = 0
  if (depth > maxDepth || ++steps > maxSteps) return open
  const follow = (each: Value, at: Place = place): Origin => hostOrigin(each, at, resolver, depth)
  switch (value.is) {
    case 'text': {
      const host = hostIn(value.text)
      return host === null ? nowhere : { ...nowhere, literals: [{ text: host, file: place.module.path }] }
    }
    case 'join': {
      const [first, second] = value.parts.filter(part => part.is !== 'text' || part.text !== '')
      if (!first) return nowhere
      if (first.is !== 'text') return follow(first)
      if (!/^\w+:\/\//.test(first.text)) return nowhere
      const host = /^\w+:\/\/[^/?#]+[/?#]/.test(first.text) ? hostIn(first.text) : null
      if (host !== null || !second) return follow({ is: 'text', text: host ?? first.text })
      // https://${host}/...
      const rest = originOf(second, place, resolver)
      return rest.outside ? rest : open
    }
    case 'either':
    case 'both':
      return mergedOrigin([follow(value.first), follow(value.second)])
    case 'choice':
      return mergedOrigin(value.options.map(option => follow(option)))
    case 'call': {
      const path = resolver.external(value.callee, place) ?? ''
      const [first, second] = value.arguments
      if (/^(global|url):URL$|^httpx\.URL$|^(pydantic\.)?(Any)?(Http)?Url$/.test(path) && first)
        return follow(second ?? first)
      if (
        /^urllib\.parse\.urljoin$|^(global:)?Request$|^global:(String|Request)$|^builtins\.str$|^pydantic\.\w*Url$/.test(
          path,
        ) &&
        first
      )
        return follow(first)
      if (value.callee.is === 'member' && keeping.test(value.callee.name)) return follow(value.callee.of)
      const inside = resolver.things(value, place).filter(thing => thing.value !== value)
      if (inside.length === 0 || inside.some(thing => thing.value.is === 'external'))
        return { ...originOf(value, place, resolver), literals: [], open: !originOf(value, place, resolver).outside }
      return mergedOrigin(inside.map(thing => follow(thing.value as Value, thing)))
    }
    case 'name': {
      const declared = visibleAt(place.module, value.name, value.at).map(({ value: kept }) => kept)
      if (declared.length > 0 && declared.every(({ is }) => is !== 'parameter' && is !== 'import'))
        return mergedOrigin(declared.filter(({ is }) => is !== 'unknown').map(kept => follow(kept)))
      const [only] = declared
      if (only?.is === 'parameter') return follow(only)
      return ofThings(value, place, resolver, depth)
    }
    case 'parameter': {
      const of = place.module.functions.find(({ at }) => at === value.function)
      const callers = of && place.frames.length === 0 ? resolver.callers(of, place.module) : []
      if (!of || callers.length === 0) return ofThings(value, place, resolver, depth)
      const isMethod = place.module.language === 'python' && /^(self|cls)$/.test(of.parameters[0] ?? '')
      return mergedOrigin(
        callers.map(({ call, module }) => {
          const given =
            call.arguments[isMethod ? value.index - 1 : value.index] ??
            call.named.find(([key]) => key === value.name)?.[1] ??
            value.fallback
          return given ? hostOrigin(given, { module, frames: [] }, resolver, depth) : nowhere
        }),
      )
    }
    case 'member':
      if (keeping.test(value.name)) return follow(value.of)
      return ofThings(value, place, resolver, depth)
    default:
      return ofThings(value, place, resolver, depth)
  }
}

const ofThings = (value: Value, place: Place, resolver: Resolver, depth: number): Origin => {
  const all = originOf(value, place, resolver)
  if (all.outside) return { ...nowhere, outside: true }
  const things = resolver.things(value, place).filter(thing => thing.value !== value)
  if (things.length === 0) return open
  return mergedOrigin(
    things.map(thing =>
      thing.value.is === 'external' || thing.value.is === 'namespace'
        ? open
        : thing.value.is === 'constant'
          ? nowhere
          : hostOrigin(thing.value, thing, resolver, depth),
    ),
  )
}
