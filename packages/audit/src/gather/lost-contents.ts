import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import {
  isWithin,
  nameOf,
  type Call,
  type FunctionValue,
  type Handler,
  type Module,
  type Value,
} from './code/values.ts'
import { openFileAccess, type FileAccess } from './concurrency/file-access.ts'
import { shownKey } from './concurrency/file-keys.ts'
import { derived, mentions } from './concurrency/scenes.ts'
import { reach, type Reach } from './reach.ts'

/** A file that is written over with next to nothing after it could not be read. */
export interface LostContent {
  what: string
  file: string
  line: number
  /** Where the failure is passed over. */
  passedAt: string
}

interface Touch extends FileAccess {
  call: Call
}
interface Found {
  of: FunctionValue
  module: Module
}
/** Where reading may have failed without anybody being told, and the names that are empty then. */
interface Passed {
  key: string
  names: string[]
  /** What comes before belongs to reading. */
  end: number
  at: string
}

/** What can be made again is no loss. */
const again = /cache|te?mp|recent|histor|state|index|checkpoint|cursor|sync|stats|usage|metric|session|lock|pid/i
const saving = /^(copy\w*|rename(Sync)?|replace|move|backup\w*)$/i
/** Errors of Python that say of a file that it is there and cannot be understood. */
const unreadable = /^(Exception|BaseException|ValueError|JSONDecodeError|UnicodeDecodeError|YAMLError|TOMLDecodeError)$/

const isEmpty = (value: Value): boolean =>
  (value.is === 'record' && value.fields.length === 0) ||
  (value.is === 'list' && value.items.length === 0) ||
  (value.is === 'call' &&
    /^(dict|list)$/.test(nameOf(value.callee)) &&
    value.arguments.length + value.named.length === 0)

/** It goes on as though the file had been empty, also where the file is there. */
const passesOver = ({ types, leaves, ...range }: Handler, { of, module }: Found, { bodies }: Reach): boolean => {
  const { throws, calls, guards } = bodies.of(module, of)
  const names = types.flatMap(type => (type.is === 'list' ? type.items : [type])).map(nameOf)
  return (
    (names.length === 0 || names.some(name => unreadable.test(name))) &&
    leaves !== 'throw' &&
    !throws.some(({ at }) => isWithin(at, range)) &&
    // `if (error.code === 'ENOENT')`: a file that is not there has nothing to lose
    !guards.some(guard => isWithin(guard.at, range)) &&
    !calls.some(
      ({ callee, at }) => isWithin(at, range) && /^(exit|abort|raise\w*|fail)$|_exit$/.test(nameOf(callee)),
    ) &&
    !calls.some(({ callee, at }) => isWithin(at, range) && saving.test(nameOf(callee)))
  )
}

type Access = ReturnType<typeof openFileAccess>

const touchedBy = ({ of, module }: Found, access: Access, { bodies }: Reach): Touch[] =>
  bodies.of(module, of).calls.map(call => ({ call, ...access(call, of, module) }))

/** Names that get what was taken apart in a `try`, and are empty where that failed. */
const namesOf = (parsed: Call[], handler: Handler, { of, module }: Found, { bodies }: Reach): string[] => {
  const holds = (value: Value): boolean => someIn(value, part => parsed.some(one => one === part))
  const { writes, calls } = bodies.of(module, of)
  const set = [
    ...module.declarations.filter(({ at }) => isWithin(at, of)),
    ...writes.map(({ target, value, at }) => ({ name: target.is === 'name' ? target.name : '', value, at })),
  ]
  const filled = [
    ...set.filter(({ value }) => holds(value)).map(({ name }) => name),
    ...calls.flatMap(({ callee, arguments: given }) =>
      callee.is === 'member' && callee.name === 'update' && given.some(holds) ? [nameOf(callee.of)] : [],
    ),
  ]
  return filled.filter(
    name =>
      name !== '' &&
      set.some(one => one.name === name && isEmpty(one.value) && (one.at < handler.at || isWithin(one.at, handler))),
  )
}

const spotOf = (module: Module, { line }: Handler): string => `${module.path}:${line}`

const passedIn = (found: Found, access: Access, reach: Reach): (Passed & { isReturned: boolean })[] => {
  const { of, module } = found
  const { tries, returns } = reach.bodies.of(module, of)
  const touched = tries.length > 0 ? touchedBy(found, access, reach) : []
  return tries.flatMap(({ body, handlers, end }) => {
    const inside = touched.filter(({ call }) => isWithin(call.at, body))
    const key = inside.find(({ reads }) => reads !== null)?.reads
    const parsed = inside.filter(({ parses }) => parses).map(({ call }) => call)
    const handler = handlers.find(each => passesOver(each, found, reach))
    if (!key || parsed.length === 0 || !handler) return []
    const names = namesOf(parsed, handler, found, reach)
    const isReturned = returns.some(
      ({ value, at }) =>
        (isWithin(at, handler) && isEmpty(value)) ||
        (handler.leaves === null && at >= end && value.is === 'name' && names.includes(value.name)),
    )
    return [{ key, names: handler.leaves === null ? names : [], end, at: spotOf(module, handler), isReturned }]
  })
}

/** `data = load()`, where that gives what is empty after a failure. */
const passedBy = (found: Found, access: Access, reach: Reach): Passed[] => {
  const { of, module } = found
  return module.declarations
    .filter(({ at, value }) => isWithin(at, of) && value.is === 'call')
    .flatMap(({ name, value }) => {
      if (value.is !== 'call') return []
      const key = access(value, of, module).reads
      const things = key === null ? [] : reach.resolver.things(value.callee, { module, frames: [] })
      return things.flatMap(({ value: loader, module: other }) =>
        key !== null && loader.is === 'function'
          ? passedIn({ of: loader, module: other }, access, reach)
              .filter(({ isReturned }) => isReturned)
              .map(({ at }) => ({ key, names: [name], end: value.end, at }))
          : [],
      )
    })
}

const lostIn = (found: Found, access: Access, reach: Reach): LostContent[] => {
  const { of, module } = found
  const passed = [...passedIn(found, access, reach), ...passedBy(found, access, reach)].filter(
    ({ key, names }) => names.length > 0 && ![key, ...names].some(name => again.test(name)),
  )
  if (passed.length === 0) return []
  const touched = touchedBy(found, access, reach)
  const { guards } = reach.bodies.of(module, of)
  const scene = {
    of,
    module,
    reach,
    runs: 'open' as const,
    declarations: module.declarations.filter(({ at }) => isWithin(at, of)),
  }
  return passed.flatMap(({ key, names, end, at }): LostContent[] => {
    const all = derived(new Set(names), scene)
    const after = touched.filter(({ call }) => call.at >= end)
    const write = after.find(({ writes }) => writes === key)
    if (!write || write.anew) return []
    const carries = ({ call }: Touch): boolean =>
      [...call.arguments, ...call.named.map(([, value]) => value)].some(value => mentions(value, all))
    const isCarried =
      nameOf(write.call.callee) === 'open' ? after.some(one => one.serialises && carries(one)) : carries(write)
    const isAsked = guards.some(
      guard =>
        guard.at >= end && guard.end <= write.call.at && guard.consequent.leaves !== null && mentions(guard.test, all),
    )
    const isKept = touched.some(
      ({ call }) => call.at < write.call.at && saving.test(nameOf(call.callee)) && !carries({ ...write, call }),
    )
    return isCarried && !isAsked && !isKept
      ? [{ what: `the file ${shownKey(key, of)}`, file: module.path, line: write.call.line, passedAt: at }]
      : []
  })
}

/** Files that requests write anew from what is empty, because reading them failed and nobody was told. */
export const lostContents = gatherer<LostContent[], { reach: typeof reach }>({
  id: 'lost-contents',
  impact: 'read',
  from: 'repository',
  needs: { reach },
  gather: (_, { reach }) => {
    const access = openFileAccess(reach.bodies, reach.resolver)
    return [...reach.graph.functions].flatMap(([of, module]) => lostIn({ of, module }, access, reach))
  },
})
