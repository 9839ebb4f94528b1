import { argumentOf } from '../code/given.ts'
import { someIn } from '../code/parts.ts'
import type { Thing } from '../code/resolve.ts'
import {
  nameOf,
  visibleAt,
  type Call,
  type Declaration,
  type FunctionValue,
  type Module,
  type Value,
} from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { takenOut, working } from '../reached/tables.ts'

/** Names of what holds a function; a field `action` or `run` may hold a text as well. */
const holding = /(^|_)(handler|callback|function|func|fn|impl|execute)$|(Handler|Callback|Function|Func|Fn)$/
/** Whoever is given something to keep or to take out does not call it. */
const storing = /^(remove|append|push|add|delete|set|insert|discard|index|count|has|includes)$/
const picking = /^(get|find|at|pop|shift|next|values|getattr|first|last)$/

const maxDepth = 3

interface Scene {
  of: FunctionValue
  module: Module
  reach: Reach
}

const thingsOf = (value: Value, { module, reach }: Scene): Thing[] =>
  reach.resolver.things(value, { module, frames: [] })

/** Unknown, or taken out of a map, a list or an object by its name. */
export const isNothing = ({ value, module, frames }: Thing, { resolver }: Reach): boolean => {
  if (value.is === 'external') return takenOut.test(value.path)
  if (value.is === 'call') return takenOut.test(`${resolver.external(value.callee, { module, frames })}()`)
  return value.is === 'unknown' || value.is === 'record'
}

const isNotFound = (value: Value, scene: Scene): boolean =>
  thingsOf(value, scene).every(thing => isNothing(thing, scene.reach))

/** `getattr(client, "close", None)` is a member like any other. */
const isAttribute = ({ callee, arguments: [, name] }: Call): boolean =>
  callee.is === 'name' && callee.name === 'getattr' && name?.is === 'text'

const isPicked = (part: Value): boolean =>
  part.is === 'index' ||
  part.is === 'element' ||
  (part.is === 'member' && part.keyed === true) ||
  // `files.get(fileId=id)` asks another machine
  (part.is === 'call' && part.callee.is === 'member' && picking.test(part.callee.name) && part.named.length === 0) ||
  (part.is === 'call' && part.callee.is === 'name' && picking.test(part.callee.name) && !isAttribute(part))

/** What callers give to the parameter that a name is, where that is known. */
const givenTo = ({ value }: Declaration, { module, reach }: Scene): { value: Value; scene: Scene }[] => {
  const of = value.is === 'parameter' ? module.functions.find(({ at }) => at === value.function) : undefined
  if (value.is !== 'parameter' || !of) return []
  return reach.resolver.callers(of, module).flatMap(({ call, module: from }) => {
    const given = argumentOf(call, value.index, value.name, of, module)
    const around = reach.bodies.around(from, call.at)
    return given && around ? [{ value: given, scene: { of: around, module: from, reach } }] : []
  })
}

/** It was taken out of a table by a name, here or by whoever hands it on: `tools.find(…)`, `tools[name]`, `tools.get(name)`. */
const isTaken = (value: Value, scene: Scene, depth = 0): boolean => {
  if (isPicked(value)) return true
  if (value.is === 'either' || value.is === 'both')
    return isTaken(value.first, scene, depth) || isTaken(value.second, scene, depth)
  if (value.is === 'choice') return value.options.some(option => isTaken(option, scene, depth))
  if (value.is !== 'name' || depth >= maxDepth) {
    // what a function of the repository took out
    return (
      value.is === 'call' && thingsOf(value, scene).some(({ value: found }) => found.is === 'call' && isPicked(found))
    )
  }
  return visibleAt(scene.module, value.name, value.at).some(
    declared =>
      (declared.value.is !== 'name' || declared.value.name !== value.name) &&
      (isTaken(declared.value, scene, depth + 1) ||
        givenTo(declared, scene).some(given => isTaken(given.value, given.scene, depth + 1))),
  )
}

/** `tools[name]`, `tool["function"]`, `tool.handler`, where nothing of it was found. */
const isLostField = (value: Value, scene: Scene): boolean => {
  if (value.is === 'index') return !isLog(value.of, scene) && !isSymbol(value.index, scene) && isNotFound(value, scene)
  if (value.is !== 'member' || !(value.keyed || working.test(value.name))) return false
  const isMissing = value.keyed ? isKeyMissing(value, scene) : isTaken(value.of, scene) && isNotFound(value, scene)
  return isMissing && !scene.reach.graph.tabled(value.name)
}

/** A field by its name is none of a library, unless a call of that one gave the object. */
const isKeyMissing = (value: Value, scene: Scene): boolean =>
  thingsOf(value, scene).every(
    thing => isNothing(thing, scene.reach) || (thing.value.is === 'external' && thing.value.path.includes('()')),
  )

/** `guard[Symbol.dispose]()`. */
const isSymbol = (index: Value, { module, reach }: Scene): boolean =>
  reach.resolver.external(index, { module, frames: [] })?.startsWith('global:Symbol.') === true

/** `console[level](text)`. */
const isLog = (of: Value, scene: Scene): boolean =>
  thingsOf(of, scene).some(({ value }) => value.is === 'external' && /^global:console$|log/i.test(value.path)) ||
  ((of.is === 'name' || of.is === 'member') && /log(ger)?$/i.test(of.name))

/** What a name stands for is a function that was not found: a variable that took it out of a table, or what made it. */
const isLostName = (value: Value & { is: 'name' }, scene: Scene, depth = 0): boolean =>
  depth < maxDepth &&
  isNotFound(value, scene) &&
  visibleAt(scene.module, value.name, value.at).some(declared => {
    const { value: of } = declared
    if (of.is === 'parameter')
      return givenTo(declared, scene).some(({ value: given, scene: from }) =>
        given.is === 'name'
          ? isLostName(given, from, depth + 1)
          : given.is === 'member'
            ? isLostField(given, from)
            : isPicked(given) && isNotFound(given, from),
      )
    if (of.is === 'unknown') return holding.test(value.name)
    if (of.is === 'call') return !isAttribute(of)
    return someIn(of, isPicked) || (of.is === 'member' && working.test(of.name))
  })

/**
 * The calls of a function whose callee is a value that was not found, or that hand such a value on to be called:
 * `fn(x)`, `table[name](x)`, `tool.handler(x)`, `to_thread(tool["function"], x)`.
 */
export const isCallOfLost = (call: Call, of: FunctionValue, module: Module, reach: Reach): boolean => {
  const scene: Scene = { of, module, reach }
  const { callee, arguments: given, named } = call
  if (!reach.graph.follows(call)) {
    if (callee.is === 'name' && isLostName(callee, scene) && !isWaiter(call, scene)) return true
    if (
      callee.is === 'call' &&
      !thingsOf(callee, scene).some(({ value }) => value.is === 'unknown') &&
      isNotFound(callee, scene)
    )
      return true
    if (isLostField(callee, scene)) return true
  }
  if (storing.test(nameOf(callee))) return false
  return [...given, ...named.map(([, value]) => value)].some(value =>
    value.is === 'member'
      ? holding.test(value.name) && isLostField(value, scene)
      : value.is === 'name' && holding.test(value.name) && !isOwn(value, scene) && isLostName(value, scene),
  )
}

/** `for (const wake of waiters) wake()`: who waits in a list is told, and given nothing. */
const isWaiter = ({ callee, arguments: given, named }: Call, { module }: Scene): boolean =>
  callee.is === 'name' &&
  given.length + named.length === 0 &&
  visibleAt(module, callee.name, callee.at).every(({ value }) => value.is === 'element')

/** A parameter: whoever gives it hands it on. */
const isOwn = ({ name, at }: Value & { is: 'name' }, { module }: Scene): boolean =>
  visibleAt(module, name, at).some(({ value }) => value.is === 'parameter')
