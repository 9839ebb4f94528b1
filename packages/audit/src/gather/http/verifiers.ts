import { someIn } from '../code/parts.ts'
import type { FunctionValue, Module, Value } from '../code/values.ts'
import { nameOf } from '../concurrency/paths.ts'
import type { Reach } from '../reach.ts'
import { anyAudience } from './audience.ts'
import { withCalled } from './called.ts'
import type { Guard } from './guards.ts'
import { comparison, writtenIn } from './written-guards.ts'

const verifying = /^(verifyAccessToken|verify_token|verify_access_token|load_access_token)$/

/** What tells nothing of a token: the time, a record of it, a line of the log. */
const harmless =
  /^(now|floor|ceil|round|time|int|str|Number|Date|getTime|AccessToken|AuthInfo|split|log|debug|info|warn|warning|error|URL|resolve|get|slice|trim)$/

/** It never refuses, and asks nobody. */
const acceptsAll = (of: FunctionValue, module: Module, { bodies }: Reach): boolean => {
  const { calls, guards, throws, returns, tries } = bodies.of(module, of)
  if (guards.length > 0 || throws.length > 0 || tries.length > 0) return false
  const answers = returns.length > 0 ? returns.map(({ value }) => value) : of.returns
  const isGiven = ({ is }: { is: string }): boolean => is === 'record' || is === 'call'
  return answers.length > 0 && answers.every(isGiven) && calls.every(call => harmless.test(nameOf(call) || 'nothing'))
}

/** `{ verifyAccessToken: async token => … }`. */
const inRecords = (module: Module): Map<FunctionValue, string> => {
  const found = new Map<FunctionValue, string>()
  const look = (value: Value): void => {
    someIn(value, part => {
      if (part.is === 'record')
        for (const [name, field] of part.fields) if (field.is === 'function') found.set(field, name)
      return false
    })
  }
  for (const { value } of [...module.declarations, ...module.returns]) look(value)
  for (const call of module.calls) look(call)
  return found
}

const namedIn = (module: Module): { of: FunctionValue; name: string }[] => {
  let fields: Map<FunctionValue, string> | null = null
  return module.functions.flatMap(of => {
    if (of.parameters.length === 0 || of.parameters.length > 3) return []
    if (of.name !== null) return [{ of, name: of.name }]
    fields ??= inRecords(module)
    const name = fields.get(of)
    return name === undefined ? [] : [{ of, name }]
  })
}

/** Verifiers of tokens, as the SDKs ask for them, that let tokens pass which are not for this server. */
export const verifiersIn = (module: Module, reach: Reach): Guard[] =>
  namedIn(module).flatMap(({ of, name }): Guard[] => {
    if (!verifying.test(name) || of.parameters.length === 0) return []
    const fault = acceptsAll(of, module, reach)
      ? 'it accepts every token: nothing in it looks at the token'
      : anyAudience(withCalled({ of, module }, reach), reach)
    const timed = fault ?? comparison(writtenIn(module, of, reach), { module, frames: [] }, reach.resolver)
    if (timed === null) return []
    const isTimed = fault === null ? { isTimed: true as const } : {}
    return [{ of: 'credential', file: module.path, line: of.line, by: name, fault: timed, ...isTimed }]
  })
