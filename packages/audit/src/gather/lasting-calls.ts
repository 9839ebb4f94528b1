import type { Resolver, Thing } from './code/resolve.ts'
import { fieldOf, isWithin, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { nameOf } from './concurrency/paths.ts'
import type { Bodies } from './reached/bodies.ts'

/** The thing is kept under that name. */
const nameOfKept = (call: Call, { declarations, writes }: Module): string | null => {
  const target = writes.find(({ value }) => value === call)?.target
  if (target?.is === 'name' || target?.is === 'member') return target.name
  return declarations.find(({ value }) => value === call)?.name ?? null
}

/** `timer.unref()`, `setInterval(...).unref()`, `thread.daemon = True`. */
const isLetGo = (call: Call, module: Module): boolean => {
  const names = new Set([nameOfKept(call, module), /^(listen|on|once)$/.test(nameOf(call)) ? ownerOf(call) : null])
  const isIt = (value: Value): boolean =>
    value === call || ((value.is === 'name' || value.is === 'member') && names.has(value.name))
  const isUnref = module.calls.some(one => nameOf(one) === 'unref' && one.callee.is === 'member' && isIt(one.callee.of))
  const isDaemon = module.assigned.some(({ target }) => target.name === 'daemon' && isIt(target.of))
  // a timer that the code itself ends, sooner or later
  const given = call.arguments[0]
  const endsItself =
    given?.is === 'function' &&
    module.calls.some(one => /^clear(Interval|Timeout)$/.test(nameOf(one)) && isWithin(one.at, given))
  return isUnref || isDaemon || endsItself
}

const ownerOf = ({ callee }: Call): string | null => {
  const of = callee.is === 'member' ? callee.of : null
  return of?.is === 'name' || of?.is === 'member' ? of.name : null
}

/** It runs whenever its function does; that it is there only once is no condition. */
export const isCertain = (call: Call, of: FunctionValue | null, module: Module, bodies: Bodies): boolean => {
  const { branches, guards } = bodies.of(module, of)
  const name = nameOfKept(call, module)
  return branches
    .filter(branch => isWithin(call.at, branch))
    .every(branch =>
      guards.some(
        ({ at, test }) =>
          at === branch.at &&
          test.is === 'not' &&
          (test.of.is === 'name' || test.of.is === 'member') &&
          test.of.name === name,
      ),
    )
}

/** Something before it may have left the function: a start of another kind, or settings that are asked for. */
const isAfterLeaving = (call: Call, of: FunctionValue | null, module: Module, bodies: Bodies): boolean => {
  const { guards, branches } = bodies.of(module, of)
  return (
    guards.some(
      ({ end, consequent, alternate }) =>
        end <= call.at && (consequent.leaves !== null || (alternate?.leaves ?? null) !== null),
    ) || branches.some(({ isCase, end }) => isCase === true && end <= call.at)
  )
}

const servers =
  /^((http|https|http2|net):create(Secure)?Server|express:(default)?|fastify:(default|fastify)?|koa:(default)?|ws:(default\.)?(WebSocketServer|Server))(\(\))?$/

/** A server or a watcher of files that is opened: its handle holds the event loop. */
const ofHandle = (call: Call, module: Module, resolver: Resolver): string | null => {
  const place = { module, frames: [] }
  const { callee, constructs, arguments: given } = call
  const name = nameOf(call)
  const path = /^(watch|watchFile|serve|WebSocketServer|Server)$/.test(name)
    ? (resolver.external(callee, place) ?? '')
    : ''
  const options = (index: number): Thing['value'][] => {
    const value = given[index]
    return value ? resolver.things(value, place).map(thing => thing.value) : []
  }
  const isSet = (value: Thing['value'], field: string): boolean =>
    value.is === 'record' && fieldOf(value.fields, field) !== undefined
  if (/^(chokidar:(default\.)?watch|fs:(watch|watchFile))$/.test(path))
    return [...options(1), ...options(2)].some(value => isSet(value, 'persistent')) ? null : 'a watcher of files'
  if (path === '@hono/node-server:serve') return 'an HTTP server'
  if (constructs && /^ws:(default\.)?(WebSocketServer|Server)$/.test(path))
    return options(0).some(value => isSet(value, 'port')) ? 'a WebSocket server' : null
  if (callee.is !== 'member' || name !== 'listen') return null
  const isServer = resolver
    .things(callee.of, place)
    .some(thing => thing.value.is === 'call' && servers.test(resolver.external(thing.value.callee, thing) ?? ''))
  return isServer ? 'a server that listens' : null
}

const isThread = (call: Call, module: Module, resolver: Resolver): boolean => {
  const daemon = fieldOf(call.named, 'daemon')
  const isStarted = module.calls.some(
    one =>
      nameOf(one) === 'start' &&
      one.callee.is === 'member' &&
      resolver.things(one.callee.of, { module, frames: [] }).some(({ value }) => value === call),
  )
  return !daemon && isStarted && !call.named.some(([key]) => key === '...')
}

const hasNoEnd = (of: FunctionValue, module: Module): boolean =>
  module.loops.some(
    loop =>
      isWithin(loop.at, of) &&
      loop.kind === 'while' &&
      loop.of.is === 'constant' &&
      loop.of.of === true &&
      !module.returns.some(one => isWithin(one.at, loop)),
  )

/** `class Poller(Thread)` whose `run` has no end, and which is no daemon. */
const isOwnThread = (call: Call, module: Module, resolver: Resolver): boolean =>
  resolver.things(call.callee, { module, frames: [] }).some(({ value: owner, module: at }) => {
    if (owner.is !== 'class') return false
    const isOne = owner.bases.some(base => resolver.external(base, { module: at, frames: [] }) === 'threading.Thread')
    const run = owner.members.find(({ name }) => name === 'run')?.value
    const isDaemon =
      owner.members.some(({ name }) => name === 'daemon') ||
      at.calls.some(one => isWithin(one.at, owner) && one.named.some(([key]) => key === 'daemon' || key === '...'))
    return isOne && !isDaemon && run?.is === 'function' && hasNoEnd(run, at) && isThread(call, module, resolver)
  })

/** A thread keeps the process only when its work has no end. */
const isEndless = (call: Call, module: Module, resolver: Resolver): boolean => {
  const target = fieldOf(call.named, 'target')
  if (!target) return false
  const place = { module, frames: [] }
  if (/\.(serve_forever|run_forever)$/.test(resolver.external(target, place) ?? '')) return true
  return resolver.things(target, place).some(({ value, module: at }) => value.is === 'function' && hasNoEnd(value, at))
}

const kindOf = (
  call: Call,
  of: FunctionValue | null,
  module: Module,
  bodies: Bodies,
  resolver: Resolver,
): string | null => {
  if (module.language === 'python') {
    if (resolver.external(call.callee, { module, frames: [] }) === 'threading.Thread')
      return isThread(call, module, resolver) && isEndless(call, module, resolver) ? 'threading.Thread' : null
    return call.callee.is === 'name' && isOwnThread(call, module, resolver) ? 'a thread' : null
  }
  const path = nameOf(call) === 'setInterval' ? (resolver.external(call.callee, { module, frames: [] }) ?? '') : ''
  if (/^(global:|timers:)(globalThis\.)?setInterval$/.test(path)) return 'setInterval'
  const handle = ofHandle(call, module, resolver)
  return handle !== null && !isAfterLeaving(call, of, module, bodies) ? handle : null
}

/** What a call starts, when it keeps the process alive by itself. */
export const lastingCall = (
  call: Call,
  of: FunctionValue | null,
  module: Module,
  bodies: Bodies,
  resolver: Resolver,
): string | null => {
  const what = kindOf(call, of, module, bodies, resolver)
  return what !== null && !isLetGo(call, module) && isCertain(call, of, module, bodies) ? what : null
}
