import { someIn } from './code/parts.ts'
import {
  innermost,
  isWithin,
  nameOf,
  visibleAt,
  type ClassValue,
  type Module,
  type Range,
  type Value,
  type Write,
} from './code/values.ts'
import type { GrowingBuffer } from './growing-buffers.ts'
import { isKept } from './kept-records.ts'
import { isFieldKeptSmall, type Uses } from './kept-small.ts'
import { openMadeOnce } from './made-once.ts'
import type { Reach } from './reach.ts'

/** Where a part of what a program prints is dealt with, and the name it has there. */
interface Part extends Range {
  module: Module
  name: string | null
  /** Where the program is listened to. */
  line: number
}

const isSelf = (value: Value): boolean => value.is === 'name' && /^(this|self)$/.test(value.name)
const isOutput = (value: Value): boolean =>
  (value.is === 'member' || value.is === 'name') && /^(stdout|stderr)$/.test(value.name)

/** `child.stdout.on('data', data => …)`. */
const listened = (module: Module, { resolver }: Reach): Part[] =>
  module.calls.flatMap(({ callee, arguments: [event, listener], line }): Part[] => {
    if (callee.is !== 'member' || !/^(on|addListener)$/.test(callee.name) || !isOutput(callee.of)) return []
    if (event?.is !== 'text' || event.text !== 'data' || !listener) return []
    return resolver
      .things(listener, { module, frames: [] })
      .flatMap(({ value, module: at }): Part[] =>
        value.is === 'function'
          ? [{ module: at, at: value.at, end: value.end, name: value.parameters[0] ?? null, line }]
          : [],
      )
  })

const isReadline = (value: Value): boolean =>
  value.is === 'call' &&
  value.callee.is === 'member' &&
  value.callee.name.startsWith('read') &&
  isOutput(value.callee.of)

/** `for line in self.process.stdout:`, `line = await process.stdout.readline()` in a loop. */
const looped = (module: Module): Part[] =>
  module.declarations.flatMap(({ name, value, at: declared }): Part[] => {
    if (!(value.is === 'element' && isOutput(value.of)) && !isReadline(value)) return []
    const loop = innermost(module.loops, declared)
    return loop && loop.kind !== 'comprehension' ? [{ module, at: loop.at, end: loop.end, name, line: loop.line }] : []
  })

/** What holds a part: its name, or a name that is made of it; how long it is does not. */
const carrierOf = ({ module, name, ...range }: Part): ((value: Value) => boolean) => {
  const isPart = (value: Value): boolean => value.is === 'name' && value.name === name
  const isMadeOf = (value: Value): boolean =>
    isPart(value) ||
    (value.is === 'name' &&
      visibleAt(module, value.name, value.at).some(
        ({ value: kept, at }) => isWithin(at, range) && someIn(kept, isPart),
      ))
  return value => someIn(value, isMadeOf) && !someIn(value, inner => /^(length|byteLength|len)$/.test(nameOf(inner)))
}

/** Functions of the repository that a part is handed on to: `data => this.append(String(data))`. */
const handedOn = (part: Part, reach: Reach, depth = 0): Part[] => {
  const { module, line } = part
  if (depth > 2) return [part]
  const carries = carrierOf(part)
  const further = module.calls.flatMap(({ callee, arguments: given, at }): Part[] => {
    const index = isWithin(at, part) ? given.findIndex(carries) : -1
    if (index === -1) return []
    return reach.resolver.things(callee, { module, frames: [] }).flatMap(({ value, module: other }): Part[] => {
      if (value.is !== 'function') return []
      const skipped = other.language === 'python' && /^(self|cls)$/.test(value.parameters[0] ?? '') ? 1 : 0
      const own = value.parameters[index + skipped] ?? null
      return handedOn({ module: other, at: value.at, end: value.end, name: own, line }, reach, depth + 1)
    })
  })
  return [part, ...further]
}

const uses: Uses = {
  taking:
    /^(shift|splice|pop|popleft|popitem|clear|remove|delete|truncate|trim\w*|prune\w*|evict\w*|drop\w*|flush\w*|drain\w*)$/,
  reading:
    /^(len|str|repr|print|join|stringify|String|concat|from|log|info|warn|warning|error|debug|includes|test|match|Error)$/,
  isCut: ({ target, operator, value }, isIt) =>
    someIn(target, isIt) && !(isIt(target) && (operator === '+=' || (value.is === 'join' && value.parts.some(isIt)))),
}

/** Whether it is added to whatever happens: what the object knows, such as that it is not ready yet, may end that. */
const isUnconditional = (at: number, part: Part): boolean => {
  const { module } = part
  const isOwn = (test: Value): boolean =>
    someIn(
      test,
      value =>
        isSelf(value) ||
        (value.is === 'name' &&
          visibleAt(module, value.name, value.at).every(declared => !isWithin(declared.at, part))),
    )
  return !module.guards.some(
    guard =>
      isWithin(guard.at, part) &&
      isOwn(guard.test) &&
      (isWithin(at, guard) || (guard.end <= at && guard.consequent.leaves !== null)),
  )
}

interface Growth {
  field: string
  at: number
  line: number
}

const growthIn = (part: Part): Growth[] => {
  const { module } = part
  const carries = carrierOf(part)
  const fieldOf = (value: Value): string | null => (value.is === 'member' && isSelf(value.of) ? value.name : null)
  const pushed = module.calls.flatMap(({ callee, arguments: given, at, line }): Growth[] => {
    if (!isWithin(at, part) || callee.is !== 'member' || !/^(push|append|extend)$/.test(callee.name)) return []
    const field = given.some(carries) ? fieldOf(callee.of) : null
    return field === null ? [] : [{ field, at, line }]
  })
  const written = module.writes.flatMap(({ target, operator, value, at, line }: Write): Growth[] => {
    const field = isWithin(at, part) ? fieldOf(target) : null
    if (field === null || !carries(value)) return []
    const isLonger = operator === '+=' || (value.is === 'join' && value.parts.some(part => fieldOf(part) === field))
    return isLonger ? [{ field, at, line }] : []
  })
  return [...pushed, ...written]
}

/** It is a text or a list of the language: what else is pushed to may forget by itself. */
const isPlain = ({ members }: ClassValue, field: string): boolean => {
  const set = members.filter(({ name, value }) => name === field && value.is !== 'unknown')
  return (
    set.length > 0 &&
    set.every(
      ({ value }) =>
        value.is === 'text' ||
        value.is === 'join' ||
        (value.is === 'list' && value.items.length === 0) ||
        (value.is === 'call' && /^(list|bytearray|Array)$/.test(nameOf(value.callee)) && value.arguments.length === 0),
    )
  )
}

/** `this.child = new Child()`, `children.set(id, child)`: each object is kept by what outlives a call. */
const isKeptByAnother = (owner: ClassValue, reach: Reach, isMadeOnce: (owner: ClassValue) => boolean): boolean =>
  reach.modules.some(module =>
    module.calls.some(call => {
      if (nameOf(call.callee) !== owner.name) return false
      const of = reach.bodies.around(module, call.at)
      const declared = module.declarations.find(({ value }) => value === call)
      const isPut = module.writes.some(({ target, value, at }) => {
        const holder = innermost(module.classes, at)
        return (
          value === call && target.is === 'member' && isSelf(target.of) && holder !== undefined && isMadeOnce(holder)
        )
      })
      if (!isPut && !(of && declared && isKept(declared.name, of, module))) return false
      return reach.resolver.things(call.callee, { module, frames: [] }).some(({ value }) => value === owner)
    }),
  )

/** Fields of objects that outlive a call, to which all that a program prints is added. */
export const openGrowingFields = (reach: Reach): ((module: Module) => GrowingBuffer[]) => {
  const isMadeOnce = openMadeOnce(reach)
  return module =>
    [...listened(module, reach), ...(module.language === 'python' ? looped(module) : [])]
      .flatMap(part => handedOn(part, reach))
      .flatMap(part =>
        growthIn(part).flatMap(({ field, at, line }): GrowingBuffer[] => {
          const owner = innermost(part.module.classes, at)
          if (!owner || !isPlain(owner, field)) return []
          if (!isUnconditional(at, part) || isFieldKeptSmall(field, reach.modules, uses)) return []
          if (!isMadeOnce(owner) && !isKeptByAnother(owner, reach, isMadeOnce)) return []
          return [{ what: `${owner.name}.${field}`, file: part.module.path, line, listener: part.line }]
        }),
      )
}
