import { gatherer } from '../core/item.ts'
import { isSame, someIn } from './code/parts.ts'
import {
  isWithin,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Value,
  type Write,
} from './code/values.ts'
import { openFileAccess } from './concurrency/file-access.ts'
import { openLocks } from './concurrency/locks.ts'
import { nameOf } from './concurrency/paths.ts'
import { openHanded, threads } from './concurrency/threads.ts'
import { reach, type Reach } from './reach.ts'
import { unreadOf } from './taint/hidden.ts'

/** Something that all requests share, and that a request reads, changes and writes back. */
export interface SharedChange {
  what: string
  file: string
  /** Where it is written, and where it was read before. */
  line: number
  readAt: number
  /** `atomic`: no other request can come in between. `caller`: which file or entry it is depends on the request. */
  how: 'torn' | 'locked' | 'atomic' | 'caller'
}

export interface SharedState {
  changes: SharedChange[]
  handlers: number
  /** Functions of tools that were not found; null where none is known to be missing. */
  unread: string | null
}

const mentions = (value: Value, names: Set<string>): boolean => {
  const inner = (each: Value): boolean => mentions(each, names)
  switch (value.is) {
    case 'name':
      return names.has(value.name)
    case 'member':
    case 'spread':
    case 'not':
    case 'element':
      return inner(value.of)
    case 'index':
      return inner(value.of) || inner(value.index)
    case 'call':
      return inner(value.callee) || value.arguments.some(inner) || value.named.some(([, each]) => inner(each))
    case 'list':
      return value.items.some(inner)
    case 'record':
      return value.fields.some(([, field]) => inner(field))
    case 'join':
      return value.parts.some(inner)
    case 'either':
    case 'both':
      return inner(value.first) || inner(value.second)
    case 'choice':
      return value.options.some(inner)
    default:
      return false
  }
}

const rootOf = (value: Value): (Value & { is: 'name' }) | null =>
  value.is === 'name' ? value : value.is === 'member' || value.is === 'index' ? rootOf(value.of) : null

interface Scene {
  of: FunctionValue
  module: Module
  reach: Reach
  inThread: boolean
  /** It is handed to a thread by what calls it. */
  isHanded: boolean
  /** Declarations within the function. */
  declarations: Module['declarations']
  access: ReturnType<typeof openFileAccess>
}

/** Names that stand for what was read, or for something made of it. */
const derived = (first: Set<string>, { declarations }: Scene): Set<string> => {
  const names = new Set(first)
  for (const { name, value } of declarations) if (mentions(value, names)) names.add(name)
  return names
}

/** `counts.set(key, value)` writes what `counts.get(key)` reads. */
const entriesIn = (calls: Call[]): Write[] =>
  calls.flatMap(({ callee, arguments: [index, value], at, end, line }) =>
    callee.is === 'member' && callee.name === 'set' && index && value
      ? [{ target: { is: 'index', of: callee.of, index }, operator: '=', value, at, end, line }]
      : [],
  )

/** The same variable, field or entry, as it is written. */
const isSamePlace = (one: Value, other: Value): boolean => {
  if (one.is === 'call' && one.callee.is === 'member' && one.callee.name === 'get' && one.arguments[0])
    return isSamePlace({ is: 'index', of: one.callee.of, index: one.arguments[0] }, other)
  if (one.is === 'index' && other.is === 'index')
    return isSamePlace(one.of, other.of) && isSamePlace(one.index, other.index)
  return isSame(one, other) || (one.is === 'text' && other.is === 'text' && one.text === other.text)
}

const isUpdating = /^([+\-*/%|&^]|\*\*|<<|>>)=$|^(\+\+|--)$/

/** A field or an entry of something that requests share: which entry it is may depend on the request. */
const ofEntry = ({ target, operator, value, ...write }: Write, waits: Call[], { of, declarations }: Scene) => {
  const isIt = (part: Value): boolean => isSamePlace(part, target)
  const inside = waits.filter(wait => isWithin(wait.at, write))
  const isReadFirst = (part: Value): boolean => {
    const root = isIt(part) ? rootOf(part.is === 'call' ? part.callee : part) : null
    return root !== null && inside.some(({ at }) => root.at < at)
  }
  const isPartly = inside.length > 0 && (isUpdating.test(operator) || someIn(value, isReadFirst))
  const taken = declarations.some(
    one =>
      isWithin(one.at, of) &&
      one.at < write.at &&
      someIn(one.value, isIt) &&
      // the same object that is put back loses nothing
      value.is !== 'name' &&
      someIn(value, part => part.is === 'name' && part.name === one.name) &&
      waits.some(wait => one.at < wait.at && wait.at < write.at),
  )
  return isPartly || taken ? (target.is === 'member' ? 'torn' : 'caller') : null
}

/** A variable of the file that is read, awaited upon and written back. */
const ofVariables = (scene: Scene): SharedChange[] => {
  const { of, module, reach, inThread } = scene
  const { calls, writes } = reach.bodies.of(module, of)
  const waits = calls.filter(({ awaited }) => awaited)
  return [...writes, ...entriesIn(calls)].flatMap((write: Write): SharedChange[] => {
    const root = rootOf(write.target)
    if (!root || /^(this|self|cls)$/.test(root.name)) return []
    const declared = visibleAt(module, root.name, root.at)
    const isShared = declared.some(
      one => !reach.bodies.around(module, Math.max(0, one.at - 1)) && one.value.is !== 'import',
    )
    if (!isShared) return []
    const made = (how: SharedChange['how'], readAt: number): SharedChange[] => [
      { what: root.name, file: module.path, line: write.line, readAt, how },
    ]
    // what is there already is kept: whoever comes second loses nothing
    if (/^(either|choice)$/.test(write.value.is) && waits.some(({ at }) => isWithin(at, write))) return []
    const entry = write.target.is === 'name' ? null : ofEntry(write, waits, scene)
    if (entry) return made(entry, write.line)
    const own = new Set([root.name])
    const isUpdate = isUpdating.test(write.operator)
    const readsItself = isUpdate || mentions(write.value, own)
    if (readsItself && write.target.is === 'name' && waits.some(({ at }) => isWithin(at, write)))
      return made('torn', write.line)
    const before = scene.declarations.find(
      one =>
        isWithin(one.at, of) &&
        one.at < write.at &&
        mentions(one.value, own) &&
        write.operator === '=' &&
        mentions(write.value, derived(new Set([one.name]), scene)) &&
        waits.some(wait => one.at < wait.at && wait.at < write.at),
    )
    // what was taken from the shared thing before somebody else could change it, and put back whole
    if (before && write.target.is === 'name' && before.value.is !== 'call') return made('torn', write.line)
    return readsItself ? made(inThread && isUpdate ? 'torn' : 'atomic', write.line) : []
  })
}

/** A file that is read, changed and written back. */
const ofFiles = (scene: Scene): SharedChange[] => {
  const { of, module, reach, access } = scene
  const inThread = scene.inThread || scene.isHanded
  const { calls } = reach.bodies.of(module, of)
  const touched = calls.flatMap(call => {
    const { reads, writes } = access(call, module)
    return reads !== null || writes !== null ? [{ call, reads, writes }] : []
  })
  return touched.flatMap(({ call: write, writes }): SharedChange[] => {
    const read = touched.find(
      other => other.call.end <= write.at && other.reads !== null && other.reads === writes,
    )?.call
    if (!read || writes === null) return []
    const holder = scene.declarations.filter(
      ({ value, at }) => isWithin(at, of) && (value === read || (value.is === 'call' && holds(value, read))),
    )
    const names = derived(new Set(holder.map(({ name }) => name)), scene)
    const isOpen = nameOf(write) === 'open'
    if (!isOpen && !write.arguments.some(value => mentions(value, names))) return []
    const waits = calls.some(({ awaited, at }) => awaited && read.at <= at && at < write.at)
    const how = writes.startsWith('parameter') ? 'caller' : waits || inThread ? 'torn' : 'atomic'
    return [{ what: `the file ${writes}`, file: module.path, line: write.line, readAt: read.line, how }]
  })
}

const holds = (value: Call, wanted: Call): boolean =>
  value.arguments.some(each => each === wanted || (each.is === 'call' && holds(each, wanted))) ||
  (value.callee.is === 'member' &&
    value.callee.of.is === 'call' &&
    (value.callee.of === wanted || holds(value.callee.of, wanted)))

/** What requests share and change, and whether two of them can do so at once. */
export const sharedState = gatherer<SharedState, { reach: typeof reach; threads: typeof threads }>({
  id: 'shared-state',
  impact: 'read',
  from: 'repository',
  needs: { reach, threads },
  gather: (_, { reach, threads }) => {
    const entries = new Set(reach.entries.flatMap(({ functions }) => functions.map(one => one.function)))
    const inThreads = reach.entries.filter(entry => threads(entry) === 'thread')
    const plain = new Set(inThreads.flatMap(({ functions }) => functions.map(one => one.function)))
    const isLocked = openLocks(reach, entries)
    const isHanded = openHanded(reach)
    const access = openFileAccess(reach.bodies, reach.resolver)
    const changes = [...reach.graph.functions].flatMap(([of, module]) => {
      const declarations = module.declarations.filter(({ at }) => isWithin(at, of))
      const scene: Scene = { of, module, reach, inThread: plain.has(of), isHanded: isHanded(of), declarations, access }
      const writesAt = (line: number): number =>
        reach.bodies.of(module, of).calls.find(call => call.line === line)?.at ?? of.end - 1
      return [...ofVariables(scene), ...ofFiles(scene)].map((change): SharedChange =>
        (change.how === 'torn' || change.how === 'caller') && isLocked(writesAt(change.readAt), of, module)
          ? { ...change, how: 'locked' }
          : change,
      )
    })
    return { changes, handlers: reach.entries.length, unread: unreadOf(reach) }
  },
})
