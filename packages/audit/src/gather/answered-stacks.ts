import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place, Resolver } from './code/resolve.ts'
import { isWithin, nameOf, type Call, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach } from './reach.ts'
import { handlersOf, openShown, returnedBy } from './shown-values.ts'

/** A stack trace that goes to the client. */
export interface AnsweredStack {
  /** As it is written: `error.stack`. */
  what: string
  file: string
  line: number
}

const failure = /^(e|ex|exc|err|error|exception|cause|reason|failure)$|(Err|Error|Exception)$/
const tracing = /^traceback\.(format_exc|format_exception|format_tb|format_stack)$/
const running = /^builtins\.(exec|eval)$|^runpy\.|^code\.\w+$/

/** The stack of code that the caller sent is what was asked for. */
const isOfGivenCode = ({ at }: Call, { module }: Place, resolver: Resolver): boolean =>
  module.tries.some(
    ({ body, handlers }) =>
      handlers.some(handler => isWithin(at, handler)) &&
      module.calls.some(
        call => isWithin(call.at, body) && running.test(resolver.external(call.callee, { module, frames: [] }) ?? ''),
      ),
  )

const stackIn = (value: Value, place: Place, resolver: Resolver): string[] => {
  if (value.is === 'member') {
    const of = nameOf(value.of)
    return value.name === 'stack' && failure.test(of) ? [`${of}.stack`] : []
  }
  if (value.is !== 'call') return []
  const path = resolver.external(value.callee, place) ?? ''
  if (tracing.test(path)) return isOfGivenCode(value, place, resolver) ? [] : [path]
  // `''.join(traceback.format_exception(…))`, `error.stack.split('\n')`
  const parts = value.callee.is === 'member' ? [value.callee.of, ...value.arguments] : []
  return parts.flatMap(part => stackIn(part, place, resolver))
}

/** A switch that somebody turns on to see more. */
const isAsked = (test: Value): boolean =>
  someIn(test, part =>
    /debug|verbose|develop|^_?(is_?)?dev$|node_env|trace|(include|show|with|expose)_?stack/i.test(
      part.is === 'text' ? part.text : nameOf(part),
    ),
  )

const isAskedAt = (line: number, { guards, returns }: Module): boolean =>
  returns.some(
    one => one.line === line && guards.some(({ test, consequent }) => isWithin(one.at, consequent) && isAsked(test)),
  )

/** Stack traces in what tools answer. */
export const answeredStacks = gatherer<
  { answered: AnsweredStack[]; handlers: number },
  { reach: typeof reach; project: typeof project }
>({
  id: 'answered-stacks',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const shownIn = openShown(reach, { shownBy: (value, place) => stackIn(value, place, reach.resolver), isAsked })
    const handlers = [...handlersOf(reach)].filter(([, module]) => own.has(module))
    const found = handlers.flatMap(([of, module]) =>
      returnedBy(of, module, reach)
        .flatMap(({ value, line }) => shownIn(value, { module, line }))
        .filter(({ line, module: other }) => !isAskedAt(line, other))
        .map(({ what, line, module: other }): AnsweredStack => ({ what, file: other.path, line })),
    )
    return {
      answered: [...new Map(found.map(one => [`${one.file} ${one.line}`, one])).values()],
      handlers: handlers.length,
    }
  },
})
