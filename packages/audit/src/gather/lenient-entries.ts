import { gatherer } from '../core/item.ts'
import { isEnvironmentPath } from './code/origin.ts'
import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import type { FunctionValue, Module, Value } from './code/values.ts'
import { isCredentialHeader, namesCredential } from './credential-names.ts'
import { httpEntries } from './http-entries.ts'
import { ownModules } from './own-modules.ts'
import { handedOn, lastName, writtenIn, type Written } from './policies/words.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** What takes the credential of whoever calls, and lets pass who brings none: the server has one of its own. */
export interface LenientEntry {
  by: string
  file: string
  line: number
  /** The credential of the server that is used then, and where it is read. */
  own: { name: string; file: string }
}

const going = /^(next|call_next)$/

const isRefusal = (part: Value): boolean =>
  (part.is === 'number' && (part.number === 401 || part.number === 403)) ||
  (part.is === 'member' && /^HTTP_40[13]|^UNAUTHORIZED$|^FORBIDDEN$/.test(part.name)) ||
  (part.is === 'text' && /\b40[13]\b|unauthori[sz]ed|forbidden/i.test(part.text))

const readsCredential = (part: Value): boolean => {
  const isHeaders = (of: Value): boolean => /headers?(_dict)?$/i.test(lastName(of))
  if (part.is === 'member') return isHeaders(part.of) && isCredentialHeader(part.name)
  if (part.is !== 'call' || part.callee.is !== 'member' || !/^(get|header)$/.test(part.callee.name)) return false
  const [first] = part.arguments
  const isRequest = isHeaders(part.callee.of) || /^(req|request)$/.test(lastName(part.callee.of))
  return first?.is === 'text' && isRequest && isCredentialHeader(first.text)
}

const holds = ({ values }: Written, test: (part: Value) => boolean): boolean =>
  values.some(value => someIn(value, test))

/** The name of the function, or of the class that it is a method of. */
const ownerOf = (of: FunctionValue, module: Module): string =>
  module.classes.find(({ at, end }) => at <= of.at && of.end <= end)?.name ?? of.name ?? ''

/** Somebody hands it to an application. */
const isMounted = (of: FunctionValue, module: Module, own: Module[]): boolean => {
  const name = ownerOf(of, module)
  const isIt = (value: Value): boolean =>
    value === of || (name !== '' && (value.is === 'name' || value.is === 'member') && value.name === name)
  return (
    module.decorated.some(one => one.function === of) ||
    own.some(each =>
      each.calls.some(
        call =>
          /^(use|add_middleware|Middleware|all|post|get)$/.test(lastName(call.callee)) &&
          [...call.arguments, ...call.named.map(([, value]) => value)].some(value => someIn(value, isIt)),
      ),
    )
  )
}

/** Credentials that are for something else than asking others. */
const otherUse = /client|sign|session|cookie|encrypt|jwt|webhook|private|master|hash|csrf/i

const ownCredential = (own: Set<Module>, reach: Reach): LenientEntry['own'] | null => {
  const { graph, resolver } = reach
  for (const [of, module] of graph.functions) {
    if (!own.has(module)) continue
    const place: Place = { module, frames: [] }
    const nameIn = (part: Value): string | null => {
      if (part.is === 'member' && namesCredential(part.name))
        return isEnvironmentPath(resolver.external(part, place) ?? '') ? part.name : null
      if (part.is !== 'call' || !/^os\.(getenv|environ\.get)$/.test(resolver.external(part.callee, place) ?? ''))
        return null
      const name = part.arguments[0] ? resolver.text(part.arguments[0], place) : null
      return name !== null && namesCredential(name) ? name : null
    }
    let found: string | null = null
    holds(writtenIn(of, module, reach), part => {
      const name = nameIn(part)
      if (name !== null && !otherUse.test(name)) found = name
      return found !== null
    })
    if (found !== null) return { name: found, file: module.path }
  }
  return null
}

/** Middleware that looks for the credential of a caller, refuses nobody, and stands before tools that have another. */
export const lenientEntries = gatherer<
  LenientEntry[],
  { reach: typeof reach; project: typeof project; httpEntries: typeof httpEntries }
>({
  id: 'lenient-entries',
  impact: 'read',
  from: 'repository',
  needs: { reach, project, httpEntries },
  gather: (_, { reach, project, httpEntries: { starts, guards } }) => {
    // another check may stand before it
    if (starts.length === 0 || guards.some(({ of }) => of === 'credential')) return []
    const own = ownModules(reach, project)
    const lenient = own.flatMap(module =>
      module.functions.flatMap(of => {
        if (!of.parameters.some(name => going.test(name))) return []
        const written = writtenIn(of, module, reach)
        if (!holds(written, part => part.is === 'call' && part.callee.is === 'name' && going.test(part.callee.name)))
          return []
        const around = handedOn(written, reach)
        const isLenient =
          around.some(one => holds(one, readsCredential)) &&
          !around.some(one => holds(one, isRefusal)) &&
          reach.bodies.of(module, of).throws.length === 0
        return isLenient && isMounted(of, module, own)
          ? [{ by: ownerOf(of, module) || 'a function before the tools', file: module.path, line: of.line }]
          : []
      }),
    )
    const credential = lenient.length > 0 ? ownCredential(new Set(own), reach) : null
    return credential ? lenient.map(one => ({ ...one, own: credential })) : []
  },
})
