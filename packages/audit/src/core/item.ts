import type { Combination } from './combine.ts'
import type { Requirement } from './requirement.ts'
import type { Target } from './target.ts'
import type { Verdict } from './verdict.ts'

/** The only weight an item has. */
export type Level = 'must' | 'should' | 'may'

/** The most a gatherer may do to the target; each includes those before it. */
export const impacts = ['read', 'start', 'call', 'stress'] as const
export type Impact = (typeof impacts)[number]

export const profiles = ['local', 'service', 'complete'] as const
export type Profile = (typeof profiles)[number]

/** Collects or derives one artifact and never judges. The object itself is the token by which a check names it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the token stands for any artifact
export interface Gatherer<T = any, N extends Needs = any> {
  id: string
  impact: Impact
  /** What it looks at. Without it on the target, all that needs this artifact is `unknown`. */
  from: 'repository' | 'server' | 'settings'
  /** What it does to the server, told before it does it: of impact `stress` each has it. Begins with a small letter. */
  does?: string
  /** It measures time: nothing else runs beside it. */
  alone?: true
  /** About how many seconds it takes at a quick server, 1 unless told: what takes long begins first. */
  lasts?: number
  /**
   * Milliseconds until it is given up; 60,000 unless told. Of the time of a clock where it holds the server, else of
   * processor time of the audit.
   */
  deadline?: number
  /** It may be lent a running server in place of one of its own; without it every server it asks for is started. */
  borrows?: Borrowing
  needs?: N
  gather(target: Target, inputs: Inputs<N>): Promise<T> | T
}

/**
 * What a gatherer wants of a server it is lent and what it leaves behind (docs/decisions/0012):
 * - `new`: it is started anew; it is handed on.
 * - `first`: only lists were asked of it before; it is handed on.
 * - `gentle`: others sent it what a careful client sends, as this one does; it is handed on.
 * - `rough`: others may have sent it what no client should, as this one does; only the rough get it afterwards.
 * - `last`: others may have done anything to it; this one ends it.
 */
export type Borrowing = 'new' | 'first' | 'gentle' | 'rough' | 'last'

export type Needs = Record<string, Gatherer>
export type Inputs<N extends Needs> = { readonly [K in keyof N]: N[K] extends Gatherer<infer T> ? T : never }

/** One question about a server, answered from artifacts alone: pure and synchronous. */
// oxlint-disable-next-line typescript/no-explicit-any -- the token stands for any artifact
export interface Check<N extends Needs = any> {
  asks: string
  /** The rows of the item that this check decides; all of them unless told. */
  rows?: number[]
  /** Narrows the item's own `applies` for this question. */
  applies?: Applies
  /** The weight of this question, when it is less than the item's. */
  level?: Level
  /** The one demand of a specification that it is about. */
  requirement?: Requirement
  needs: N
  judge(inputs: Inputs<N>): Verdict
}

export interface Applies {
  profile?: 'local' | 'service'
  transport?: 'stdio' | 'http'
  /** A server capability that has to be declared: `tools`, `prompts`, `resources`. */
  capability?: string
  /** The first and the last protocol revision it holds for. */
  from?: string
  until?: string
}

export interface Item {
  /** Its file name, for ever. */
  id: string
  area: string
  /** The boxes of the checklist it decides; empty means beyond the checklist. */
  rows: number[]
  title: string
  level: Level
  /** What goes wrong in production without it. */
  why: string
  /** How to repair it. */
  how: string
  refs: [string, ...string[]]
  applies?: Applies
  checks: [Check, ...Check[]]
  /** Default `live-outranks-repo`: a decided live verdict wins. */
  combine?: Combination
}

export const gatherer = <T, N extends Needs = Record<never, never>>(definition: Gatherer<T, N>): Gatherer<T, N> =>
  definition
export const check = <N extends Needs>(definition: Check<N>): Check<N> => definition

/** Thrown by a gatherer that cannot decide through no fault of its own: its dependents are `unknown` with this reason. */
export class Undecided extends Error {
  override name = 'Undecided'
}

/** What a check or a gatherer needs, by the name it gives to each. */
export const needsOf = ({ needs }: { needs?: Needs }): [name: string, gatherer: Gatherer][] =>
  Object.entries(needs ?? {})
