import type { FunctionValue, Module } from '../code/values.ts'
import type { Entry } from '../reach.ts'
import type { Edge } from '../reached/graph.ts'
import type { Frame } from './data.ts'
import { enterAt } from './entering.ts'
import { into } from './follow.ts'
import type { Machine } from './machine.ts'

interface Step {
  /** Null when the calls cannot be what they look like. */
  frame: Frame | null
  next: Map<Edge, Step>
}

interface Known {
  machine: Machine
  starts: Map<Entry, Map<FunctionValue, Step>>
  count: number
}

/** Where a way takes more steps than are followed, and the machine that gave it up: it is not gone so far again. */
interface Spent {
  way: readonly Edge[]
  machine: Machine
  steps: number
  step: Step
}

export interface Arrived<Found> {
  /** Null when the way cannot be gone. */
  found: Found | null
  machine: Machine
  /** What it took. */
  steps: number
  /** It takes more steps than are followed. */
  isCut: boolean
}

/** Frames that are kept: some tens of megabytes. */
const maxKept = 2_000

const keep = (frame: Frame | null): Step => ({ frame, next: new Map() })

/** Follows ways when nothing is known of the request: those that begin alike are followed together, once. */
export const openArriving = (open: () => Machine, maxSteps: number) => {
  const anew = (): Known => ({ machine: open(), starts: new Map(), count: 0 })
  const spent = new Map<Entry, Spent[]>()
  let known = anew()

  const startOf = (entry: Entry, of: FunctionValue, module: Module): Step => {
    const byFunction = known.starts.get(entry) ?? new Map<FunctionValue, Step>()
    known.starts.set(entry, byFunction)
    const step = byFunction.get(of) ?? keep(enterAt(entry, of, module, known.machine))
    byFunction.set(of, step)
    return step
  }

  /** @returns what `look` finds where a way ends. */
  return <Found>(
    { entry, way }: { entry: Entry; way: Edge[] },
    last: { function: FunctionValue; module: Module },
    look: (frame: Frame, machine: Machine) => Found,
  ): Arrived<Found> => {
    if (known.count > maxKept) known = anew()
    const given = spent.get(entry)?.find(one => one.way.every((edge, index) => edge === way[index]))
    const machine = given?.machine ?? known.machine
    const { trial } = machine
    trial.steps = given?.steps ?? 0
    const start = way[0] ? { function: way[0].from, module: way[0].module } : last
    let step = given?.step ?? startOf(entry, start.function, start.module)
    for (const [index, edge] of way.entries()) {
      if (!step.frame) break
      if (given && index < given.way.length) continue
      const next: Step = step.next.get(edge) ?? keep(into(edge, step.frame, machine))
      step.next.set(edge, next)
      step = next
      known.count++
      if (trial.steps <= maxSteps || machine !== known.machine) continue
      const { steps } = trial
      spent.set(entry, [...(spent.get(entry) ?? []), { way: way.slice(0, index + 1), machine, steps, step }])
      known = anew()
    }
    const found = step.frame ? look(step.frame, machine) : null
    const { steps } = trial
    const isCut = steps > maxSteps
    // what was given up is not known to the next
    if (isCut && machine === known.machine) known = anew()
    return { found, machine, steps: steps - (given?.steps ?? 0), isCut }
  }
}
