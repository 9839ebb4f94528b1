import { visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Entry, Reach } from '../reach.ts'
import { spot } from './machine.ts'
import { isCallOfLost, isNothing } from './values.ts'

const reporting =
  /^(log|trace|debug|info|warn|warning|error|capture|track|record|observe|emit|notify|print|write|push|append|set|has|get|add|assign|stringify|dumps|parse|safeParse|validate|model_validate|model_dump|keys|values|entries|items|bind|then|resolve|reject|next)$/i

const isOwnParameter = (value: Value, of: FunctionValue, module: Module, but: string | undefined): boolean => {
  const inner = value.is === 'spread' ? value.of : value
  return (
    inner.is === 'name' &&
    inner.name !== but &&
    visibleAt(module, inner.name, inner.at).some(
      ({ value: declared, from }) => from === of.at && (declared.is === 'parameter' || declared.is === 'unknown'),
    )
  )
}

/**
 * Handlers of Python get each argument by its name: a method of one of them or of a text gets one as well. Only where
 * one handler serves all tools a parameter holds all that is given; the name of the tool, which is the first, is no part.
 */
const isHandingOn = (
  { callee, arguments: given, named }: Call,
  { function: of, module }: Entry['functions'][number],
  serves: Entry['given'],
): boolean => {
  const isPython = module.language === 'python'
  const isWhole = !isPython || serves === 'name and arguments'
  const but = isPython && callee.is === 'member' ? of.parameters[0] : undefined
  return (
    (callee.is === 'name' || (callee.is === 'member' && isWhole)) &&
    !reporting.test(callee.name) &&
    givesOwn({ arguments: given, named }, of, module, but)
  )
}

const givesOwn = (
  { arguments: given, named }: Pick<Call, 'arguments' | 'named'>,
  of: FunctionValue,
  module: Module,
  but?: string,
): boolean => [...given, ...named.map(([, value]) => value)].some(value => isOwnParameter(value, of, module, but))

/** `Tool(work).run(arguments)`: an object of a library that was made of functions of the repository calls them. */
const isMadeOfOwn = (path: string, { modules, resolver }: Reach): boolean => {
  const [, maker] = /^(.+)\(\)\.\w+$/.exec(path) ?? []
  if (maker === undefined) return false
  return modules.some(module => {
    const place = { module, frames: [] }
    return module.calls.some(
      ({ callee, arguments: given, named }) =>
        [...given, ...named.map(([, value]) => value)].some(
          value =>
            value.is === 'name' && resolver.things(value, place).some(({ value: handed }) => handed.is === 'function'),
        ) && resolver.external(callee, place) === maker,
    )
  })
}

/** `await import(path)`, `importlib.import_module(name)`. */
const loads = ({ callee, awaited, arguments: [first] }: Call, module: Module, { resolver }: Reach): boolean =>
  first !== undefined &&
  first.is !== 'text' &&
  ((callee.is === 'unknown' && awaited === true) ||
    resolver.external(callee, { module, frames: [] }) === 'importlib.import_module')

/** A function of a file whose name is made when it runs: what was found under its name may be another one. */
const isLoaded = ({ callee }: Call, module: Module, reach: Reach): boolean =>
  callee.is === 'member' &&
  callee.of.is === 'name' &&
  visibleAt(module, callee.of.name, callee.of.at).some(
    ({ value }) =>
      value.is === 'call' &&
      (loads(value, module, reach) ||
        reach.resolver
          .things(value.callee, { module, frames: [] })
          .some(
            ({ value: of, module: at }) =>
              of.is === 'function' && reach.bodies.of(at, of).calls.some(call => loads(call, at, reach)),
          )),
  )

/** Why what the tools do was not read as a whole; null where nothing is known to be missing. */
export const unreadOf = (reach: Reach): string | null => {
  const [lost] = reach.lost
  if (lost)
    return `the function that serves ${lost.kind} ${lost.name ?? '(named at run time)'} (${lost.file}:${lost.line}) was not found`
  return hiddenBehind(reach.entries, new Set(reach.modules), reach)[0] ?? null
}

/** What is called, or handed all that a handler is given, and was not found: what it does is not known. */
export const hiddenBehind = (entries: Entry[], own: ReadonlySet<Module>, reach: Reach): string[] => {
  const handed = entries.flatMap(({ functions, given }) =>
    functions.flatMap(one =>
      reach.bodies
        .of(one.module, one.function)
        .calls.filter(call => {
          if (isLoaded(call, one.module, reach)) return givesOwn(call, one.function, one.module)
          if (reach.graph.follows(call)) return false
          if (!isHandingOn(call, one, given)) return false
          const things = reach.resolver.things(call.callee, { module: one.module, frames: [] })
          return things.every(
            thing => isNothing(thing, reach) || (thing.value.is === 'external' && isMadeOfOwn(thing.value.path, reach)),
          )
        })
        .map(call => `what the handler in ${spot(one.module, call.line)} hands its arguments to was not found`),
    ),
  )
  const called = [...reach.graph.functions].flatMap(([of, module]) =>
    own.has(module)
      ? reach.bodies
          .of(module, of)
          .calls.filter(call => isCallOfLost(call, of, module, reach))
          .map(call => `which function is called in ${spot(module, call.line)} was not found`)
      : [],
  )
  return [...handed, ...called]
}
