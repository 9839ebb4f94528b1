import { isSame, someIn } from '../code/parts.ts'
import { fieldOf, isWithin, visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { keyOf } from './file-keys.ts'
import { nameOf } from './paths.ts'

const locking = /lock|mutex|semaphore|exclusive|serial|queue|transaction|atomic|synchroni[sz]ed|sequential|enqueue/i
const lockLibrary = /(?<![bc])lock|mutex|semaphore/i
const maxWays = 60

const said = (value: Value): string =>
  value.is === 'call'
    ? said(value.callee)
    : value.is === 'member'
      ? `${said(value.of)}.${value.name}`
      : value.is === 'name'
        ? value.name
        : ''

/** `open(lock, 'wx')`, `writeFile(lock, pid, { flag: 'wx' })`: it fails where the file is there already. */
const isLockFile = ({ callee, arguments: [path, mode, options] }: Call, module: Module): boolean => {
  const how = /(^|\.)open(Sync)?$/.test(said(callee))
    ? mode
    : options?.is === 'record' && fieldOf(options.fields, 'flag')
  return how && how.is === 'text' && how.text.includes('x') ? /lock/i.test(keyOf(path, null, module) ?? '') : false
}

/** Tells whether a place runs for one request at a time only: it, or each way to it, is under a lock. */
export const openLocks = (
  { graph, bodies, resolver }: Pick<Reach, 'graph' | 'bodies' | 'resolver'>,
  entries: Set<FunctionValue>,
) => {
  /** By its own name, or by what it was made with. */
  const isLock = (value: Value, module: Module): boolean =>
    locking.test(said(value)) ||
    resolver.things(value, { module, frames: [] }).some(thing => {
      const path = thing.value.is === 'call' ? resolver.external(thing.value.callee, thing) : null
      return path !== null && locking.test(path)
    })

  const isOfLibrary = (call: Call, module: Module): boolean =>
    lockLibrary.test(resolver.external(call.callee, { module, frames: [] }) ?? '')

  /** A function of the repository that takes a lock and runs what it is given. */
  const holdsLock = (call: Call, module: Module): boolean =>
    resolver
      .things(call.callee, { module, frames: [] })
      .some(
        ({ value, module: at }) =>
          value.is === 'function' &&
          bodies.of(at, value).calls.some(one => isLockFile(one, at) || (one.awaited && isOfLibrary(one, at))),
      )

  /** `tail = tail.then(work)`: each piece of work begins when the one before it is over. */
  const isQueued = (module: Module, { callee }: Call): boolean => {
    if (callee.is !== 'member' || !/^(then|finally)$/.test(callee.name)) return false
    const chain = said(callee.of)
    const declared = callee.of.is === 'name' ? visibleAt(module, callee.of.name, callee.of.at) : []
    // one for each file: `const before = tails.get(file) ?? done; tails.set(file, before.then(work))`
    const isKept = declared.some(({ value }) =>
      someIn(
        value,
        part =>
          part.is === 'call' &&
          part.callee.is === 'member' &&
          part.callee.name === 'get' &&
          isPutBack(part.callee.of, module),
      ),
    )
    if (isKept) return true
    return chain !== '' && module.writes.some(({ target, operator }) => operator === '=' && said(target) === chain)
  }

  const isPutBack = (map: Value, { calls }: Module): boolean =>
    calls.some(({ callee }) => callee.is === 'member' && callee.name === 'set' && isSame(callee.of, map))

  const isUnder = (at: number, of: FunctionValue, module: Module, seen: Set<FunctionValue>): boolean => {
    const isHeld =
      module.contexts.some(context => isWithin(at, context) && isLock(context.value, module)) ||
      module.calls.some(
        call =>
          isWithin(at, call) &&
          call.at !== at &&
          (locking.test(said(call.callee)) || isQueued(module, call) || holdsLock(call, module)),
      ) ||
      bodies
        .of(module, of)
        .calls.some(
          call =>
            call.at < at &&
            (nameOf(call).startsWith('acquire') ||
              (call.awaited && (locking.test(said(call.callee)) || isOfLibrary(call, module)))),
        ) ||
      module.decorated.some(one => one.function === of && locking.test(said(one.decorator)))
    if (isHeld) return true
    if (entries.has(of) || seen.size > maxWays) return false
    if (seen.has(of)) return true
    seen.add(of)
    const ways = graph.into(of)
    return (
      ways.length > 0 &&
      ways.every(({ from, module: caller, call, to }) => isUnder(call?.at ?? to.at, from, caller, seen))
    )
  }
  return (at: number, of: FunctionValue, module: Module): boolean => isUnder(at, of, module, new Set())
}
