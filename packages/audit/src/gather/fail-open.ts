import { gatherer } from '../core/item.ts'
import { isWithin, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A check that lets pass what it should have looked at when the look itself fails. */
export interface FailOpen {
  name: string
  file: string
  /** Of the answer in the handler of the exception. */
  line: number
}

const permission =
  /(allow|permi|authori[sz]|validat|isvalid|is_valid|trusted|safe|secure|access|policy|eligible|granted|whitelist)/i
const refusal = /(block|den(y|ied)|forbid|restrict|banned|blacklist|unsafe|disallow)/i

/** What the function answers when a caller may go on; null when its name does not say. */
const letsPass = (name: string): boolean | null => (refusal.test(name) ? false : permission.test(name) ? true : null)

const inFunction = (of: FunctionValue, module: Module, { bodies }: Reach): FailOpen[] => {
  const name = of.name ?? module.declarations.find(({ value }) => value === of)?.name ?? ''
  const pass = letsPass(name)
  if (pass === null) return []
  const { returns, tries } = bodies.of(module, of)
  const handlers = tries.flatMap(one => one.handlers.map(handler => ({ handler, isNarrow: handler.types.length > 0 })))
  const inHandler = (at: number): boolean => handlers.some(({ handler }) => isWithin(at, handler))
  // it refuses somewhere: else it is no check at all
  const refuses = returns.some(({ value, at }) => !inHandler(at) && !(value.is === 'constant' && value.of === pass))
  const isAnswer = returns.every(({ value }) => value.is !== 'record' && value.is !== 'list' && value.is !== 'text')
  if (!refuses || !isAnswer) return []
  return returns.flatMap(({ value, at, line }) => {
    const found = handlers.find(({ handler }) => isWithin(at, handler))
    if (!found || value.is !== 'constant' || value.of !== pass) return []
    // a look at what went wrong, such as a file that is not there yet
    const isDecided = bodies.of(module, of).guards.some(guard => isWithin(guard.at, found.handler))
    const isNarrow = found.isNarrow && !isEverything(found.handler.types)
    return isDecided || isNarrow ? [] : [{ name, file: module.path, line }]
  })
}

/** `except Exception` and `except BaseException` catch as much as a bare one. */
const isEverything = (types: Value[]): boolean =>
  types.some(type => type.is === 'name' && /^(Base)?Exception$/.test(type.name))

/** Checks on the way of a request that let it pass when they fail themselves. */
export const failOpen = gatherer<FailOpen[], { reach: typeof reach; project: typeof project }>({
  id: 'fail-open',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    return [...reach.graph.functions].flatMap(([of, module]) => (own.has(module) ? inFunction(of, module, reach) : []))
  },
})
