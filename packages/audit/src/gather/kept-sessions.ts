import { gatherer } from '../core/item.ts'
import { partsOf, someIn } from './code/parts.ts'
import { isWithin, nameOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { forgets } from './forgetting.ts'
import { httpEntries } from './http-entries.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A collection into which the server puts the transport of each session. */
export interface KeptSessions {
  /** As it is written: `this.sessions`. */
  collection: string
  file: string
  line: number
}

export interface SessionKeeping {
  kept: KeptSessions[]
  /** What may bound their number; null when nothing does. */
  bound: string | null
}

const transports = /^(Node|WebStandard|Web)?Streamable(HTTP|Http)ServerTransport$/

const written = (value: Value): string =>
  value.is === 'member' ? `${written(value.of)}.${value.name}` : value.is === 'name' ? value.name : ''

const isTransport = (value: Value, place: { module: Module; frames: [] }, { resolver }: Reach): boolean =>
  value.is === 'name' &&
  resolver.things(value, place).some(({ value: made }) => made.is === 'call' && transports.test(nameOf(made.callee)))

/** A server for those who work on it. */
const forDevelopers = /(^|[/_.-])(dev|debug|demo|example|mock)([_.-]|$)/i

/** A field, or a variable of something around the function that fills it. */
const isLasting = (value: Value, at: number, module: Module, { bodies }: Reach): boolean => {
  if (value.is === 'member') return value.of.is === 'name' && /^(this|self|cls)$/.test(value.of.name)
  if (value.is !== 'name') return false
  const of = bodies.around(module, at)
  return of !== null && visibleAt(module, value.name, value.at).some(entry => !isWithin(entry.at, of))
}

interface Added {
  to: Value
  what: Value
  at: number
  line: number
}

/** `sessions.set(id, session)`, `sessions[id] = session`. */
const additionsIn = (module: Module): Added[] => [
  ...module.calls.flatMap(({ callee, arguments: given, at, line }): Added[] => {
    const what = given[1]
    return callee.is === 'member' && callee.name === 'set' && what ? [{ to: callee.of, what, at, line }] : []
  }),
  ...module.writes.flatMap(({ target, operator, value, at, line }): Added[] =>
    target.is === 'index' && operator === '=' ? [{ to: target.of, what: value, at, line }] : [],
  ),
]

/** The function keeps what it is given, or a part of it. */
const keptBy = (of: FunctionValue, module: Module, reach: Reach): KeptSessions[] => {
  const own = new Set(of.parameters)
  for (const { name, value, at } of module.declarations)
    if (
      isWithin(at, of) &&
      someIn(value, part => part.is === 'parameter' || (part.is === 'name' && own.has(part.name)))
    )
      own.add(name)
  return additionsIn(module).flatMap(({ to, what, at, line }) =>
    isWithin(at, of) &&
    isLasting(to, at, module, reach) &&
    someIn(what, part => part.is === 'name' && own.has(part.name) && /transport|session/i.test(part.name))
      ? [{ collection: written(to), file: module.path, line }]
      : [],
  )
}

/** `store.add({ id, transport })`, where `add` is a method of the repository. */
const handedOn = (call: Call, module: Module, reach: Reach): KeptSessions[] => {
  const { callee, arguments: given } = call
  const place: { module: Module; frames: [] } = { module, frames: [] }
  const carried = given.flatMap(value => [value, ...(value.is === 'record' ? partsOf(value) : [])])
  if (callee.is !== 'member' || !carried.some(value => isTransport(value, place, reach))) return []
  const targets = reach.modules.flatMap(other =>
    other.classes.flatMap(({ members }) =>
      members.flatMap(({ name, value }) => (name === callee.name && value.is === 'function' ? [{ value, other }] : [])),
    ),
  )
  return targets.flatMap(({ value, other }) => keptBy(value, other, reach))
}

const keptIn = (module: Module, reach: Reach): KeptSessions[] => {
  const place: { module: Module; frames: [] } = { module, frames: [] }
  const direct = additionsIn(module).flatMap(({ to, what, at, line }) => {
    const carried = [what, ...(what.is === 'record' ? partsOf(what) : [])]
    return isLasting(to, at, module, reach) && carried.some(value => isTransport(value, place, reach))
      ? [{ collection: written(to), file: module.path, line }]
      : []
  })
  return [...direct, ...module.calls.flatMap(call => handedOn(call, module, reach))]
}

const bounds = '(max|maximum|limit|cap|capacity|quota|count|total|active)'
const limitsOf = (things: string): RegExp => new RegExp(`${bounds}\\w*(${things})|(${things})\\w*${bounds}`, 'i')
const ofSessions = limitsOf('session|transport')
/** Where transports are made, other words stand for sessions as well. */
const ofClients = limitsOf('session|transport|connection|client|instance')

/** `sessions.size >= max`, `Object.keys(sessions).length > max`, `sessionCount < limit`. */
const comparesNumber = (value: Value, collection: string, limits: RegExp): boolean =>
  value.is === 'compare' &&
  /^[<>]=?$/.test(value.operator) &&
  [value.left, value.right].some(side =>
    someIn(side, part => {
      if (limits.test(nameOf(part))) return true
      const isSize = part.is === 'member' && /^(size|length)$/.test(part.name)
      const isLen = part.is === 'call' && nameOf(part.callee) === 'len'
      return (isSize || isLen) && someIn(part, inner => written(inner) === collection)
    }),
  )

const isLookedAt = (module: Module, { collection, file }: KeptSessions): boolean => {
  const bare = collection.split('.').at(-1) ?? collection
  const isNear = module.path === file || module.calls.some(({ callee }) => transports.test(nameOf(callee)))
  const limits = isNear ? ofClients : ofSessions
  const isIt = (value: Value): boolean =>
    comparesNumber(value, collection, limits) || comparesNumber(value, bare, limits)
  const tests = [
    ...module.guards.map(({ test }) => test),
    ...module.loops.map(({ of }) => of),
    ...module.returns.map(({ value }) => value),
    ...module.declarations.map(({ value }) => value),
  ]
  return tests.some(test => someIn(test, isIt))
}

const limiters = /rate-?limit|throttl|slow-?down|slowapi|bottleneck/i
/** It is more than a map of the language, such as a cache that forgets. */
const isMadeSpecial = (module: Module, { collection }: KeptSessions, reach: Reach): boolean => {
  const bare = collection.split('.').at(-1)
  const made = [
    ...module.assigned.flatMap(({ target, value }) => (target.name === bare ? [value] : [])),
    ...module.declarations.flatMap(({ name, value }) => (name === bare ? [value] : [])),
    ...module.classes.flatMap(({ members }) => members.flatMap(({ name, value }) => (name === bare ? [value] : []))),
  ]
  return made.some(value => forgets(value, module, reach))
}

const boundOf = (kept: KeptSessions[], own: Module[], reach: Reach): string | null => {
  for (const module of own) {
    const looked = kept.find(one => isLookedAt(module, one))
    if (looked) return `${module.path} compares a number of sessions`
    const special = kept.find(one => isMadeSpecial(module, one, reach))
    if (special) return `${module.path} makes ${special.collection} of something that may forget`
    const limiter = module.declarations.find(({ value }) => value.is === 'import' && limiters.test(value.module))
    if (limiter?.value.is === 'import') return `${module.path} takes ${limiter.value.module}`
  }
  return null
}

/** Where the sessions of Streamable HTTP are kept by the server's own code, and what bounds their number. */
export const keptSessions = gatherer<
  SessionKeeping,
  { reach: typeof reach; project: typeof project; httpEntries: typeof httpEntries }
>({
  id: 'kept-sessions',
  impact: 'read',
  from: 'repository',
  needs: { reach, project, httpEntries },
  gather: (_, { reach, project, httpEntries: { starts, guards } }) => {
    if (starts.length === 0) return { kept: [], bound: null }
    const own = ownModules(reach, project)
    const kept = own.flatMap(module =>
      module.minified || forDevelopers.test(module.path) ? [] : keptIn(module, reach),
    )
    // a check that is off unless somebody turns it on holds nobody back
    const asked = guards.find(
      ({ of, fault, optional, unsure }) => of === 'credential' && fault === null && (!optional || unsure),
    )
    const bound =
      boundOf(kept, own, reach) ?? (asked ? `${asked.file}:${asked.line} asks for a credential first` : null)
    return { kept: [...new Map(kept.map(one => [`${one.file}:${one.line}`, one])).values()], bound }
  },
})
