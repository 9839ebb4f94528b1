import type { FunctionValue } from '../code/values.ts'
import type { Entry, Reach } from '../reach.ts'
import type { Edge } from '../reached/graph.ts'
import { openArriving } from './arriving.ts'
import {
  anyOption,
  around,
  attacksOf,
  begun,
  behind,
  ended,
  isRedirect,
  isUnlisted,
  links,
  redirects,
  siblings,
  succeeds,
  unlisted,
  type Attack,
} from './attacks.ts'
import type { Datum } from './data.ts'
import { isField } from './fields.ts'
import { follow } from './follow.ts'
import { folders } from './folders.ts'
import type { Machine, Trial } from './machine.ts'
import { maxSteps, openMachine } from './open.ts'
import { openKeeping } from './keeping.ts'
import { openRefusing } from './refusing.ts'
import { newShared, type Shared } from './shared.ts'
import { isHarmless } from './options.ts'
import type { Arrival, Sink } from './sinks.ts'
import { following, otherLanguage, perhapsFollowing } from './sinks/arrival.ts'
import { textOf } from './texts.ts'
import type { Language } from '../trees.ts'

/** A way from a handler to a function, and the place in that function. */
export interface Route {
  entry: Entry
  way: Edge[]
  sink: Sink
  of: FunctionValue
}

/** What becomes of one parameter on one way. */
export interface Judged {
  /** It does harm, that was not decided, or it does none. */
  fate: 'open' | 'undecided' | 'safe'
  /** What was tried and what arrived. */
  attack: Attack | null
  arrived: string | null
  /** All of what arrived was the parameter itself; undecided, a statement that is judged by its words. */
  isWhole: boolean
  /** Checks that let it pass, as file and line. */
  passed: string[]
  /** Why it could not be decided, or what refuses it. */
  because: string | null
}

interface Tried {
  machine: Machine
  trial: Trial
  arrivals: Arrival[]
  /** Where the request was refused; null when it came through. */
  refused: string | null
}

export interface Trying {
  /**
   * What arrives when nothing is known of the request but what its parameters are called; null when the way cannot be
   * gone. `isCut`: that takes more steps than are followed.
   */
  arrivals(route: Route): { arrivals: Arrival[]; machine: Machine; isCut: boolean } | null
  judge(route: Route, arrival: Arrival, parameter: string): Judged
  /** There were more ways to all places together than were followed. */
  isCut(): boolean
}

const fronts: Partial<Record<Arrival['kind'], string>> = { file: folders.root, url: 'https://host.example/' }
/** Steps for a whole repository: some seconds. */
const maxTotalSteps = 1_500_000
const led = 'whether it follows its answer to an address that nobody looked at'
const proof = 'a transaction or a role that can only read would be a proof'
const safe: Judged = { fate: 'safe', attack: null, arrived: null, isWhole: false, passed: [], because: null }
const undecided = (because: string): Judged => ({ ...safe, fate: 'undecided', because })

/** What an arrival is as texts; or what hides it. */
const shownOf = ({ data, kind }: Arrival, machine: Machine): { texts: string[] } | { hidden: string } => {
  const plain: Datum[] = data.flatMap(datum => machine.plain(datum))
  const texts = plain.map((datum, index) => textOf(datum, index === 0 && kind !== 'arguments', machine))
  if (texts.every(text => text !== null)) return { texts }
  const hidden = plain.find(datum => datum.is === 'some' && datum.marks.size > 0)
  return { hidden: (hidden?.is === 'some' && hidden.why) || 'what is made of it' }
}

export const openTrying = (reach: Reach): Trying => {
  const { bodies, resolver } = reach
  const mayRefuse = openRefusing(resolver, bodies)
  const shared = new Map<string, Shared>()
  let total = 0
  /** Steps to find out what arrives at all. */
  let arrived = 0
  let isCut = false
  const arriving = new Map<Language, ReturnType<typeof openArriving>>()

  const machineFor = (
    language: Language,
    kind: Arrival['kind'] | null,
    attacked: string | null,
    sample: string,
  ): Machine => {
    const unknown = { front: (kind && fronts[kind]) ?? 'x', inside: 'x' }
    const key = `${language} ${unknown.front} ${attacked === null}`
    const known = shared.get(key) ?? newShared()
    shared.set(key, known)
    const sets = {
      prefixes: new Set<string>(),
      endings: new Set<string>(),
      parts: new Set<string>(),
      passed: new Set<string>(),
      doubts: new Set<string>(),
      refusals: new Set<string>(),
      listed: new Set<string>(),
    }
    const trial: Trial = { attacked, sample, language, unknown, ...sets, steps: 0 }
    return openMachine(trial, reach, mayRefuse, keeps, known)
  }
  const keeps = openKeeping(reach, language => machineFor(language, null, null, ''))

  const attempt = (
    { entry, way, sink, of }: Route,
    kind: Arrival['kind'],
    parameter: string,
    sample: string,
  ): Tried | null => {
    const machine = machineFor(sink.module.language, kind, parameter, sample)
    const { trial } = machine
    const frames = follow(entry, way, { function: of, module: sink.module }, machine)
    const frame = frames?.at(-1)
    if (!frames || !frame) return null
    let refused: string | null = null
    for (const [index, each] of frames.entries()) {
      const edge = way[index]
      const reached = machine.reaches(each, edge ? (edge.call?.at ?? edge.to.at) : sink.call.at, true)
      if (reached.is === 'no') {
        refused = reached.by
        break
      }
      if (reached.is === 'maybe') trial.doubts.add(reached.by)
    }
    const arrivals = refused === null ? sink.rule.look(sink.call, frame, machine, sink.path) : []
    total += trial.steps
    return { arrivals, refused, trial, machine }
  }

  /** What one attack does; null when it does nothing. */
  const outcome = (
    { arrivals, machine, trial }: Tried,
    kind: Arrival['kind'],
    parameter: string,
    attack: Attack,
  ): Judged | null => {
    let doubt: Judged | null = null
    for (const arrival of arrivals) {
      const isMarked = arrival.data.some(datum => machine.marks(datum).has(parameter))
      if (arrival.kind !== kind || !isMarked) continue
      const shown = shownOf(arrival, machine)
      if ('hidden' in shown) {
        if (kind !== 'arguments' || arrival.program !== null) doubt = undecided(shown.hidden)
        continue
      }
      if (arrival.program === otherLanguage && shown.texts[0] === attack.sample)
        doubt = undecided('what a whole query in this language may change')
      if (!succeeds({ ...arrival, texts: shown.texts }, attack)) continue
      const reasons = [...trial.doubts].slice(0, 3).join(', ')
      if (isUnlisted(attack))
        return reasons === ''
          ? { ...undecided(`${attack.form}; ${proof}`), isWhole: true }
          : undecided(`rules about the text of a statement (${reasons}); ${proof}`)
      if (reasons !== '') doubt = undecided(reasons)
      else if (arrival.guard !== undefined) doubt = undecided(arrival.guard)
      else if (arrival.program === perhapsFollowing && isRedirect(attack)) doubt = undecided(led)
      else {
        const arrived = shown.texts.join(' ').slice(0, 160)
        const passed = [...trial.passed].slice(0, 3)
        return { fate: 'open', attack, arrived, isWhole: shown.texts[0] === attack.sample, passed, because: null }
      }
    }
    return doubt
  }

  /** The program that gets the arguments, as far as it shows once they are known. */
  const programFor = (route: Route, { kind, program }: Arrival, parameter: string): string | null => {
    if (kind !== 'arguments' || program !== null) return program
    const found = attempt(route, kind, parameter, 'x')?.arrivals.find(one => one.kind === kind && one.program !== null)
    return found?.program ?? null
  }

  /** A program whose options are not known: whether one of an attacker gets there at all. */
  const judgeOption = (route: Route, program: string | null, parameter: string): Judged => {
    if (program !== null && isHarmless(program)) return { ...safe, because: `no option of ${program} does harm` }
    const found = attempt(route, 'arguments', parameter, anyOption.sample)
    const what = found && outcome(found, 'arguments', parameter, anyOption)
    if (what?.fate !== 'open') return what ?? { ...safe, because: 'it does not arrive as an option' }
    return undecided(
      program === null ? 'the program, which is not known' : `the options of ${program}, which are not known`,
    )
  }

  const judge = (route: Route, arrival: Arrival, parameter: string): Judged => {
    const { kind } = arrival
    const program = programFor(route, arrival, parameter)
    const refusals = new Set<string>()
    const tried = new Set<string>()
    const adapted = new Set<Attack>()
    const first = attacksOf(kind, program)
    const queue = [...first]
    let doubt: Judged | null = null
    let isCalled = false
    for (let attack = queue.shift(); attack; attack = queue.shift()) {
      if (tried.has(attack.sample)) continue
      tried.add(attack.sample)
      if (total > maxTotalSteps) return undecided('the number of ways that lead there')
      const found = attempt(route, kind, parameter, attack.sample)
      if (!found) continue
      isCalled = true
      if (found.trial.steps > maxSteps) return undecided('the number of steps that lead there')
      if (kind === 'file') queue.push(...siblings(found.trial.prefixes))
      if (first.includes(attack)) queue.push(...begun(kind, attack, found.trial.prefixes))
      if (first.includes(attack)) queue.push(...around(kind, found.trial))
      if (!adapted.has(attack))
        for (const one of ended(kind, attack, found.trial.endings)) {
          adapted.add(one)
          queue.push(one)
        }
      if (kind === 'shell') queue.push(...behind(found.trial.listed))
      if (found.refused) refusals.add(found.refused)
      else if (found.arrivals.length === 0) for (const by of found.trial.refusals) refusals.add(by)
      const what = outcome(found, kind, parameter, attack)
      // whether it gets as far as the field was not tried
      if (what?.fate === 'open' && isField(parameter)) return undecided(`what other calls set ${parameter} to`)
      if (what?.fate === 'open') return what
      if (!doubt?.isWhole && isUnlisted(attack)) doubt = what ?? doubt
      doubt ??= what
      if (queue.length > 0) continue
      if (kind === 'sql' && program !== otherLanguage) queue.push(...unlisted(program))
      if (doubt !== null) continue
      if (kind === 'file') queue.push(...links)
      if (arrival.program === following || arrival.program === perhapsFollowing) queue.push(...redirects)
    }
    if (kind === 'arguments' && tried.size === 0) return judgeOption(route, program, parameter)
    if (!isCalled) return { ...safe, because: 'it is never called in this way' }
    if (doubt) return doubt
    const by = [...refusals].slice(0, 3).join(', ')
    return { ...safe, because: by === '' ? 'what arrives does no harm' : `refused in ${by}` }
  }

  return {
    arrivals: route => {
      const { sink, of } = route
      const { language } = sink.module
      const open = (): Machine => machineFor(language, null, null, '')
      if (arrived > maxTotalSteps) {
        isCut = true
        return null
      }
      const arrive = arriving.get(language) ?? openArriving(open, maxSteps)
      arriving.set(language, arrive)
      const last = { function: of, module: sink.module }
      const met = arrive(route, last, (frame, machine) => sink.rule.look(sink.call, frame, machine, sink.path))
      arrived += met.steps
      return met.found && { arrivals: met.found, machine: met.machine, isCut: met.isCut }
    },
    judge,
    isCut: () => isCut,
  }
}
