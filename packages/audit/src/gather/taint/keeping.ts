import type { FunctionValue, Module, Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { isFor } from '../reached/graph.ts'
import type { Language } from '../trees.ts'
import { openArriving } from './arriving.ts'
import type { Keeps, Machine } from './machine.ts'
import { maxSteps } from './open.ts'
import { waysTo } from './ways.ts'

/** Ways that are looked at for one field, and steps for all of them together. */
const maxWays = 12
const maxTotalSteps = 400_000

/** Whether something of a request gets into a field, by any way from a handler to the function that sets it. */
export const openKeeping = (
  { entries, graph }: Pick<Reach, 'entries' | 'graph'>,
  open: (language: Language) => Machine,
): Keeps => {
  const known = new Map<Value, boolean>()
  const arriving = new Map<Language, ReturnType<typeof openArriving>>()
  let total = 0

  const look = (value: Value, of: FunctionValue, module: Module): boolean => {
    if (!graph.functions.has(of)) return false
    const isEntry = (from: FunctionValue): boolean =>
      entries.some(({ functions }) => functions.some(one => one.function === from))
    const { ways } = waysTo(of, graph, isEntry)
    const arrive = arriving.get(module.language) ?? openArriving(() => open(module.language), maxSteps)
    arriving.set(module.language, arrive)
    for (const way of ways.slice(0, maxWays)) {
      const start = way[0]?.from ?? of
      const entry = entries.find(
        ({ kind, functions }) => functions.some(one => one.function === start) && way.every(edge => isFor(kind, edge)),
      )
      if (!entry) continue
      if (total > maxTotalSteps) return true
      const met = arrive({ entry, way }, { function: of, module }, (frame, machine) =>
        machine.values(value, frame).some(one => machine.marks(one).size > 0),
      )
      total += met.steps
      if (met.found || met.isCut) return true
    }
    return ways.length > maxWays
  }

  return (value, of, module) => {
    const before = known.get(value)
    if (before !== undefined) return before
    // a field may be set to what it was
    known.set(value, false)
    const found = look(value, of, module)
    known.set(value, found)
    return found
  }
}
