import { isSame, someIn } from '../code/parts.ts'
import { innermost, nameOf, visibleAt, type Call, type ClassValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { isOneAtATime } from './one-at-a-time.ts'
import { howOf, type FoundChange, type Scene } from './scenes.ts'

const connecting =
  /^(socket\.(socket|create_connection)|asyncio\.(open_(unix_)?connection|create_subprocess_(exec|shell))|subprocess\.Popen|net:(default\.)?(connect|createConnection|Socket)|tls:(default\.)?connect|(child_process|cross-spawn):(default\.)?(spawn)?)$/
const sending = /^(send|sendall|write|writelines)$/
const receiving = /^(recv|recv_into|read|readline|readexactly|readuntil)$/

/** `self.process.stdin` is one end of `self.process`. */
const heldBy = (end: Value): Value => (end.is === 'member' && /^std(in|out)$/.test(end.name) ? end.of : end)

const isConnection = (value: Value, module: Module, { resolver }: Reach): boolean =>
  someIn(
    value,
    part => part.is === 'call' && connecting.test(resolver.external(part.callee, { module, frames: [] }) ?? ''),
  )

/** A variable of a file holds an object of that class, which all requests share. */
export const isKept = (owner: ClassValue, { modules, bodies, resolver }: Reach): boolean => {
  const isMade = (value: Value, module: Module): boolean =>
    value.is === 'call' &&
    nameOf(value.callee) === owner.name &&
    resolver.things(value.callee, { module, frames: [] }).some(thing => thing.value === owner)
  const isOfFile = (at: number, module: Module): boolean => bodies.around(module, at) === null
  return modules.some(
    module =>
      module.declarations.some(({ value, at }) => isMade(value, module) && isOfFile(Math.max(0, at - 1), module)) ||
      module.writes.some(
        ({ target, value }) =>
          target.is === 'name' &&
          isMade(value, module) &&
          module.declarations.some(one => one.name === target.name && isOfFile(Math.max(0, one.at - 1), module)),
      ),
  )
}

/** The connection that requests share, of which that is one end: `self.sock`, a variable of the file. */
const connectionOf = (end: Value, { of, module, reach }: Scene): Value | null => {
  const held = heldBy(end)
  if (held.is === 'name') {
    const declared = visibleAt(module, held.name, held.at)
    const isOfFile = declared.some(one => one.at < of.at || one.at > of.end)
    const values = [...declared, ...module.writes.filter(({ target }) => isSame(target, held))].map(one => one.value)
    return isOfFile && values.some(value => isConnection(value, module, reach)) ? held : null
  }
  if (held.is !== 'member' || held.of.is !== 'name' || !/^(this|self)$/.test(held.of.name)) return null
  const owner = innermost(module.classes, held.of.at)
  const values = owner?.members.filter(({ name }) => name === held.name).map(({ value }) => value) ?? []
  const isIt = owner !== undefined && values.some(value => isConnection(value, module, reach)) && isKept(owner, reach)
  return isIt ? held : null
}

const endOf = ({ callee }: Call, method: RegExp): Value | null =>
  callee.is === 'member' && method.test(callee.name) ? callee.of : null

/** `socket.once('data', resolve)`: whatever comes next, for all who wait. */
const nextOf = (call: Call): Value | null => {
  const [event] = call.arguments
  return event?.is === 'text' && event.text === 'data' ? endOf(call, /^once$/) : null
}

const maxDepth = 2

/** Whether a call reads an answer, by way of functions of the repository as well. */
const isReading = (call: Call, scene: Scene, depth = 0): boolean => {
  const { module, reach } = scene
  const end = endOf(call, receiving)
  if (end) {
    const things = reach.resolver.things(heldBy(end), { module, frames: [] })
    return connectionOf(end, scene) !== null || things.some(one => isConnection(one.value as Value, one.module, reach))
  }
  if (depth >= maxDepth) return false
  return reach.resolver
    .things(call.callee, { module, frames: [] })
    .some(
      ({ value, module: at }) =>
        value.is === 'function' &&
        reach.bodies
          .of(at, value)
          .calls.some(inner => isReading(inner, { ...scene, of: value, module: at }, depth + 1)),
    )
}

/** Something is sent over a connection that requests share, and the next thing that comes is taken for the answer. */
export const exchanges = (scene: Scene): FoundChange[] => {
  const { of, module, reach } = scene
  const { calls } = reach.bodies.of(module, of)
  const isScript = module.language === 'typescript'
  const sent = calls.flatMap(call => {
    const end = endOf(call, sending)
    const connection = end && connectionOf(end, scene)
    return connection ? [{ call, connection }] : []
  })
  const [first] = sent
  if (!first) return []
  const read = isScript
    ? calls.find(call => {
        const end = nextOf(call)
        return end !== null && isSame(heldBy(end), first.connection)
      })
    : calls.find(call => call.at > first.call.at && isReading(call, scene))
  if (!read || isOneAtATime(Math.max(read.at, first.call.at), scene)) return []
  const waits = isScript || calls.some(({ awaited, at }) => awaited && first.call.at <= at && at <= read.at)
  return [
    {
      what: `the connection ${nameOf(first.connection)}`,
      file: module.path,
      line: first.call.line,
      readAt: read.line,
      how: howOf(waits, scene),
      from: first.call.at,
      kind: 'exchange',
    },
  ]
}
