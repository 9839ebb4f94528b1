import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import { isWithin, nameOf, visibleAt, type Call, type Module, type Value } from './code/values.ts'
import { handedOn, isRequest, listenersOf, type Receiver } from './http/received.ts'
import type { Reach } from './reach.ts'

const maxDepth = 3

const isCovered = (module: Module, { at }: Call): boolean =>
  module.tries.some(({ body, handlers }) => handlers.length > 0 && isWithin(at, body))

/** A value is such a one, holds one, or is a name of one. */
const comesOf = (value: Value, module: Module, test: (part: Value) => boolean, depth = 0): boolean =>
  someIn(
    value,
    part =>
      test(part) ||
      (part.is === 'name' &&
        depth < maxDepth &&
        visibleAt(module, part.name, part.at).some(({ value: kept }) => comesOf(kept, module, test, depth + 1))),
  )

const isUrl = (value: Value, receiver: Receiver): boolean =>
  value.is === 'member' && value.name === 'url' && isRequest(value.of, receiver)

const isHost = (value: Value, receiver: Receiver): boolean =>
  value.is === 'member' &&
  value.name === 'host' &&
  value.of.is === 'member' &&
  value.of.name === 'headers' &&
  isRequest(value.of.of, receiver)

/** `req.url`, `req.url ?? '/'`, or a name of it: nothing stands before it that makes an address of everything. */
const isTarget = (value: Value, receiver: Receiver): boolean => {
  if (value.is === 'either') return isTarget(value.first, receiver)
  if (value.is === 'name')
    return visibleAt(receiver.module, value.name, value.at).some(({ value: kept }) => isTarget(kept, receiver))
  return isUrl(value, receiver)
}

/** What such a call cannot read, by what the caller may send; null when it takes everything. */
const choking = (call: Call, receiver: Receiver, { resolver }: Reach): string | null => {
  const { module } = receiver
  const [first] = call.arguments
  if (!first) return null
  const path = resolver.external(call.callee, { module, frames: [] }) ?? ''
  if (/^(global|url):URL$/.test(path) && call.constructs) {
    if (call.arguments.some(value => comesOf(value, module, part => isHost(part, receiver))))
      return 'new URL: a Host that is none'
    return isTarget(first, receiver) ? 'new URL: a target such as //' : null
  }
  if (/^global:decodeURI(Component)?$/.test(path)) {
    // what a pattern let through may have no percent sign
    const isMatched = comesOf(first, module, part => part.is === 'call' && /^(match|exec)$/.test(nameOf(part.callee)))
    return !isMatched && comesOf(first, module, part => isUrl(part, receiver))
      ? `${nameOf(call.callee)}: a lone %`
      : null
  }
  if (path !== 'global:JSON.parse') return null
  const isRead = (part: Value): boolean =>
    part.is === 'call' && part.awaited === true && part.arguments.some(given => isRequest(given, receiver))
  return comesOf(first, module, isRead) ? 'JSON.parse: a body that is none' : null
}

/** Whoever calls it hears of its failure: `handle(req, res).catch(report)`, or what it is given to. */
const isHeard = (call: Call, calls: Call[]): boolean =>
  calls.some(
    other =>
      other !== call && (other.arguments.includes(call) || (other.callee.is === 'member' && other.callee.of === call)),
  )

interface Found {
  module: Module
  line: number
  what: string
}

const unreadBy = (
  receiver: Receiver,
  reach: Reach,
  before: ReadonlySet<string> = new Set(),
  depth = 0,
): Found | null => {
  const { of, module } = receiver
  const { calls, guards } = reach.bodies.of(module, of)
  const isAsked = guards.some(({ test }) =>
    someIn(test, part => part.is === 'call' && nameOf(part.callee) === 'canParse'),
  )
  const tried = new Set(before)
  for (const call of calls) {
    const what = choking(call, receiver, reach)
    const kind = what?.split(':')[0] ?? ''
    // what was tried once is known to be readable later
    if (what !== null && (isAsked || isCovered(module, call))) tried.add(kind)
    if (what !== null && !tried.has(kind)) return { module, line: call.line, what }
    if (depth >= maxDepth || isCovered(module, call) || isHeard(call, calls)) continue
    for (const next of handedOn(call, receiver, reach)) {
      const found = unreadBy(next, reach, tried, depth + 1)
      if (found) return found
    }
  }
  return null
}

/** TypeScript: a listener of Node's server reads what anybody may send outside of every `try`: the exception ends the process. */
export const unreadRequest = (
  call: Call,
  place: Place,
  reach: Reach,
): { file: string; line: number; saw: string } | null => {
  for (const receiver of listenersOf(call, place, reach)) {
    const found = unreadBy(receiver, reach)
    if (!found) continue
    const saw = `${found.what} ends the process: nothing around it catches the exception`
    return { file: found.module.path, line: found.line, saw }
  }
  return null
}
