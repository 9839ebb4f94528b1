import { someIn, isSame } from '../code/parts.ts'
import type { Modules } from '../code/modules.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, nameOf, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { openGraph } from '../reached/graph.ts'
import type { TransportStart } from '../transport-starts.ts'
import { loadedBy, waysTo } from '../ways-to-start.ts'
import { hostOf, type Address } from './address.ts'
import { byDefault } from './by-default.ts'
import { guardsIn } from './guards.ts'
import { isEverywhere, isLoopback } from './host-names.ts'
import { listeningOf } from './listening.ts'

/** A port that the server opens beside its stdin and stdout; the host as with the address of the server. */
export interface Listener extends Address {
  /** It is closed again by itself, or waits for what a login sends back. */
  isBrief: boolean
  /**
   * It speaks HTTP to the whole network at each start when nothing is set, and nothing in the source asks for a
   * credential.
   */
  isOpen: boolean
}

/** Who connects is not the client alone. */
export const isLasting = (one: Listener): boolean => !(one.isBrief && isLoopback(one))

export const said = ({ file, line }: Listener): string =>
  `${file}:${line} listens beside stdio; what it serves is not read`

interface Found {
  of: FunctionValue
  module: Module
}

const ending = /^(close|stop|shutdown|server_close|handle_request|destroy|closeAllConnections|cleanup)$/
const waiting = /^(on|once|addListener|addEventListener|add_signal_handler|signal|register)$/

/** Closed in what was handed to others within the same function, and not only when the process ends. */
const isClosedAgain = (call: Call, module: Module, { bodies }: Reach): boolean => {
  const outermost = module.functions.find(one => isWithin(call.at, one))
  const kept = new Set(
    module.declarations.filter(({ value }) => someIn(value, part => part === call)).map(({ name }) => name),
  )
  const receiver = call.callee.is === 'member' ? call.callee.of : null
  const isIt = (value: Value): boolean =>
    (value.is === 'name' && kept.has(value.name)) || (receiver !== null && isSame(value, receiver))
  const isAtEnd = (of: FunctionValue | null): boolean => {
    if (!of || of === outermost) return false
    const taking = module.calls.find(({ arguments: given }) => given.includes(of))
    const name = taking?.callee.is === 'member' ? taking.callee.name : ''
    if (
      !taking ||
      (waiting.test(name) &&
        taking.arguments[0]?.is === 'text' &&
        /^(SIG|exit|beforeExit|close|error)/.test(taking.arguments[0].text))
    )
      return true
    return isAtEnd(bodies.around(module, of.at - 1))
  }
  // `try: web.serve_forever() finally: web.server_close()`
  const isAfterAll = (at: number): boolean =>
    module.tries.some(
      ({ body, finally: last }) =>
        last &&
        isWithin(at, last) &&
        module.calls.some(one => isWithin(one.at, body) && nameOf(one.callee) === 'serve_forever'),
    )
  return module.calls.some(
    ({ callee, at }) =>
      callee.is === 'member' &&
      ending.test(callee.name) &&
      isIt(callee.of) &&
      !isAfterAll(at) &&
      (!outermost || isWithin(at, outermost)) &&
      !isAtEnd(bodies.around(module, at)),
  )
}

/** `req.query.code`, `url.searchParams.get('code')`, `parse_qs(…)["code"]`: what a login sends back. */
const readsCode = (value: Value): boolean =>
  someIn(value, part => {
    if (part.is === 'member')
      return part.name === 'code' && part.of.is === 'member' && /^(query\w*|args|searchParams)$/.test(part.of.name)
        ? true
        : part.name === 'code' && part.of.is === 'name' && /query|params|args|qs/i.test(part.of.name)
    if (part.is !== 'call' || part.callee.is !== 'member' || part.callee.name !== 'get') return false
    return part.arguments[0]?.is === 'text' && part.arguments[0].text === 'code'
  })

const isOfLogin = (module: Module): boolean =>
  module.calls.some(readsCode) || module.declarations.some(({ value }) => readsCode(value))

/** `__name__ == "__main__"` */
const isOfProgram = (test: Value): boolean =>
  test.is === 'compare' && test.operator === '==' && [test.left, test.right].some(side => nameOf(side) === '__name__')

/** No branch stands around it that is not taken when nothing is set, and nothing ends the function before. */
const isTaken = (at: number, of: FunctionValue | null, module: Module, reach: Reach): boolean => {
  const { guards, branches } = reach.bodies.of(module, of)
  const place: Place = { module, frames: [] }
  const arms = new Set(guards.flatMap(({ at: own, consequent, alternate }) => [own, consequent.at, alternate?.at]))
  if (branches.some(branch => isWithin(at, branch) && !arms.has(branch.at))) return false
  return guards.every(({ test, at: own, consequent, alternate }) => {
    if (isWithin(at, consequent)) return isOfProgram(test) || byDefault(test, place, reach) === true
    if (alternate && isWithin(at, alternate)) return byDefault(test, place, reach) === false
    return own > at || !/^(return|throw)$/.test(consequent.leaves ?? '') || byDefault(test, place, reach) === false
  })
}

const targetsOf = (value: Value, module: Module, { resolver }: Reach): Found[] =>
  resolver.things(value, { module, frames: [] }).flatMap(({ value: of, module: other }): Found[] => {
    if (of.is === 'function') return [{ of, module: other }]
    if (of.is !== 'class') return []
    const made = of.members.find(({ name }) => /^(constructor|__init__)$/.test(name))?.value
    return made?.is === 'function' ? [{ of: made, module: other }] : []
  })

/** What a call runs at once: the function itself, and what a promise is made of. */
const runBy = (call: Call, module: Module, reach: Reach): Found[] => [
  ...targetsOf(call.callee, module, reach),
  ...(call.constructs && call.callee.is === 'name' && call.callee.name === 'Promise'
    ? call.arguments.flatMap(given => targetsOf(given, module, reach))
    : []),
]

const asksFor = (module: Module, reach: Reach): boolean =>
  guardsIn(module, reach, { of: () => 'used' }).some(guard => guard.of === 'credential')

const maxDepth = 12

/** The functions that run at each start. */
const runAtStart = (loaded: Iterable<Module>, leading: Found[], reach: Reach): Set<FunctionValue> => {
  const seen = new Set<FunctionValue>()
  const ofBody = (of: FunctionValue | null, module: Module): Found[] =>
    reach.bodies
      .of(module, of)
      .calls.filter(({ at }) => isTaken(at, of, module, reach))
      .flatMap(call => runBy(call, module, reach))
  // what nobody calls is named by the package as its program
  const programs = leading.filter(
    ({ of, module }) => of.name !== null && reach.resolver.callers(of, module).length === 0,
  )
  let open = [...[...loaded].flatMap(module => ofBody(null, module)), ...programs]
  for (let depth = 0; depth < maxDepth && open.length > 0; depth++)
    open = open.flatMap(({ of, module }) => {
      if (seen.has(of)) return []
      seen.add(of)
      return ofBody(of, module)
    })
  return seen
}

/** Functions that are called by what is sure to be called: a name that several methods have proves nothing. */
const surelyReached = (loaded: Set<Module>, ways: Found[], reach: Reach): Set<FunctionValue> => {
  const handed = (call: Call, module: Module): Found[] =>
    [call.callee, ...call.arguments].flatMap(value => targetsOf(value, module, reach))
  const starts = [
    ...ways,
    ...[...loaded].flatMap(module => reach.bodies.of(module, null).calls.flatMap(call => handed(call, module))),
    ...[...reach.entries].flatMap(({ functions }) => functions.map(one => ({ of: one.function, module: one.module }))),
  ]
  const graph = openGraph(
    starts.map(({ of, module }) => ({ function: of, module })),
    reach.modules,
    reach.bodies,
    reach.resolver,
  )
  const out = new Map<FunctionValue, FunctionValue[]>()
  for (const of of graph.functions.keys())
    for (const { from, isLoose } of graph.into(of)) if (!isLoose) out.set(from, [...(out.get(from) ?? []), of])
  const sure = new Set(starts.map(({ of }) => of))
  // what is added while it goes through is gone through as well
  for (const of of sure) for (const next of out.get(of) ?? []) sure.add(next)
  return sure
}

/** The ports that a server which speaks over stdio opens as well. */
export const besideStdio = (starts: TransportStart[], own: Module[], modules: Modules, reach: Reach): Listener[] => {
  const opening = own.flatMap(module =>
    module.calls.flatMap(call => {
      const told = listeningOf(call, { module, frames: [] }, reach.resolver)
      const isClosed = told !== null && isClosedAgain(call, module, reach)
      // what is closed again without a word of HTTP only asks which port is free
      return told && (told.isHttp || !isClosed) ? [{ call, module, told, isClosed }] : []
    }),
  )
  if (opening.length === 0) return []
  const ways = waysTo(starts, own, reach)
  const loaded = loadedBy(
    [...ways.values()].map(({ module }) => module),
    modules,
  )
  const leading = [...ways].flatMap(([key, { module }]) => ('path' in key ? [] : [{ of: key, module }]))
  const reached = surelyReached(loaded, leading, reach)
  const found = opening.flatMap(({ call, module, told, isClosed }) => {
    const of = reach.bodies.around(module, call.at)
    if (of ? !reached.has(of) : !loaded.has(module)) return []
    const host = told.given ? hostOf(told.given, { module, frames: [] }, own, reach.resolver) : undefined
    const where = { file: module.path, line: call.line, host: host === undefined ? told.otherwise : host }
    const isBrief = isClosed || isOfLogin(module)
    return [{ call, module, of, where, isBrief, mayBeOpen: told.isHttp && !isBrief && isEverywhere(where) }]
  })
  const mayBeOpen = found.some(one => one.mayBeOpen)
  const always = mayBeOpen ? runAtStart(loaded, leading, reach) : new Set<FunctionValue>()
  const isAsked = mayBeOpen && own.some(module => asksFor(module, reach))
  return found.map(({ call, module, of, where, isBrief, mayBeOpen }) => ({
    ...where,
    isBrief,
    isOpen: mayBeOpen && !isAsked && (of === null || always.has(of)) && isTaken(call.at, of, module, reach),
  }))
}

/** Where a server of HTTP listens in files that the others load, and no login comes back. */
export const elsewhere = (files: Module[], own: Module[], modules: Modules, { resolver }: Reach): Address[] =>
  files.flatMap(module => {
    const found = module.calls.flatMap((call): Address[] => {
      const told = listeningOf(call, { module, frames: [] }, resolver)
      if (!told?.isHttp) return []
      const host = told.given ? hostOf(told.given, { module, frames: [] }, own, resolver) : undefined
      return [{ file: module.path, line: call.line, host: host === undefined ? told.otherwise : host }]
    })
    if (found.length === 0 || isOfLogin(module)) return []
    return own.some(other => other !== module && loadedBy([other], modules).has(module)) ? found : []
  })
