import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place, Resolver } from './code/resolve.ts'
import { fieldOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Entry, type Reach } from './reach.ts'
import type { Edge } from './reached/graph.ts'
import { gateBefore } from './result-gates.ts'

/** How a tool tells that it failed. */
export interface Failure {
  file: string
  line: number
  /**
   * `text`: as the text of a success. `result`: `isError`. `thrown`: the SDK makes an `isError` result of it, or a
   * JSON-RPC error where the handler is a low-level one (`protocol`). `checked`: as a text that a check before looks for, which
   * may make an error of it.
   */
  how: 'text' | 'result' | 'thrown' | 'protocol' | 'checked'
  saw: string
}

export interface Failures {
  found: Failure[]
  /** Low-level TypeScript handlers of `tools/call` that let every exception become a JSON-RPC error. */
  uncaught: { file: string; line: number }[]
  tools: number
}

/** A text that says by its first word that the call failed. */
const failing =
  /^\s*(?:\u274C|\u26A0\uFE0F?)?\s*(\*\*)?(error|failed|failure|fehler|exception|unexpected error|an? (unexpected )?error)\b(?!\s*(log|rate|report|code|handling|count|messages?|events?|groups?)s?\b)[^\n]/i

/** What the call that is being followed gives to a parameter. */
const givenTo = (value: Value & { is: 'name' }, place: Place): { value: Value; place: Place } | null => {
  for (const { value: declared } of visibleAt(place.module, value.name, value.at)) {
    if (declared.is !== 'parameter') continue
    const frame = place.frames.findLast(({ function: of }) => of.at === declared.function)
    const given = frame?.call.arguments[declared.index] ?? fieldOf(frame?.call.named ?? [], declared.name)
    if (frame && given) return { value: given, place: frame.caller }
  }
  return null
}

const leading = (value: Value, place: Place, resolver: Resolver, depth = 0): string | null => {
  if (depth > 6) return null
  if (value.is === 'text') return value.text
  if (value.is === 'join') {
    const [first] = value.parts
    return first ? leading(first, place, resolver, depth + 1) : null
  }
  if (value.is === 'choice') {
    const all = value.options.map(option => leading(option, place, resolver, depth + 1))
    return all.every(text => text !== null && failing.test(text)) ? (all[0] ?? null) : null
  }
  if (value.is !== 'name') return null
  const given = givenTo(value, place)
  if (given) return leading(given.value, given.place, resolver, depth + 1)
  const [only, ...others] = visibleAt(place.module, value.name, value.at)
  const isMade = only && others.length === 0 && (only.value.is === 'join' || only.value.is === 'choice')
  return isMade ? leading(only.value, place, resolver, depth + 1) : resolver.text(value, place)
}

const isFalse = (value: Value): boolean => value.is === 'constant' && value.of === false
const isTrue = (value: Value | undefined): boolean => value?.is === 'constant' && value.of === true

/** The texts of `{ content: [{ type: 'text', text }] }` or `[TextContent(text=...)]`. */
const textsIn = (value: Value, place: Place, reach: Reach): string[] => {
  const items = value.is === 'list' ? value.items : [value]
  return items.flatMap(item => {
    const text =
      item.is === 'record' ? fieldOf(item.fields, 'text') : item.is === 'call' ? fieldOf(item.named, 'text') : undefined
    const found = text && leading(text, place, reach.resolver)
    return typeof found === 'string' ? [found] : []
  })
}

/** `{ type: 'text', text, isError: true }`: the protocol knows no such field in a content, and clients see a success. */
const isMisplaced = (value: Value): boolean =>
  (value.is === 'list' ? value.items : [value]).some(
    item =>
      item.is === 'record' &&
      fieldOf(item.fields, 'type') !== undefined &&
      fieldOf(item.fields, 'text') !== undefined &&
      item.fields.some(([key, field]) => /^is_?error$/i.test(key) && isTrue(field)),
  )
const misplaced = {
  how: 'text',
  saw: 'a content with a field isError of its own, of which clients know nothing',
} as const

const ofValue = (value: Value, place: Place, reach: Reach): Pick<Failure, 'how' | 'saw'> | null => {
  const plain = (text: string | null | undefined): Pick<Failure, 'how' | 'saw'> | null =>
    text && failing.test(text) ? { how: 'text', saw: JSON.stringify(text.trim().slice(0, 60)) } : null
  if (value.is === 'record') {
    const isError = fieldOf(value.fields, 'isError') ?? fieldOf(value.fields, 'is_error')
    if (isTrue(isError)) return { how: 'result', saw: 'isError: true' }
    if (isError && !isFalse(isError)) return null
    const contents = reach.resolver.things({ is: 'member', of: value, name: 'content' }, place)
    if (contents.some(thing => isMisplaced(thing.value as Value))) return misplaced
    const texts = contents.flatMap(thing => textsIn(thing.value as Value, thing, reach))
    return plain(texts.find(text => failing.test(text)))
  }
  if (value.is === 'call') {
    const isError = fieldOf(value.named, 'isError') ?? fieldOf(value.named, 'is_error')
    if (isTrue(isError)) return { how: 'result', saw: 'isError=True' }
    const content = fieldOf(value.named, 'content')
    return isError || !content ? null : plain(textsIn(content, place, reach).find(text => failing.test(text)))
  }
  if (place.module.language !== 'python') return null
  if (value.is === 'list' && isMisplaced(value)) return misplaced
  if (value.is === 'list') return plain(textsIn(value, place, reach).find(text => failing.test(text)))
  return value.is === 'text' || value.is === 'join' ? plain(leading(value, place, reach.resolver)) : null
}

interface Scene {
  reach: Reach
  /** The functions of tables that a call may mean. */
  tabled: ReadonlyMap<Call, Edge[]>
}

const tablesIn = ({ graph }: Reach): Scene['tabled'] => {
  const found = new Map<Call, Edge[]>()
  for (const of of graph.functions.keys())
    for (const edge of graph.into(of))
      if (edge.call && edge.table === 'tool') found.set(edge.call, [...(found.get(edge.call) ?? []), edge])
  return found
}

interface Returned {
  value: Value
  place: Place
  file: string
  line: number
  /** A check has seen it before. */
  isChecked: boolean
  /** The resolver does not know it: a text that is put together, or what a function of a table answers. */
  isOpen: boolean
}

/** The calls whose answer a value is: `work()`, `result` of `result = await work()`. */
const behind = (value: Value, module: Module): Call[] => {
  if (value.is === 'call') return [value]
  if (value.is === 'choice') return value.options.flatMap(option => behind(option, module))
  if (value.is !== 'name') return []
  return visibleAt(module, value.name, value.at).flatMap(({ value: of }) => (of.is === 'call' ? [of] : []))
}

const maxDepth = 3

/** What a function returns, with what functions of the repository make of it. */
const returnedBy = (of: FunctionValue, module: Module, scene: Scene, depth = 0): Returned[] => {
  const { reach, tabled } = scene
  const place: Place = { module, frames: [] }
  const own = reach.bodies.of(module, of).returns
  const all = own.length > 0 ? own : of.returns.map(value => ({ value, at: of.at, line: of.line }))
  const isChecked = (one: (typeof all)[number]): boolean =>
    gateBefore(one, of, module, reach) !== null ||
    (one.value.is === 'call' &&
      reach.resolver
        .things(one.value.callee, place)
        .some(({ value: made, module: at }) =>
          made.is === 'function'
            ? reach.bodies.of(at, made).returns.some(inner => gateBefore(inner, made, at, reach) !== null)
            : false,
        ))
  return all.flatMap((one): Returned[] => {
    const { value, line } = one
    const here = { file: module.path, line }
    if (value.is !== 'call' && value.is !== 'name' && value.is !== 'choice')
      return [{ value, place, ...here, isChecked: false, isOpen: value.is === 'join' }]
    const checked = isChecked(one)
    const made = reach.resolver
      .things(value, place)
      .slice(0, 20)
      .flatMap((thing): Returned[] =>
        thing.value.is === 'external' || thing.value.is === 'namespace'
          ? []
          : [{ value: thing.value, place: thing, ...here, isChecked: checked, isOpen: false }],
      )
    const inner = behind(value, module).flatMap(call => {
      if (depth >= maxDepth) return []
      const texts = reach.resolver
        .things(call.callee, place)
        .flatMap(({ value: to, module: at }) =>
          to.is === 'function' ? returnedBy(to, at, scene, depth + 1).filter(({ isOpen }) => isOpen) : [],
        )
      return [
        ...texts,
        ...(tabled.get(call) ?? []).flatMap(({ to, target }) => returnedBy(to, target, scene, depth + 1)),
      ]
    })
    return [...made, ...inner.map(found => ({ ...found, isChecked: found.isChecked || checked, isOpen: true }))]
  })
}

/** What a function throws out of every `try` of its own. */
const escaping = (of: FunctionValue, module: Module, { bodies }: Reach): { file: string; line: number }[] => {
  const { throws, tries } = bodies.of(module, of)
  return throws
    .filter(({ at }) => !tries.some(({ body, handlers }) => handlers.length > 0 && body.at <= at && at < body.end))
    .map(({ line }) => ({ file: module.path, line }))
}

const ofTool = ({ functions, given }: Entry, scene: Scene): Failure[] =>
  functions.flatMap(({ function: of, module }) => {
    const { reach } = scene
    const returned = returnedBy(of, module, scene).flatMap(({ value, place, file, line, isChecked }): Failure[] => {
      const found = ofValue(value, place, reach)
      if (!found) return []
      const how = found.how === 'text' && isChecked ? 'checked' : found.how
      return [{ file, line, saw: found.saw, how }]
    })
    const wrapped = of.returns
      .flatMap(value => (value.is === 'call' ? reach.resolver.things(value.callee, { module, frames: [] }) : []))
      .flatMap(({ value, module: other }) => (value.is === 'function' ? escaping(value, other, reach) : []))
    const how = given === 'request' ? 'protocol' : 'thrown'
    const thrown = [...escaping(of, module, reach), ...wrapped].map((place): Failure => ({
      ...place,
      how,
      saw: 'an exception',
    }))
    return [...returned, ...thrown]
  })

/** `CallToolResult(content, is_error=failed)`: what a tool told is looked at, and made an error or not. */
const marksResults = (module: Module, { graph, bodies }: Reach): boolean =>
  [...module.calls, ...module.returns].some(one => {
    const of = bodies.around(module, one.at)
    if (!of || !graph.functions.has(of)) return false
    const value = 'value' in one ? one.value : one
    const fields = value.is === 'call' ? value.named : value.is === 'record' ? value.fields : []
    const told = fieldOf(fields, 'isError') ?? fieldOf(fields, 'is_error')
    return told !== undefined && told.is !== 'constant' && !isMisplaced(value)
  })

const makesResults = (module: Module): boolean =>
  module.returns.some(({ value }) =>
    someIn(value, part => part.is === 'record' && part.fields.some(([key]) => key === 'isError')),
  )

/** How the handlers of tools say that a call failed. */
export const failures = gatherer<Failures, { reach: typeof reach; project: typeof project }>({
  id: 'failures',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = legibleModules(reach, project)
    const tools = reach.entries.filter(({ kind }) => kind === 'tool')
    const scene: Scene = { reach, tabled: tablesIn(reach) }
    const marking = own.some(module => marksResults(module, reach))
    const found = tools
      .flatMap(entry => ofTool(entry, scene))
      .map(one => (one.saw === misplaced.saw && marking ? { ...one, how: 'checked' as const } : one))
    const results = own.flatMap(module =>
      module.functions
        .filter(of => reach.graph.functions.has(of))
        .flatMap(of =>
          reach.bodies.of(module, of).returns.flatMap(({ value, line }): Failure[] => {
            const made = ofValue(value, { module, frames: [] }, reach)
            return made?.how === 'result' ? [{ file: module.path, line, ...made }] : []
          }),
        ),
    )
    const raw = tools.filter(({ given }) => given === 'request').flatMap(({ functions }) => functions)
    const uncaught = own.some(makesResults)
      ? []
      : raw
          .filter(({ function: of, module }) => reach.bodies.of(module, of).tries.length === 0)
          .map(({ function: of, module }) => ({ file: module.path, line: of.line }))
    const distinct = new Map([...found, ...results].map(one => [`${one.file}:${one.line}:${one.how}`, one]))
    return { found: [...distinct.values()], uncaught, tools: tools.length }
  },
})
