import type { Call, FunctionValue, Guard, Loop, Module, Try, Value, Write } from '../code/values.ts'

interface Returned {
  value: Value
  at: number
  line: number
}

/** What belongs to a function itself and not to a function inside it; in the order of the source. */
export interface Body {
  calls: Call[]
  /** Functions that are written right inside it. */
  functions: FunctionValue[]
  guards: Guard[]
  tries: Try[]
  loops: Loop[]
  writes: Write[]
  returns: Returned[]
  throws: Returned[]
  branches: Module['branches']
}

export interface Bodies {
  /** The body of a function; of the top level of a file when there is none. */
  of(module: Module, of: FunctionValue | null): Body
  /** The function around an offset. */
  around(module: Module, offset: number): FunctionValue | null
}

const emptyBody = (): Body => ({
  calls: [],
  functions: [],
  guards: [],
  tries: [],
  loops: [],
  writes: [],
  returns: [],
  throws: [],
  branches: [],
})

/** For each offset the smallest range around it, by halving: ranges are nested in each other or apart. */
const openAround = (functions: FunctionValue[]): ((offset: number) => FunctionValue | null) => {
  const sorted = functions.toSorted((a, b) => a.at - b.at || b.end - a.end)
  const parents = new Map<FunctionValue, FunctionValue | null>()
  const open: FunctionValue[] = []
  for (const one of sorted) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= one.at) open.pop()
    parents.set(one, open.at(-1) ?? null)
    open.push(one)
  }
  return offset => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle]?.at ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    let found: FunctionValue | null = sorted[low - 1] ?? null
    while (found && found.end <= offset) found = parents.get(found) ?? null
    return found
  }
}

interface Indexed {
  around(offset: number): FunctionValue | null
  bodies: Map<FunctionValue | null, Body>
}

const indexed = (module: Module): Indexed => {
  const around = openAround(module.functions)
  const bodies = new Map<FunctionValue | null, Body>()
  const of = (offset: number): Body => {
    const owner = around(offset)
    const known = bodies.get(owner)
    if (known) return known
    const made = emptyBody()
    bodies.set(owner, made)
    return made
  }
  for (const call of module.calls) of(call.at).calls.push(call)
  // a function stands in what is around its first character
  for (const one of module.functions) of(one.at - 1).functions.push(one)
  for (const guard of module.guards) of(guard.at).guards.push(guard)
  for (const one of module.tries) of(one.at).tries.push(one)
  for (const loop of module.loops) of(loop.at).loops.push(loop)
  for (const write of module.writes) of(write.at).writes.push(write)
  for (const one of module.returns) of(one.at).returns.push(one)
  for (const one of module.throws) of(one.at).throws.push(one)
  for (const branch of module.branches) of(branch.at).branches.push(branch)
  for (const body of bodies.values()) body.calls.sort((a, b) => a.end - b.end)
  return { around, bodies }
}

/** Sorts what stands in each file by the function it belongs to. */
export const openBodies = (modules: Iterable<Module>): Bodies => {
  const known = new Map<Module, Indexed>()
  const of = (module: Module): Indexed => {
    const before = known.get(module)
    if (before) return before
    const made = indexed(module)
    known.set(module, made)
    return made
  }
  for (const module of modules) of(module)
  return {
    of: (module, owner) => of(module).bodies.get(owner) ?? emptyBody(),
    around: (module, offset) => of(module).around(offset),
  }
}
