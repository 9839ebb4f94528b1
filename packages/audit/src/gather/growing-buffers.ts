import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { isWithin, nameOf, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { openGrowingFields } from './growing-fields.ts'
import { isKept } from './kept-records.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** Output of a program that is kept without end, in something that outlives the call. */
export interface GrowingBuffer {
  what: string
  file: string
  line: number
  /** Where the program is listened to. */
  listener: number
}

/** `child.stdout.on('data', listener)`. */
const isOutput = ({ callee, arguments: [event] }: Call): boolean =>
  callee.is === 'member' &&
  /^(on|addListener)$/.test(callee.name) &&
  /^(stdout|stderr)$/.test(nameOf(callee.of)) &&
  event?.is === 'text' &&
  event.text === 'data'

interface Growth {
  field: string
  line: number
}

/** What a function adds to the fields of one of its names. */
const growthOf = (name: string, of: FunctionValue, module: Module): Growth[] => {
  const isField = (value: Value): string | null =>
    value.is === 'member' && value.of.is === 'name' && value.of.name === name ? value.name : null
  const pushed = module.calls.flatMap(({ callee, at, line }): Growth[] => {
    if (!isWithin(at, of) || callee.is !== 'member' || !/^(push|append)$/.test(callee.name)) return []
    const field = isField(callee.of)
    return field === null ? [] : [{ field, line }]
  })
  const added = module.writes.flatMap(({ target, operator, value, at, line }): Growth[] => {
    if (!isWithin(at, of)) return []
    const field = isField(target)
    const isLonger = operator === '+=' || (value.is === 'join' && value.parts.some(part => isField(part) === field))
    return field !== null && isLonger && value.is !== 'number' ? [{ field, line }] : []
  })
  return [...pushed, ...added]
}

const limiting = /^(shift|splice|slice|subarray|substring|pop|tail|trim\w*|evict\w*|cap\w*|limit\w*|truncate\w*)$/i

/** It is cut, or its length is looked at to do so. */
const isBounded = ({ field }: Growth, of: FunctionValue, module: Module): boolean => {
  const isIt = (value: Value): boolean => value.is === 'member' && value.name === field
  const isCut = module.calls.some(
    ({ callee, at }) =>
      isWithin(at, of) && callee.is === 'member' && limiting.test(callee.name) && someIn(callee.of, isIt),
  )
  const isCompared = module.guards.some(
    ({ test, at }) =>
      isWithin(at, of) &&
      someIn(
        test,
        part =>
          part.is === 'compare' &&
          /[<>]/.test(part.operator) &&
          [part.left, part.right].some(side =>
            /^(length|size|byteLength|bytes|total\w*|buffered\w*)$/i.test(nameOf(side)),
          ),
      ),
  )
  return isCut || isCompared
}

const inCall = (call: Call, module: Module, { resolver, bodies }: Reach): GrowingBuffer[] => {
  const [, listener] = call.arguments
  const around = bodies.around(module, call.at)
  if (!listener || !around) return []
  const place = { module, frames: [] }
  return resolver.things(listener, place).flatMap(({ value: of, module: other }) => {
    if (of.is !== 'function' || other !== module) return []
    // functions that the listener hands the record to
    const handed = module.calls
      .filter(({ at }) => isWithin(at, of))
      .flatMap(({ callee, arguments: given }) =>
        resolver.things(callee, place).flatMap(({ value, module: at }) =>
          value.is === 'function' && at === module
            ? value.parameters.flatMap((parameter, index) => {
                const argument = given[index]
                return argument?.is === 'name' ? [{ name: argument.name, parameter, in: value }] : []
              })
            : [],
        ),
      )
    const own = module.writes.flatMap(({ target, at }) =>
      isWithin(at, of) && target.is === 'member' && target.of.is === 'name' ? [target.of.name] : [],
    )
    const pushedTo = module.calls.flatMap(({ callee, at }) =>
      isWithin(at, of) && callee.is === 'member' && callee.of.is === 'member' && callee.of.of.is === 'name'
        ? [callee.of.of.name]
        : [],
    )
    const direct = [...new Set([...own, ...pushedTo])].map(name => ({ name, parameter: name, in: of }))
    return [...direct, ...handed].flatMap(({ name, parameter, in: grower }) => {
      const outer = module.functions.filter(each => isWithin(call.at, each))
      if (!outer.some(each => isKept(name, each, module))) return []
      return growthOf(parameter, grower, module)
        .filter(growth => !isBounded(growth, grower, module) && !isBounded(growth, of, module))
        .map(({ field, line }) => ({ what: `${name}.${field}`, file: module.path, line, listener: call.line }))
    })
  })
}

/** Where the output of programs is kept for later calls, and nothing bounds it. */
export const growingBuffers = gatherer<GrowingBuffer[], { reach: typeof reach; project: typeof project }>({
  id: 'growing-buffers',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const inFields = openGrowingFields(reach)
    const found = legibleModules(reach, project).flatMap(module => [
      ...(module.language === 'typescript'
        ? module.calls.filter(isOutput).flatMap(call => inCall(call, module, reach))
        : []),
      ...inFields(module),
    ])
    return [...new Map(found.map(one => [`${one.file}:${one.line}`, one])).values()]
  },
})
