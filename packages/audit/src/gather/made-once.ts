import {
  innermost,
  isWithin,
  nameOf,
  type Call,
  type ClassValue,
  type FunctionValue,
  type Module,
  type Value,
} from './code/values.ts'
import { isKeptOnce } from './concurrency/kept.ts'
import type { Reach } from './reach.ts'

interface Made {
  call: Call
  module: Module
}

const maxDepth = 6

/** Tells whether a class has one object for all requests: it is made at the level of a file, or by what starts the server. */
export const openMadeOnce = ({ resolver, bodies, graph, modules }: Reach): ((owner: ClassValue) => boolean) => {
  let known: Map<ClassValue, Made[]> | undefined

  const ancestorsOf = (owner: ClassValue, module: Module, depth = 0): ClassValue[] => [
    owner,
    ...owner.bases
      .flatMap(base => (depth < maxDepth ? resolver.things(base, { module, frames: [] }) : []))
      .flatMap(thing => (thing.value.is === 'class' ? ancestorsOf(thing.value, thing.module, depth + 1) : [])),
  ]

  const allMade = (): Map<ClassValue, Made[]> => {
    const byClass = new Map<ClassValue, Made[]>()
    for (const module of modules)
      for (const call of module.calls) {
        if (!call.constructs && !(module.language === 'python' && /^(_*[A-Z]|cls$)/.test(nameOf(call.callee)))) continue
        for (const { value, module: at } of resolver.things(call.callee, { module, frames: [] }))
          if (value.is === 'class')
            for (const owner of ancestorsOf(value, at))
              byClass.set(owner, [...(byClass.get(owner) ?? []), { call, module }])
      }
    return byClass
  }

  /** Somebody else may call it, or is given it to do so. */
  const isHandedOn = (of: FunctionValue, module: Module): boolean => {
    const isIt = (value: Value): boolean => nameOf(value) === of.name
    return (
      of.name === null ||
      module.decorated.some(one => one.function === of) ||
      module.exports.some(({ name, value }) => name === 'default' && (value === of || isIt(value))) ||
      modules.some(({ calls }) =>
        calls.some(({ arguments: given, named }) =>
          [...given, ...named.map(([, value]) => value)].some(
            value => isIt(value) || (value.is === 'record' && value.fields.some(([, field]) => isIt(field))),
          ),
        ),
      )
    )
  }

  const runsOnce = (of: FunctionValue, module: Module, depth: number): boolean => {
    if (graph.functions.has(of)) return false
    const direct = module.calls.find(({ callee }) => callee === of)
    if (direct) return isOnce({ call: direct, module }, depth)
    const [caller, ...others] = isHandedOn(of, module) ? [] : resolver.callers(of, module)
    return caller !== undefined && others.length === 0 && isOnce(caller, depth)
  }

  /** `instance ??= new Server()`, in a variable of the file. */
  const isKeptInFile = (call: Call, of: FunctionValue, module: Module): boolean =>
    isKeptOnce(call, of, module, bodies) &&
    bodies.of(module, of).writes.some(write => write.target.is === 'name' && isWithin(call.at, write))

  const isOnce = ({ call, module }: Made, depth: number): boolean => {
    if (depth > maxDepth || module.loops.some(loop => isWithin(call.at, loop))) return false
    const of = bodies.around(module, call.at)
    const owner = innermost(module.classes, call.at)
    if (!of) return !owner || isOne(owner, depth + 1)
    if (isKeptInFile(call, of, module)) return true
    if (/^(constructor|__init__)$/.test(of.name ?? '')) return owner !== undefined && isOne(owner, depth + 1)
    return runsOnce(of, module, depth + 1)
  }

  const isOne = (owner: ClassValue, depth: number): boolean => {
    known ??= allMade()
    const made = known.get(owner) ?? []
    return made.length > 0 && made.every(one => isOnce(one, depth))
  }

  return owner => isOne(owner, 0)
}
