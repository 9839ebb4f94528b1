import { visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Entry, Reach } from '../reach.ts'
import { spot } from './machine.ts'

const reporting =
  /^(log|trace|debug|info|warn|warning|error|capture|track|record|observe|emit|notify|print|write|push|append|set|has|get|add|assign|stringify|dumps|parse|safeParse|keys|values|entries|items|bind|then|resolve|reject|next)$/i

const isOwnParameter = (value: Value, of: FunctionValue, module: Module): boolean => {
  const inner = value.is === 'spread' ? value.of : value
  return (
    inner.is === 'name' &&
    visibleAt(module, inner.name, inner.at).some(
      ({ value: declared, from }) => from === of.at && (declared.is === 'parameter' || declared.is === 'unknown'),
    )
  )
}

/** Handlers of Python get each argument by its name: a method of one of them or of a text gets one as well. */
const isHandingOn = ({ callee, arguments: given, named }: Call, of: FunctionValue, module: Module): boolean =>
  (callee.is === 'name' || (callee.is === 'member' && module.language !== 'python')) &&
  !reporting.test(callee.name) &&
  [...given, ...named.map(([, value]) => value)].some(value => isOwnParameter(value, of, module))

/** Handlers that hand all they are given to a function that was not found: what that one does is not known. */
export const hiddenBehind = (entries: Entry[], { bodies, graph, resolver }: Reach): string[] =>
  entries.flatMap(({ functions }) =>
    functions.flatMap(({ function: of, module }) =>
      bodies
        .of(module, of)
        .calls.filter(call => isHandingOn(call, of, module))
        .filter(({ callee }) => {
          const things = resolver.things(callee, { module, frames: [] })
          const isNamed = callee.is === 'member' && graph.methods(callee.name).length > 0
          return !isNamed && things.every(({ value }) => value.is === 'unknown')
        })
        .map(call => spot(module, call.line)),
    ),
  )
