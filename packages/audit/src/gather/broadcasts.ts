import { isSame, someIn } from './code/parts.ts'
import { isWithin, visibleAt, type ClassValue, type FunctionValue, type Module, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

/** A transport of the source that hands each message to all who are connected to it. */
export interface Broadcast {
  by: string
  file: string
  line: number
  /** A server is connected to one of its kind; without that it may be no transport of MCP. */
  isConnected: boolean
}

const handing = /^(write|send|enqueue|sendMessage)$/
const isItself = (value: Value): boolean => value.is === 'name' && /^(this|self)$/.test(value.name)

/** What the object holds: `this._connections`, `Object.entries(this._connections)`, a name for either. */
const isHeld = (value: Value, module: Module, depth = 0): boolean =>
  someIn(
    value,
    part =>
      (part.is === 'member' && isItself(part.of)) ||
      (depth < 3 &&
        part.is === 'name' &&
        !isItself(part) &&
        visibleAt(module, part.name, part.at).some(
          ({ value: kept }) => kept !== part && isHeld(kept, module, depth + 1),
        )),
  )

/** Of the message, or made of it: `data: ${JSON.stringify(message)}`. */
const isOf = (value: Value, message: string, send: FunctionValue, module: Module, depth = 0): boolean =>
  someIn(value, part => {
    if (part.is !== 'name') return false
    const declared = visibleAt(module, part.name, part.at)
    return declared.some(
      ({ value: kept }) =>
        (kept.is === 'parameter' && kept.function === send.at && part.name === message) ||
        (depth < 3 && kept !== part && isOf(kept, message, send, module, depth + 1)),
    )
  })

const methodOf = ({ members }: ClassValue, name: string): FunctionValue | null => {
  const found = members.find(member => member.name === name)?.value
  return found?.is === 'function' ? found : null
}

/** Where `send` writes what it is given to each of those that it holds, whichever of them it is for. */
const handsToAll = (of: ClassValue, module: Module): { line: number } | null => {
  const send = methodOf(of, 'send')
  const message = send?.parameters.find(name => !/^(self|cls)$/.test(name))
  if (!send || message === undefined || !['start', 'close'].every(name => methodOf(of, name))) return null
  const loops = [
    ...module.loops.filter(loop => isWithin(loop.at, send) && isHeld(loop.of, module)),
    ...module.calls.filter(
      ({ callee, at }) =>
        isWithin(at, send) && callee.is === 'member' && callee.name === 'forEach' && isHeld(callee.of, module),
    ),
  ]
  const handed = module.calls.find(
    ({ callee, at, arguments: given }) =>
      callee.is === 'member' &&
      handing.test(callee.name) &&
      loops.some(loop => isWithin(at, loop)) &&
      given.some(each => isOf(each, message, send, module)),
  )
  if (!handed || handed.callee.is !== 'member') return null
  // it looks at whom the message is for
  const receiver = handed.callee.of
  const isChosen = module.guards.some(
    ({ test, at }) =>
      isWithin(at, send) &&
      someIn(
        test,
        part =>
          (part.is === 'name' && send.parameters.includes(part.name)) ||
          (part.is === 'compare' && ![part.left, part.right].some(({ is }) => is === 'number' || is === 'constant')) ||
          (part.is === 'member' && /(^|_)id$|Id$/.test(part.name) && !isSame(part, receiver)),
      ),
  )
  return isChosen || module.switches.some(({ of: asked }) => isOf(asked, message, send, module)) ? null : handed
}

export const broadcastsIn = (module: Module, own: Module[], { resolver }: Reach): Broadcast[] =>
  module.classes.flatMap((of): Broadcast[] => {
    const handed = handsToAll(of, module)
    if (!handed) return []
    const isConnected = own.some(other =>
      other.calls.some(
        ({ callee, arguments: [to] }) =>
          callee.is === 'member' &&
          callee.name === 'connect' &&
          to !== undefined &&
          resolver
            .things(to, { module: other, frames: [] })
            .some(
              thing =>
                thing.value.is === 'call' &&
                resolver.things(thing.value.callee, thing).some(({ value: made }) => made === of),
            ),
      ),
    )
    return [{ by: of.name || 'a transport', file: module.path, line: handed.line, isConnected }]
  })
