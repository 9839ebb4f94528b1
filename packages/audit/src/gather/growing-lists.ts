import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import {
  isWithin,
  nameOf,
  visibleAt,
  type Call,
  type ClassValue,
  type FunctionValue,
  type Module,
  type Value,
  type Write,
} from './code/values.ts'
import { growingWithCalls } from './growing-calls.ts'
import { isKeptSmall } from './kept-small.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A list that events make longer, and that nothing makes shorter. */
export interface GrowingList {
  what: string
  file: string
  line: number
  /** Why nothing bounds it. */
  because: string
}

const adding = /^(push|unshift|append|insert|appendleft|extend)$/
const shortening = /^(shift|splice|pop|popleft|clear|remove|delete|truncate|trim\w*|prune\w*|evict\w*|drop\w*)$/

/** What takes a list and leaves it as it is. */
const reading =
  /^(len|str|repr|print|list|tuple|sorted|reversed|enumerate|join|dumps|stringify|from|log|info|error|debug)$/

const isEmptyList = (value: Value): boolean =>
  (value.is === 'list' && value.items.length === 0) ||
  (value.is === 'call' && /^(Array|list)$/.test(nameOf(value.callee)) && value.arguments.length === 0)

/** What is added to, as `name.push(...)`. */
const addedTo = ({ callee }: Call): (Value & { is: 'name' }) | null =>
  callee.is === 'member' && adding.test(callee.name) && callee.of.is === 'name' ? callee.of : null

const uses = {
  taking: shortening,
  reading,
  isCut: ({ target }: Write, isIt: (value: Value) => boolean): boolean => someIn(target, isIt),
}

/** `emitter.on('event', listener)`; what is called once adds once. */
const listenersIn = (module: Module, { resolver }: Reach): { of: FunctionValue; module: Module; line: number }[] =>
  module.calls.flatMap(({ callee, arguments: [event, listener], line }) => {
    if (callee.is !== 'member' || !/^(on|addListener|addEventListener|add_listener)$/.test(callee.name)) return []
    if (event?.is !== 'text' || !listener) return []
    return resolver
      .things(listener, { module, frames: [] })
      .flatMap(({ value, module: at }) => (value.is === 'function' ? [{ of: value, module: at, line }] : []))
  })

/** Lists of a file that a listener adds to. */
const ofFiles = (module: Module, reach: Reach): GrowingList[] =>
  listenersIn(module, reach).flatMap(({ of, module: at, line }) =>
    at.calls.flatMap((call): GrowingList[] => {
      const list = isWithin(call.at, of) ? addedTo(call) : null
      if (!list) return []
      const [declared, ...others] = visibleAt(at, list.name, list.at)
      if (!declared || others.length > 0 || !isEmptyList(declared.value)) return []
      if (reach.bodies.around(at, Math.max(0, declared.at - 1)) !== null) return []
      if (isKeptSmall(declared, at, reach.modules, uses)) return []
      const because = `every event adds to it (${module.path}:${line}), and nothing takes anything out`
      return [{ what: list.name, file: at.path, line: call.line, because }]
    }),
  )

/** Names of a method that stand for something out of a field: `const list = this.lists.get(key)`. */
const takenFrom = (of: FunctionValue, module: Module): Map<string, string> => {
  const found = new Map<string, string>()
  const fieldIn = (value: Value): string | null => {
    let field: string | null = null
    someIn(value, part => {
      if (part.is === 'member' && part.of.is === 'name' && /^(this|self)$/.test(part.of.name)) field ??= part.name
      return false
    })
    return field
  }
  for (const { name, value, at } of module.declarations) {
    if (!isWithin(at, of)) continue
    const plain = value.is === 'either' ? value.first : value
    const isGot = plain.is === 'call' && plain.callee.is === 'member' && plain.callee.name === 'get'
    const field = isGot || plain.is === 'index' ? fieldIn(plain) : null
    if (field !== null) found.set(name, field)
  }
  return found
}

interface Change {
  field: string
  line: number
}

const changesIn = (of: FunctionValue, module: Module, how: RegExp): Change[] => {
  const taken = takenFrom(of, module)
  return module.calls.flatMap(({ callee, at, line }): Change[] => {
    if (!isWithin(at, of) || callee.is !== 'member' || !how.test(callee.name) || callee.of.is !== 'name') return []
    const field = taken.get(callee.of.name)
    return field === undefined ? [] : [{ field, line }]
  })
}

const cutting = /^(shift|splice|pop|popleft|clear)$/

const methodOf = (owner: ClassValue, name: string): FunctionValue | null => {
  const value = owner.members.find(member => member.name === name)?.value
  return value?.is === 'function' ? value : null
}

/** A method adds to a list that the method it stands for cuts, and no longer cuts it. */
const ofClasses = (module: Module, { resolver }: Reach): GrowingList[] =>
  module.classes.flatMap(owner =>
    owner.bases.flatMap(base =>
      resolver.things(base, { module, frames: [] }).flatMap(({ value: parent, module: at }) => {
        if (parent.is !== 'class') return []
        return owner.members.flatMap(({ name, value: own }): GrowingList[] => {
          const before = methodOf(parent, name)
          if (own.is !== 'function' || !before) return []
          const callsOn = module.calls.some(
            call => isWithin(call.at, own) && someIn(call.callee, part => nameOf(part) === 'super'),
          )
          if (callsOn) return []
          const cutBefore = changesIn(before, at, cutting)
          const addsBefore = changesIn(before, at, adding)
          const cutNow = new Set(changesIn(own, module, cutting).map(({ field }) => field))
          return changesIn(own, module, adding).flatMap(({ field, line }) => {
            const cut = cutBefore.find(one => one.field === field)
            if (!cut || cutNow.has(field) || !addsBefore.some(one => one.field === field)) return []
            const because = `${owner.name}.${name} adds to it and does not cut it as ${parent.name}.${name} does (${at.path}:${cut.line})`
            return [{ what: `a list of ${field}`, file: module.path, line, because }]
          })
        })
      }),
    ),
  )

/** Lists that grow with what happens for as long as the process lives. */
export const growingLists = gatherer<GrowingList[], { reach: typeof reach; project: typeof project }>({
  id: 'growing-lists',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = legibleModules(reach, project)
    const found = [
      ...own.flatMap(module => [...ofFiles(module, reach), ...ofClasses(module, reach)]),
      ...growingWithCalls(own, reach),
    ]
    return [...new Map(found.map(one => [`${one.file}:${one.line}`, one])).values()]
  },
})
