import type { Frame, Place, Thing } from './link.ts'
import type { Call, FunctionValue, Value } from './values.ts'

export interface Memo {
  /** What was found out about a value before. */
  known: Map<Value, Thing[]>
  /** What is being followed at the moment: `path = path.strip()` leads back to itself. */
  open: Set<Value>
}

interface Entered {
  function: FunctionValue
  caller: Frame[]
  frames: Frame[]
}

/** Keeps what was found out, apart for each chain of calls; the same chain is always the same array. */
export const openMemos = () => {
  const none: Frame[] = []
  const memos = new WeakMap<Frame[], Memo>()
  const chains = new WeakMap<Frame[], Map<Call, Entered[]>>()
  const rooted = (frames: Frame[]): Frame[] => (frames.length === 0 ? none : frames)

  const of = (frames: Frame[]): Memo => {
    const chain = rooted(frames)
    const memo = memos.get(chain) ?? { known: new Map(), open: new Set() }
    memos.set(chain, memo)
    return memo
  }

  /** The chain of calls inside a function that is called somewhere. */
  const entering = (frames: Frame[], called: FunctionValue, call: Call, place: Place): Frame[] => {
    const base = rooted(frames)
    const caller = rooted(place.frames)
    const calls = chains.get(base) ?? new Map<Call, Entered[]>()
    chains.set(base, calls)
    const entered = calls.get(call) ?? []
    calls.set(call, entered)
    const same = entered.find(one => one.function === called && one.caller === caller)
    if (same) return same.frames
    const made = [...base, { function: called, call, caller: { ...place, frames: caller } }]
    entered.push({ function: called, caller, frames: made })
    return made
  }

  return { of, entering }
}
