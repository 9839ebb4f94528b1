import { someIn } from '../code/parts.ts'
import {
  innermost,
  isWithin,
  nameOf,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Value,
} from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { additionIn, isMeasured, isRefusedBefore, type Collected } from './collected.ts'

const handlers = /^http\.server\.(Base|Simple|CGI)HTTPRequestHandler$/
const requests = /^(starlette\.requests|fastapi(\.requests)?)\.Request$/

/** The length that a caller tells, as it is or by a name. */
const isTold = (value: Value, module: Module, depth = 0): boolean =>
  someIn(
    value,
    part =>
      nameOf(part) === 'headers' ||
      (part.is === 'name' &&
        depth < 3 &&
        visibleAt(module, part.name, part.at).some(({ value: kept }) => isTold(kept, module, depth + 1))),
  )

/** `self.rfile.read(int(self.headers["Content-Length"]))` of `http.server`. */
const isFile = ({ callee, arguments: [length], at }: Call, module: Module, { resolver }: Reach): boolean => {
  if (callee.is !== 'member' || callee.name !== 'read' || nameOf(callee.of) !== 'rfile') return false
  const owner = innermost(module.classes, at)
  return (
    (!length || isTold(length, module)) &&
    (owner?.bases ?? []).some(base => handlers.test(resolver.external(base, { module, frames: [] }) ?? ''))
  )
}

/** Functions with a parameter that is a request of Starlette, which has no limit of its own, and its name. */
const receiversIn = (module: Module, { resolver }: Reach): { of: FunctionValue; name: string }[] =>
  module.declarations.flatMap(({ name, value, annotation, type }) => {
    if (value.is !== 'parameter' || !annotation || !/(^|\.)Request$/.test(type ?? '')) return []
    if (!requests.test(resolver.external(annotation, { module, frames: [] }) ?? '')) return []
    const of = module.functions.find(({ at }) => at === value.function)
    return of ? [{ of, name }] : []
  })

/** It is a route, and nothing that is asked first stands beside it. */
const isOpenRoute = (of: FunctionValue, module: Module): boolean => {
  const decorators = module.decorated.filter(one => one.function === of).map(({ decorator }) => decorator)
  const routed = module.calls.filter(({ arguments: given, named }) =>
    [...given, ...named.map(([, value]) => value)].some(value => value.is === 'name' && value.name === of.name),
  )
  const asks = [...decorators, ...routed].some(
    one => one.is === 'call' && one.named.some(([key]) => key === 'dependencies'),
  )
  const isGiven = module.declarations.some(
    ({ value, annotation }) =>
      value.is === 'parameter' &&
      value.function === of.at &&
      [value.fallback, annotation].some(
        said => said && someIn(said, part => part.is === 'call' && /^(Depends|Security)$/.test(nameOf(part.callee))),
      ),
  )
  const isRoute =
    decorators.some(
      one =>
        one.is === 'call' &&
        one.callee.is === 'member' &&
        /^(custom_route|route|post|put|patch|api_route)$/.test(one.callee.name),
    ) || routed.some(({ callee }) => /^(Route|add_route|add_api_route|custom_route)$/.test(nameOf(callee)))
  return isRoute && !asks && !isGiven
}

type Read = Omit<Collected, 'from' | 'file'> & { at: number }

const ofRoute = (of: FunctionValue, name: string, module: Module): Read[] => {
  if (!isOpenRoute(of, module)) return []
  const isCall = (value: Value, method: RegExp): value is Call =>
    value.is === 'call' &&
    value.callee.is === 'member' &&
    method.test(value.callee.name) &&
    nameOf(value.callee.of) === name
  const whole = module.calls.flatMap((call): Read[] => {
    const { at, line, callee } = call
    const isWhole = isWithin(at, of) && isCall(call, /^(body|json)$/)
    return isWhole ? [{ at, line, what: `${nameOf(callee)}()`, byFramework: true }] : []
  })
  const looped = module.loops.flatMap(loop => {
    if (!isWithin(loop.at, of) || !isCall(loop.of, /^stream$/)) return []
    const part = module.declarations.find(({ value }) => value.is === 'element' && value.of === loop.of)?.name
    const line = part === undefined ? null : additionIn(loop, part, module)
    return line === null ? [] : [{ at: loop.at, line, what: 'a loop over stream()' }]
  })
  return [...whole, ...looped]
}

/** Python: bodies that routes of the server read whole for anybody, without a look at how long they are. */
export const pythonBodies = (module: Module, reach: Reach): Collected[] => {
  const read = module.calls.flatMap(call => {
    const of = isFile(call, module, reach) ? reach.bodies.around(module, call.at) : null
    return of ? [{ of, at: call.at, line: call.line, what: 'rfile.read()' }] : []
  })
  const routed = receiversIn(module, reach).flatMap(({ of, name }) =>
    ofRoute(of, name, module).map(one => ({ ...one, of })),
  )
  return [...read, ...routed].flatMap(({ of, at, ...found }): Collected[] =>
    isMeasured(of, module) || isRefusedBefore(at, of, module, reach)
      ? []
      : [{ ...found, file: module.path, from: { file: module.path, line: of.line } }],
  )
}
