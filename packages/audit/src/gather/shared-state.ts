import { gatherer } from '../core/item.ts'
import { isSame, someIn } from './code/parts.ts'
import { isWithin, visibleAt, type Call, type FunctionValue, type Value, type Write } from './code/values.ts'
import { exchanges } from './concurrency/exchanges.ts'
import { openFileAccess } from './concurrency/file-access.ts'
import { fileChanges } from './concurrency/file-changes.ts'
import { firstComers } from './concurrency/first-come.ts'
import { openLocks } from './concurrency/locks.ts'
import { derived, mentions, type FoundChange, type Scene, type SharedChange } from './concurrency/scenes.ts'
import { openHanded, threads } from './concurrency/threads.ts'
import { reach } from './reach.ts'
import { unreadOf } from './taint/hidden.ts'

export interface SharedState {
  changes: SharedChange[]
  handlers: number
  /** Functions of tools that were not found; null where none is known to be missing. */
  unread: string | null
}

const rootOf = (value: Value): (Value & { is: 'name' }) | null =>
  value.is === 'name' ? value : value.is === 'member' || value.is === 'index' ? rootOf(value.of) : null

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
const ofVariables = (scene: Scene): FoundChange[] => {
  const { of, module, reach } = scene
  const { calls, writes } = reach.bodies.of(module, of)
  const waits = calls.filter(({ awaited }) => awaited)
  return [...writes, ...entriesIn(calls)].flatMap((write: Write): FoundChange[] => {
    const root = rootOf(write.target)
    if (!root || /^(this|self|cls)$/.test(root.name)) return []
    const declared = visibleAt(module, root.name, root.at)
    const isShared = declared.some(
      one => !reach.bodies.around(module, Math.max(0, one.at - 1)) && one.value.is !== 'import',
    )
    if (!isShared) return []
    const made = (how: SharedChange['how']): FoundChange[] => [
      { what: root.name, file: module.path, line: write.line, readAt: write.line, how, from: write.at },
    ]
    // what is there already is kept: whoever comes second loses nothing
    if (/^(either|choice)$/.test(write.value.is) && waits.some(({ at }) => isWithin(at, write))) return []
    const entry = write.target.is === 'name' ? null : ofEntry(write, waits, scene)
    if (entry) return made(entry)
    const own = new Set([root.name])
    const isUpdate = isUpdating.test(write.operator)
    const readsItself = isUpdate || mentions(write.value, own)
    if (readsItself && write.target.is === 'name' && waits.some(({ at }) => isWithin(at, write))) return made('torn')
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
    if (before && write.target.is === 'name' && before.value.is !== 'call') return made('torn')
    if (!readsItself) return []
    return made(scene.runs === 'loop' || !isUpdate ? 'atomic' : scene.runs === 'thread' ? 'torn' : 'open')
  })
}

/** What requests share and change, and whether two of them can do so at once. */
export const sharedState = gatherer<SharedState, { reach: typeof reach; threads: typeof threads }>({
  id: 'shared-state',
  impact: 'read',
  from: 'repository',
  needs: { reach, threads },
  gather: (_, { reach, threads }) => {
    const entries = new Set(reach.entries.flatMap(({ functions }) => functions.map(one => one.function)))
    const plain = { thread: new Set<FunctionValue>(), open: new Set<FunctionValue>() }
    for (const entry of reach.entries) {
      const runs = threads(entry)
      if (runs !== 'loop') for (const one of entry.functions) plain[runs].add(one.function)
    }
    const isLocked = openLocks(reach, entries)
    const isInThread = openHanded(reach, plain.thread)
    const mayBeInThread = openHanded(reach, plain.open)
    const access = openFileAccess(reach.bodies, reach.resolver)
    const changes = [...reach.graph.functions].flatMap(([of, module]) => {
      const declarations = module.declarations.filter(({ at }) => isWithin(at, of))
      const runs = isInThread(of) ? 'thread' : mayBeInThread(of) ? 'open' : 'loop'
      const scene: Scene = { of, module, reach, runs, declarations }
      return [...ofVariables(scene), ...firstComers(scene), ...fileChanges(scene, access), ...exchanges(scene)].map(
        ({ from, ...change }): SharedChange => {
          const isAtRisk = change.how !== 'atomic' && isLocked(from, of, module)
          return isAtRisk ? { ...change, how: 'locked' } : change
        },
      )
    })
    return { changes, handlers: reach.entries.length, unread: unreadOf(reach) }
  },
})
