import { isWithin, type Call } from '../code/values.ts'
import type { FileAccess, openFileAccess } from './file-access.ts'
import { isNamedByCaller, isSteady, shownKey } from './file-keys.ts'
import { nameOf } from './paths.ts'
import { isOneAtATime } from './one-at-a-time.ts'
import { derived, howOf, mentions, type FoundChange, type Scene } from './scenes.ts'

interface Touch extends FileAccess {
  call: Call
}

const holds = (value: Call, wanted: Call): boolean =>
  value.arguments.some(each => each === wanted || (each.is === 'call' && holds(each, wanted))) ||
  (value.callee.is === 'member' &&
    value.callee.of.is === 'call' &&
    (value.callee.of === wanted || holds(value.callee.of, wanted)))

/** A file that is read, changed and written back: by its content, or by another one that is moved there. */
const rewritten = (scene: Scene, calls: Call[], touched: Touch[]): FoundChange[] => {
  const { of, module } = scene
  return touched.flatMap(({ call: write, writes, moves, serialises, anew }): FoundChange[] => {
    if (anew) return []
    const read = touched.find(other => other.call.end <= write.at && other.reads !== null && other.reads === writes)
    if (!read || writes === null) return []
    const holder = scene.declarations.filter(
      ({ value, at }) => isWithin(at, of) && (value === read.call || (value.is === 'call' && holds(value, read.call))),
    )
    const names = derived(new Set(holder.map(({ name }) => name)), scene)
    const content = moves ? touched.find(one => one.writes === moves.key && one.call.end <= write.at)?.call : write
    const isOpen = content !== undefined && nameOf(content) === 'open'
    if (!isOpen && !content?.arguments.some(value => mentions(value, names))) return []
    const waits = calls.some(({ awaited, at }) => awaited && read.call.at <= at && at < write.at)
    const between = touched.filter(({ call }) => read.call.at < call.end)
    // of a document that the caller edits the caller takes care; a store is taken apart and put together again
    const isStore =
      between.some(
        one => one.parses && (one.call === read.call || holds(one.call, read.call) || uses(one.call, names)),
      ) &&
      (serialises || between.some(one => one.serialises && uses(one.call, names)))
    const isNamed = isNamedByCaller(writes)
    const how = howOf(waits, scene)
    return [
      {
        what: `the file ${shownKey(writes, of)}`,
        file: module.path,
        line: write.line,
        readAt: read.call.line,
        how: isNamed && !isStore && how !== 'atomic' ? 'caller' : how,
        from: read.call.at,
        ...(isNamed ? { isNamed } : {}),
      },
    ]
  })
}

const uses = (call: Call, names: Set<string>): boolean =>
  [...call.arguments, ...call.named.map(([, value]) => value)].some(value => mentions(value, names))

/** A file that is written under one name in all requests, and then moved: the second finds it gone, or half of another. */
const temporary = (scene: Scene, calls: Call[], touched: Touch[]): FoundChange[] => {
  const { of, module } = scene
  return touched.flatMap(({ call: move, writes, moves }): FoundChange[] => {
    if (!moves || moves.key === null || writes === null || !isSteady(moves.value, module)) return []
    if (isNamedByCaller(moves.key) && !moves.key.includes(writes)) return []
    const written = touched.find(one => one.writes === moves.key && !one.moves && one.call.end <= move.at)
    if (!written || isOneAtATime(move.at, scene)) return []
    const waits = calls.some(({ awaited, at }) => awaited && written.call.at <= at && at < move.at)
    const how = howOf(waits, scene)
    if (how === 'atomic') return []
    const isStore = touched.some(one => one.serialises && one.call.at < move.at)
    return [
      {
        what: `the file ${shownKey(moves.key, of)}`,
        file: module.path,
        line: move.line,
        readAt: written.call.line,
        how: isNamedByCaller(writes) && !isStore ? 'caller' : how,
        from: written.call.at,
        kind: 'temporary',
      },
    ]
  })
}

/** Files that a function changes, and how two requests get along with each other there. */
export const fileChanges = (scene: Scene, access: ReturnType<typeof openFileAccess>): FoundChange[] => {
  const { of, module, reach } = scene
  const { calls } = reach.bodies.of(module, of)
  const touched = calls.flatMap((call): Touch[] => {
    const found = access(call, of, module)
    const isOne = found.reads !== null || found.writes !== null || found.parses || found.serialises
    return isOne ? [{ call, ...found }] : []
  })
  return [...rewritten(scene, calls, touched), ...temporary(scene, calls, touched)]
}
