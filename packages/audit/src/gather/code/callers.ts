import { at, type Place, type Thing } from './link.ts'
import { innermost, type Call, type FunctionValue, type Module, type Value } from './values.ts'

export interface Caller {
  call: Call
  module: Module
}

export interface Callers {
  /** The calls of a function; null when they are too many to tell which are meant. */
  of(wanted: FunctionValue, module: Module): Caller[] | null
  /** The call that a function is written into as an argument: `list.map(x => ...)`. */
  around(wanted: FunctionValue): Call | undefined
  functionAt(module: Module, offset: number): FunctionValue | undefined
}

/** Methods with common names are called on too many things to follow them all. */
const maxMethods = 40
const maxCalls = 400

/** Who calls what, found by name first and then by following the callee. */
export const openCallers = (all: Iterable<Module>, things: (value: Value, place: Place) => Thing[]): Callers => {
  const byName = new Map<string, Caller[]>()
  const arounds = new Map<Value, Call>()
  const functions = new Map<Module, Map<number, FunctionValue>>()
  const known = new Map<FunctionValue, Caller[] | null>()
  for (const module of all) {
    functions.set(module, new Map(module.functions.map(one => [one.at, one])))
    const renamed = new Map(
      module.declarations.flatMap(({ name, value }) =>
        value.is === 'import' && value.name !== name ? [[name, value.name] as const] : [],
      ),
    )
    for (const call of module.calls) {
      for (const argument of call.arguments) if (argument.is === 'function') arounds.set(argument, call)
      const { callee } = call
      const written = callee.is === 'name' || callee.is === 'member' ? callee.name : null
      if (written === null) continue
      const original = callee.is === 'name' ? renamed.get(written) : undefined
      for (const name of original ? [written, original] : [written]) {
        const same = byName.get(name)
        if (same) same.push({ call, module })
        else byName.set(name, [{ call, module }])
      }
    }
  }

  const bindings = new Map<Module, Map<Value, string>>()

  /** The first name that each function is declared by. */
  const boundIn = (module: Module): Map<Value, string> => {
    let names = bindings.get(module)
    if (!names) {
      names = new Map()
      for (const { name, value } of module.declarations)
        if (value.is === 'function' && !names.has(value)) names.set(value, name)
      bindings.set(module, names)
    }
    return names
  }

  const isDirect = ({ call: { callee } }: Caller): boolean =>
    callee.is === 'name' ||
    (callee.is === 'member' && callee.of.is === 'name' && /^(this|self|cls)$/.test(callee.of.name))

  const find = (wanted: FunctionValue, module: Module): Caller[] | null => {
    const owner = /^(constructor|__init__)$/.test(wanted.name ?? '') ? innermost(module.classes, wanted.at) : undefined
    const bound = boundIn(module).get(wanted)
    const name = owner?.name ?? wanted.name ?? bound ?? module.exports.find(({ value }) => value === wanted)?.name
    const candidates = (name ? byName.get(name) : undefined) ?? []
    if (candidates.length > maxCalls || candidates.filter(one => !isDirect(one)).length > maxMethods) return null
    return candidates.filter(({ call, module: from }) =>
      things(call.callee, at(from)).some(({ value }) => value === wanted || value === owner),
    )
  }

  return {
    of: (wanted, module) => {
      const before = known.get(wanted)
      if (before !== undefined) return before
      known.set(wanted, [])
      const found = find(wanted, module)
      known.set(wanted, found)
      return found
    },
    around: wanted => arounds.get(wanted),
    functionAt: (module, offset) => functions.get(module)?.get(offset),
  }
}
