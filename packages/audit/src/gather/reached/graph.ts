import type { Resolver } from '../code/resolve.ts'
import type { Call, ClassValue, FunctionValue, Module, Value } from '../code/values.ts'
import type { Kind } from '../registered/facts.ts'
import type { Bodies } from './bodies.ts'
import { fieldCalled, inWrittenMap, openTables, takenOut, type Tables, type Target } from './tables.ts'

/** A way from one function into another. */
export interface Edge {
  from: FunctionValue
  module: Module
  /** Null when the other function stands inside the first one, and is called by whatever it is given to. */
  call: Call | null
  to: FunctionValue
  target: Module
  /** Told by the name of the method alone, which several classes have. */
  isLoose?: true
  /** What a table of those has in the field that is called. */
  table?: Kind
  /** The argument that stands for the function, where a table was handed over to be called by another. */
  handed?: number
}

export interface Graph {
  /** Functions that are reached, with the file they stand in. */
  functions: ReadonlyMap<FunctionValue, Module>
  /** The ways that lead into a function. */
  into(of: FunctionValue): readonly Edge[]
  /** Methods of the classes of the repository; none for names that lists, texts and the like have as well. */
  methods(name: string): readonly { function: FunctionValue; module: Module }[]
  /** Whether a function of the repository was found behind a call. */
  follows(call: Call): boolean
  /** Whether tables of tools have functions or classes in that field. */
  tabled(field: string): boolean
  /** More functions are reached than were followed. */
  cut: boolean
}

const maxFunctions = 20_000
/** A method that so many classes have says nothing about which of them is meant. */
const maxOwners = 60
/** Methods that texts, lists, maps, promises and streams have as well. */
const common =
  /^(constructor|toString|toJSON|valueOf|then|catch|finally|map|filter|forEach|find|some|every|reduce|push|pop|shift|slice|splice|concat|join|split|trim|replace|replaceAll|match|test|includes|indexOf|startsWith|endsWith|keys|values|entries|get|set|has|add|delete|clear|on|once|off|emit|write|end|pipe|bind|apply|call|next|log|info|warn|error|debug|append|extend|items|update|copy|strip|lower|upper|format|encode|decode|startswith|endswith|close|open|read|connect|parse|safeParse|json|text|start|stop|setTimeout|exists|resolve|reject|sort|flat|flatMap|at|__init__|__enter__|__exit__)$/

const methodsByName = (modules: Iterable<Module>): Map<string, Target[]> => {
  const found = new Map<string, Target[]>()
  for (const module of modules)
    for (const { members } of module.classes)
      for (const { name, value } of members)
        if (value.is === 'function' && !common.test(name)) {
          const same = found.get(name)
          if (same) same.push({ function: value, module })
          else found.set(name, [{ function: value, module }])
        }
  return found
}

/** A table of prompts has no functions of tools. */
export const isFor = (kind: Kind, { table }: Edge): boolean => table === undefined || table === kind

const constructorOf = ({ members }: ClassValue): FunctionValue | null => {
  const made = members.find(({ name }) => name === 'constructor' || name === '__init__')?.value
  return made?.is === 'function' ? made : null
}

/** Follows calls from the functions where requests enter to all that they reach. */
export const openGraph = (starts: Target[], modules: Iterable<Module>, bodies: Bodies, resolver: Resolver): Graph => {
  const all = [...modules]
  const methods = methodsByName(all)
  let opened: Tables | null = null
  const tables = (): Tables => (opened ??= openTables(all, resolver))
  const functions = new Map<FunctionValue, Module>()
  const into = new Map<FunctionValue, Edge[]>()
  const followed = new Set<Call>()
  const open: Target[] = []
  let cut = false

  const add = (target: Target): void => {
    if (functions.has(target.function)) return
    if (functions.size >= maxFunctions) {
      cut = true
      return
    }
    functions.set(target.function, target.module)
    open.push(target)
  }
  const link = (edge: Edge): void => {
    const known = into.get(edge.to)
    if (known) known.push(edge)
    else into.set(edge.to, [edge])
    add({ function: edge.to, module: edge.target })
  }

  const targetsOf = (value: Value, module: Module): { targets: Target[]; isLoose: boolean } => {
    const found: Target[] = []
    let isOpen = false
    let isTaken = value.is === 'name'
    for (const thing of resolver.things(value, { module, frames: [] })) {
      const { value: of } = thing
      if (of.is === 'function') found.push({ function: of, module: thing.module })
      else if (of.is === 'class') {
        const made = constructorOf(of)
        if (made) found.push({ function: made, module: thing.module })
      } else if (of.is !== 'external') isOpen = true
      else if (takenOut.test(of.path)) [isOpen, isTaken] = [true, true]
    }
    const written = found.length === 0 ? inWrittenMap(value, module, resolver) : []
    if (written.length > 0) return { targets: written, isLoose: written.length > 1 }
    const isMethod = value.is === 'member' && !value.keyed && isOpen && found.length === 0
    const named = isMethod ? methods.get(value.name) : undefined
    if (named && named.length <= maxOwners) return { targets: named, isLoose: named.length > 1 }
    const field = isOpen && found.length === 0 && !named ? fieldCalled(value, module) : null
    if (field === null) return { targets: found, isLoose: false }
    const targets = tables()
      .functions(field)
      .filter(({ table }) => table !== undefined || !isTaken)
    return { targets, isLoose: true }
  }

  for (const start of starts) add(start)
  for (let next = open.pop(); next; next = open.pop()) {
    const { function: from, module } = next
    const body = bodies.of(module, from)
    for (const inner of body.functions) link({ from, module, call: null, to: inner, target: module })
    for (const call of body.calls) {
      const { targets, isLoose } = targetsOf(call.callee, module)
      if (targets.length > 0) followed.add(call)
      for (const { function: to, module: target, table } of targets)
        link({ from, module, call, to, target, ...(isLoose ? { isLoose } : {}), ...(table ? { table } : {}) })
      // functions that are handed over by name: `names.map(readOne)`
      for (const [handed, argument] of [...call.arguments, ...call.named.map(([, value]) => value)].entries())
        if (argument.is === 'name' || argument.is === 'member')
          for (const { value, module: target } of resolver.things(argument, { module, frames: [] }))
            if (value.is === 'function') link({ from, module, call, to: value, target })
            // `to_thread(tool["function"], arguments)`
            else if (value.is === 'unknown' && argument.is === 'member' && fieldCalled(argument, module))
              for (const { function: to, module: at, table } of tables().functions(argument.name))
                if (table) link({ from, module, call, to, target: at, isLoose: true, table, handed })
    }
  }
  return {
    functions,
    into: of => into.get(of) ?? [],
    methods: name => methods.get(name) ?? [],
    follows: call => followed.has(call),
    tabled: field => tables().holds(field),
    cut,
  }
}
