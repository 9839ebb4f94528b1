import type { Resolver } from '../../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../../code/values.ts'
import type { Datum, Frame } from '../data.ts'
import type { Machine } from '../machine.ts'

/** What comes to a place where a text of an attacker would do harm. */
export interface Arrival {
  kind: 'file' | 'shell' | 'program' | 'arguments' | 'sql' | 'url' | 'pattern' | 'subject' | 'code' | 'replacement'
  /** What arrives; the arguments of a program are several. */
  data: Datum[]
  /** The program that gets the arguments, or the address; null when it is not known. */
  program: string | null
  /** What looks at it once more, in a way that is not followed. */
  guard?: string
}

/** Who gets an address that is opened outside of the server. */
export const device = 'a device'

/** A database that runs several statements of one text. */
export const several = 'several statements'

/** A program that takes each line that it reads for a command. */
export const lines = 'lines'

/** A database in which one SELECT changes nothing, whatever function it calls. */
export const plainSelect = 'a SELECT that only reads'

/** A database that is asked in another language: what a whole text of it does is not known here. */
export const otherLanguage = 'another language than SQL'

/** A request whose answer may lead to another address, which is asked for as well. */
export const following = 'what it is redirected to'

/** A request of which that cannot be told. */
export const perhapsFollowing = 'what it may be redirected to'

/** What removes or renames a symbolic link leaves alone what it leads to. */
export const linkItself = 'a link itself'

/** A kind of place, told by the name of what is called. */
export interface Rule {
  /** What always arrives when the call is reached; absent where that depends on what is given. */
  kind?: Arrival['kind']
  /** Names outside the repository. */
  path: RegExp
  /** Methods of objects that are not known, and what else has to hold for them. */
  method?: RegExp
  /** Whether a call is worth a closer look, by what is written alone. */
  isCandidate?: (call: Call, module: Module, resolver: Resolver) => boolean
  look: (call: Call, frame: Frame, machine: Machine, path: string) => Arrival[]
}

export const at = (call: Call, index: number, named?: string): Value | undefined =>
  (named === undefined ? undefined : fieldOf(call.named, named)) ?? call.arguments[index]

export const arrivals = (kind: Arrival['kind'], value: Value | undefined, frame: Frame, machine: Machine): Arrival[] =>
  value ? machine.values(value, frame).map(datum => ({ kind, data: [datum], program: null })) : []

/** The last part of what is called. */
export const nameOf = (value: Value): string =>
  value.is === 'name' || value.is === 'member' ? value.name : value.is === 'call' ? nameOf(value.callee) : ''
