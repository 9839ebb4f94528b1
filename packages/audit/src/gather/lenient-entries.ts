import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { isWithin, type FunctionValue, type Module, type Value } from './code/values.ts'
import { isCredentialHeader } from './credential-names.ts'
import { isLoopback } from './http/host-names.ts'
import { httpEntries } from './http-entries.ts'
import { ownModules } from './own-modules.ts'
import { ownCredential } from './policies/own-credential.ts'
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

const refusing = /^HTTP_40[13]|unauthori[sz]ed|unauthenticated|forbidden|denied|deny|reject|refuse|abort|challenge/i

const isRefusal = (part: Value): boolean =>
  (part.is === 'number' && (part.number === 401 || part.number === 403)) ||
  refusing.test(lastName(part)) ||
  (part.is === 'text' && /\b40[13]\b|unauthori[sz]ed|forbidden/i.test(part.text))

const asking = /verif|authenticat|authori[sz]e|validate|introspect|require|ensure|assert|guard|protect/i

/** A question about the credential on every path refuses by an exception: `jwt.verify(token, key)`. */
const asksAlways = ({ of, module }: Written, { bodies }: Reach): boolean => {
  const { calls, guards } = bodies.of(module, of)
  return calls.some(
    ({ callee, at }) => asking.test(lastName(callee)) && !guards.some(({ consequent }) => isWithin(at, consequent)),
  )
}

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

/** Middleware that looks for the credential of a caller, refuses nobody, and stands before tools that have another. */
export const lenientEntries = gatherer<
  LenientEntry[],
  { reach: typeof reach; project: typeof project; httpEntries: typeof httpEntries }
>({
  id: 'lenient-entries',
  impact: 'read',
  from: 'repository',
  needs: { reach, project, httpEntries },
  gather: (_, { reach, project, httpEntries: { starts, guards, addresses } }) => {
    // another check may stand before it
    if (starts.length === 0 || guards.some(({ of }) => of === 'credential')) return []
    // the machine decides who reaches it, and nobody can set another address
    if (addresses.length > 0 && addresses.every(one => one.isFixed && isLoopback(one))) return []
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
          !around.some(one => holds(one, isRefusal) || reach.bodies.of(one.module, one.of).throws.length > 0) &&
          !asksAlways(written, reach)
        return isLenient && isMounted(of, module, own)
          ? [{ by: ownerOf(of, module) || 'a function before the tools', file: module.path, line: of.line }]
          : []
      }),
    )
    const credential = lenient.length > 0 ? ownCredential(new Set(own), reach) : null
    return credential ? lenient.map(one => ({ ...one, own: credential })) : []
  },
})
