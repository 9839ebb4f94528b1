import type { Place } from '../code/resolve.ts'
import type { FunctionValue, Range } from '../code/values.ts'

/** A test that a runner collects, or a script that is run as one. */
export interface TestCase {
  name: string
  body: FunctionValue
  /** Its file, and what its parameters stand for. */
  place: Place
  line: number
  /** Functions that run before it and whose results it may use: by the name of the parameter, or under none. */
  before: { name: string | null; body: FunctionValue; place: Place }[]
}

/** A test that no runner runs, and why. */
export interface DeadTest {
  path: string
  line: number
  name: string
  because: string
}

export interface Cases {
  cases: TestCase[]
  dead: DeadTest[]
}

/** `client`: through a client or a transport. `server`: by name, at the server object. `function`: what is registered. */
export type Way = 'client' | 'server' | 'function'

/** A call that a test makes to the server. */
export interface Site extends Range {
  /** A method of the protocol, such as `tools/call`. */
  method: string
  /** Null when the name is made at run time. */
  tools: (string | null)[]
  way: Way
  line: number
  path: string
  isAsserted: boolean
  isRefused: boolean
  /** Something is said of it, and that is about an error. */
  isRefusedByText: boolean
}
