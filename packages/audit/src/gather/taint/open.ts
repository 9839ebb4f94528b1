import type { Call, Module, Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { apply } from './calls.ts'
import { joined, some, text, unmarked, type Datum, type Frame, type Marks } from './data.ts'
import { evaluate } from './evaluate.ts'
import { outcome, passes, reaches, test } from './flow.ts'
import { takenBy } from './inputs.ts'
import { entering } from './fields.ts'
import type { Given, Keeps, Machine, Reached, Tested, Trial } from './machine.ts'
import { memberOf } from './members.ts'
import { callKey, newShared, type Shared } from './shared.ts'

export const maxSteps = 8_000
const maxDepth = 90
const maxCalls = 14

/** The name of a parameter as people write it. */
export const pathName = (path: string[]): string => path.join('.').replaceAll('.[]', '[]')

/** The opposite of `pathName`. */
const partsOf = (name: string): string[] => (name === '' ? [] : name.replaceAll('[]', '.[]').split('.'))

const argumentsOf = (given: Given, isMethod: boolean): Frame['given'] => {
  return (index, name) => {
    if (name.startsWith('...')) return [{ is: 'list', items: given.positional.slice(index).flat() }]
    const position = isMethod ? index - 1 : index
    const named = given.named.get(name)
    if (named) return named
    const whole = given.named.get('...')
    return given.positional[position] ?? (whole ? [some()] : undefined)
  }
}

/** A machine for one trial; what is shared is the same in all trials with the same unknown texts. */
export const openMachine = (
  trial: Trial,
  { resolver, bodies, graph }: Pick<Reach, 'resolver' | 'bodies' | 'graph'>,
  mayRefuse: (call: Call, module: Module) => boolean,
  keeps: Keeps,
  shared: Shared = newShared(),
): Machine => {
  const tests = new Map<Frame, Map<Value, Tested>>()
  const ways = new Map<Frame, Map<number, Reached>>()
  let depth = 0
  let calls = 0
  /** How often it was asked what other requests may have set. */
  let kept = 0

  const isSpent = (): boolean => {
    if (++trial.steps <= maxSteps && depth <= maxDepth && calls <= maxCalls) return false
    trial.doubts.add(
      trial.steps > maxSteps ? 'more steps than are followed' : 'more calls inside of calls than are followed',
    )
    return true
  }

  const marksOf = (datum: Datum, level: number): Marks => {
    if (level > 4) return unmarked
    switch (datum.is) {
      case 'text':
      case 'constant':
      case 'some':
        return datum.marks
      case 'number':
        return datum.marks ?? unmarked
      case 'input': {
        const name = pathName(datum.path)
        if (trial.attacked === null) return new Set([name])
        return trial.attacked === name ||
          name === '' ||
          trial.attacked.startsWith(`${name}.`) ||
          trial.attacked.startsWith(`${name}[`)
          ? new Set([trial.attacked])
          : unmarked
      }
      case 'list':
        return joined([datum.marks ?? unmarked, ...datum.items.map(item => marksOf(item, level + 1))])
      case 'fields':
        return joined([...datum.fields.values()].flat().map(item => marksOf(item, level + 1)))
      case 'record':
        return joined(
          datum.of.fields.flatMap(([, value]) =>
            value.is === 'function' ? [] : machine.values(value, datum.frame).map(one => marksOf(one, level + 1)),
          ),
        )
      case 'method':
        return marksOf(datum.of, level + 1)
      default:
        return unmarked
    }
  }

  const machine: Machine = {
    trial,
    resolver,
    bodies,
    methods: name => graph.methods(name),
    mayRefuse,
    keeps,
    kept: () => kept++,
    values: (value, frame) => {
      const before = frame.known.get(value)
      if (before) return before
      if (isSpent()) return [some()]
      // whoever asks for it while it is worked out gets what says nothing
      frame.known.set(value, [some()])
      depth++
      const found = evaluate(value, frame, machine)
      depth--
      frame.known.set(value, found)
      return found
    },
    member: (of, name) => memberOf(of, name, machine),
    apply: (callee, given, call) => {
      const key = callee.is === 'closure' ? callKey(callee, given, shared, machine) : null
      if (key === null || callee.is !== 'closure') return apply(callee, given, call, machine)
      const known = shared.outcomes.get(callee.of) ?? new Map<string, Datum[]>()
      shared.outcomes.set(callee.of, known)
      const before = known.get(key)
      if (before) return before
      known.set(key, [some()])
      const asked = kept
      const found = apply(callee, given, call, machine)
      // what other requests may have set is another text in another trial
      if (kept === asked) known.set(key, found)
      else known.delete(key)
      return found
    },
    enter: (callee, given) => {
      const { module } = callee.frame
      const isMethod = module.language === 'python' && /^(self|cls)$/.test(callee.of.parameters[0] ?? '')
      const frame: Frame = {
        module,
        function: callee.of,
        outer: callee.frame,
        self: callee.self ?? null,
        given: given && argumentsOf(given, isMethod),
        known: new Map(),
      }
      return given ? entering(frame, given, machine) : frame
    },
    plain: datum => {
      if (datum.is !== 'input') return [datum]
      const name = pathName(datum.path)
      if (trial.attacked === null) return [some(new Set([name]))]
      // a record that has the attacked text somewhere inside is there, and is no text
      if (name !== trial.attacked) return marksOf(datum, 0).size > 0 ? [datum] : [some()]
      for (const declared of datum.declared) {
        const { isAdvice } = declared
        const taken = takenBy(declared, datum.path, trial.sample, resolver)
        if (taken === 'refuses' && !isAdvice) return []
        if (taken !== 'takes')
          trial.doubts.add(
            taken === 'unknown'
              ? `the schema of ${name || 'the arguments'} has a rule that was not read`
              : `the schema of ${name || 'the arguments'} is told to clients, and whether the server holds the arguments against it was not decided`,
          )
      }
      return [text(trial.sample, new Set([name]))]
    },
    isRefused: input => {
      if (input.is !== 'input' || trial.attacked === null) return false
      const name = pathName(input.path)
      const isAround = name === '' || trial.attacked.startsWith(`${name}.`) || trial.attacked.startsWith(`${name}[`)
      if (trial.attacked !== name && !isAround) return false
      const rest = partsOf(trial.attacked).slice(input.path.length)
      return input.declared.some(
        declared =>
          !declared.isAdvice && takenBy(declared, [...input.path, ...rest], trial.sample, resolver) === 'refuses',
      )
    },
    marks: datum => marksOf(datum, 0),
    items: datum => {
      if (datum.is === 'list') return datum.items
      if (datum.is === 'input') return [{ ...datum, path: [...datum.path, '[]'] }]
      return null
    },
    top: module => {
      let frame = shared.tops.get(module)
      if (!frame) {
        frame = { module, function: null, outer: null, self: null, given: null, known: new Map(), isTop: true }
        shared.tops.set(module, frame)
      }
      return frame
    },
    outcome: frame => {
      if (isSpent()) return [some()]
      calls++
      const found = outcome(frame, machine)
      calls--
      return found
    },
    reaches: (frame, at, isStrict = false) => {
      const known = ways.get(frame) ?? new Map<number, Reached>()
      ways.set(frame, known)
      const key = isStrict ? -at - 1 : at
      const before = known.get(key)
      if (before) return before
      known.set(key, { is: 'yes' })
      const found = reaches(frame, at, machine, isStrict)
      known.set(key, found)
      return found
    },
    passes: (frame, at, to) => passes(frame, at, to, machine),
    test: (value, frame) => {
      const known = tests.get(frame) ?? new Map<Value, Tested>()
      tests.set(frame, known)
      const before = known.get(value)
      if (before) return before
      known.set(value, { holds: null, isMarked: false })
      const found = test(value, frame, machine)
      known.set(value, found)
      return found
    },
  }
  return machine
}
