import { isSame } from '../code/parts.ts'
import { innermost, isWithin, visibleAt, type Call, type Value, type Write } from '../code/values.ts'
import { connectionOpeners } from '../opened.ts'
import { isKept } from './exchanges.ts'
import { isOneAtATime } from './one-at-a-time.ts'
import { nameOf, pathsOf } from './paths.ts'
import type { FoundChange, Scene } from './scenes.ts'

/** All requests use what is there: a variable of a file, a field of an object that such a variable holds. */
const isShared = (target: Value, { of, module, reach }: Scene): boolean => {
  if (target.is === 'name')
    return visibleAt(module, target.name, target.at).some(
      one => !isWithin(one.at, of) && !reach.bodies.around(module, Math.max(0, one.at - 1)),
    )
  if (target.is !== 'member' || target.of.is !== 'name' || !/^(this|self)$/.test(target.of.name)) return false
  const owner = innermost(module.classes, target.of.at)
  return owner !== undefined && isKept(owner, reach)
}

/** `if (!x)`, `if x is None`: the way on where nothing is there yet. */
const asksForNone = (test: Value, target: Value): boolean =>
  (test.is === 'not' && isSame(test.of, target)) ||
  (test.is === 'compare' &&
    /^(===?|is)$/.test(test.operator) &&
    isSame(test.left, target) &&
    (test.right.is === 'constant' || (test.right.is === 'name' && test.right.name === 'undefined')))

const isFirst = (write: Write, { of, module, reach }: Scene): boolean =>
  reach.bodies
    .of(module, of)
    .guards.some(({ test, consequent, end }) =>
      isWithin(write.at, consequent)
        ? asksForNone(test, write.target)
        : end <= write.at && consequent.leaves !== null && isSame(test, write.target),
    )

/** The call that opens it, and is waited for: `await launch()`, also by the name that what it gave was put under. */
const openingOf = ({ value, at }: Write, { of, module, reach }: Scene): Call | null => {
  const kept = value.is === 'name' ? visibleAt(module, value.name, at).filter(one => isWithin(one.at, of)) : []
  const calls = [value, ...kept.map(one => one.value)].flatMap(one => (one.is === 'call' && one.awaited ? [one] : []))
  return (
    calls.find(call =>
      pathsOf(call, { module, frames: [] }, reach.resolver).some(path => connectionOpeners.test(path)),
    ) ?? null
  )
}

/** Who comes first opens what all others use: of two that come at once both find nothing, and open two. */
export const firstComers = (scene: Scene): FoundChange[] => {
  const { of, module, reach } = scene
  return reach.bodies.of(module, of).writes.flatMap((write): FoundChange[] => {
    if (write.operator !== '=' || !isShared(write.target, scene) || !isFirst(write, scene)) return []
    const opening = openingOf(write, scene)
    if (!opening || isOneAtATime(Math.min(write.at, opening.at), scene)) return []
    // the start of the program, before there are requests
    if (reach.resolver.callers(of, module).some(({ call, module: at }) => !isOfRequest(call, at, scene))) return []
    return [
      {
        what: nameOf({ ...opening, callee: write.target }),
        file: module.path,
        line: write.line,
        readAt: opening.line,
        how: 'torn',
        from: opening.at,
        kind: 'opened',
      },
    ]
  })
}

const isOfRequest = (call: Call, module: Scene['module'], { reach }: Scene): boolean => {
  const around = reach.bodies.around(module, call.at)
  return around !== null && reach.graph.functions.has(around)
}
