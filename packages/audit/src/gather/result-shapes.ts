import { gatherer } from '../core/item.ts'
import type { Place, Thing } from './code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { kindOf } from './result-kinds.ts'
import { serverOf } from './registered/servers.ts'

/** A result of a tool that clients have to refuse, as it stands in the source. */
export interface ResultShape {
  file: string
  line: number
  saw: string
  wanted: string
}

const contentTypes: Record<string, string[]> = {
  text: ['text'],
  image: ['data', 'mimeType'],
  audio: ['data', 'mimeType'],
  resource: ['resource'],
  resource_link: ['uri', 'name'],
}
const maxParts = 50

type Told = Thing & { value: Value & { is: 'record' } }

const recordsOf = (value: Value, place: Place, { resolver }: Reach): Told[] =>
  resolver.things(value, place).filter((thing): thing is Told => thing.value.is === 'record')

const isOpen = ({ value }: Told): boolean => value.fields.some(([key]) => key === '...' || key === '')

/** A part of `content` whose type the specification does not know, or that lacks what its type needs. */
const ofPart = (part: Told, reach: Reach): ResultShape[] => {
  const { resolver } = reach
  const { value, module } = part
  const type = fieldOf(value.fields, 'type')
  if (!type) return []
  const things = resolver.things(type, part)
  const texts = things.flatMap(({ value: found }) => (found.is === 'text' ? [found.text] : []))
  if (texts.length === 0) return []
  const at = { file: module.path, line: value.line }
  const other = texts.find(text => !(text in contentTypes))
  if (other !== undefined)
    return [
      {
        ...at,
        saw: `content of the type "${other}", which the specification does not have: clients refuse the whole result`,
        wanted: Object.keys(contentTypes).join(', '),
      },
    ]
  const [only] = texts
  if (texts.length > 1 || things.length > 1 || only === undefined || isOpen(part)) return []
  const text = only === 'text' ? fieldOf(value.fields, 'text') : undefined
  const kind = text ? kindOf(text, part, reach) : null
  if (kind !== null && kind !== 'a text')
    return [
      {
        ...at,
        saw: `the text of content of the type "text" is ${kind}: clients refuse the whole result`,
        wanted: 'a text',
      },
    ]
  const missing = contentTypes[only]?.filter(name => fieldOf(value.fields, name) === undefined) ?? []
  return missing.length > 0
    ? [{ ...at, saw: `content of the type "${only}" without ${missing.join(' and ')}`, wanted: missing.join(', ') }]
    : []
}

const kinds: [RegExp, string][] = [
  [/^(string|enum|literal|email|url|uuid)$/, 'a text'],
  [/^(number|int)$/, 'a number'],
  [/^boolean$/, 'a boolean'],
  [/^(array|tuple)$/, 'a list'],
  [/^(object|strictObject|looseObject|record)$/, 'an object'],
]
const changing = /^(transform|pipe|or|catch|preprocess|coerce|union|lazy)$/
const optional = /^(optional|nullish|default|prefault|catch)$/

/** What a schema of zod wants, and whether it may be left out; null when it cannot be told. */
const wantedBy = (value: Value, place: Place, { resolver }: Reach): { kind: string; isOptional: boolean } | null => {
  const things = resolver.things(value, place)
  const [thing] = things
  if (things.length !== 1 || thing?.value.is !== 'call') return null
  let link: Value = thing.value
  let isOptional = false
  while (link.is === 'call' && link.callee.is === 'member') {
    const { name, of }: Value & { is: 'member' } = link.callee
    if (changing.test(name)) return null
    if (optional.test(name)) isOptional = true
    const kind = kinds.find(([known]) => known.test(name))?.[1]
    if (kind && of.is !== 'call') {
      const path = resolver.external(of, thing) ?? ''
      if (!/^zod(\/\w+)?:(z|default|\*)?$/.test(path)) return null
      // a constant may be of any kind
      return name === 'literal' ? null : { kind, isOptional }
    }
    link = of
  }
  return null
}

/** What is declared in `outputSchema` and what `structuredContent` holds. */
const ofStructured = (result: Told, schema: Told, reach: Reach): ResultShape[] =>
  recordsOf({ is: 'member', of: result.value, name: 'structuredContent' }, result, reach).flatMap(given =>
    schema.value.fields.flatMap(([name, declared]): ResultShape[] => {
      const wanted = wantedBy(declared, schema, reach)
      if (!wanted || name === '...') return []
      const at = { file: given.module.path, line: given.value.line }
      const field = fieldOf(given.value.fields, name)
      if (!field) {
        const isMissing = !wanted.isOptional && !isOpen(given)
        return isMissing
          ? [{ ...at, saw: `structuredContent has no ${name}, which the outputSchema demands`, wanted: wanted.kind }]
          : []
      }
      const kind = kindOf(field, given, reach)
      return kind === null || kind === wanted.kind
        ? []
        : [
            {
              ...at,
              saw: `${name} of structuredContent is ${kind}, the outputSchema says ${wanted.kind}`,
              wanted: wanted.kind,
            },
          ]
    }),
  )

/** A tool with an `outputSchema` whose good result has no `structuredContent`, or one that is no object. */
const ofForm = (result: Told, isDeclared: boolean, reach: Reach): ResultShape[] => {
  const { value, module } = result
  const at = { file: module.path, line: value.line }
  const given = fieldOf(value.fields, 'structuredContent')
  if (!given)
    return isDeclared && !isOpen(result) && fieldOf(value.fields, 'content')
      ? [
          {
            ...at,
            saw: 'a result without structuredContent, which the outputSchema demands',
            wanted: 'structuredContent',
          },
        ]
      : []
  const kind = kindOf(given, result, reach)
  return kind === null || kind === 'an object'
    ? []
    : [{ ...at, saw: `structuredContent is ${kind}: clients refuse the whole result`, wanted: 'an object' }]
}

/** The tool certainly declares the form of its results. */
const isDeclaredBy = (schema: Value | null, place: Place, { resolver }: Reach): boolean => {
  const things = schema ? resolver.things(schema, place) : []
  return things.length === 1 && things.every(({ value }) => value.is === 'record' || value.is === 'call')
}

const isError = ({ value }: Told): boolean => {
  const said = fieldOf(value.fields, 'isError')
  return said !== undefined && !(said.is === 'constant' && said.of === false)
}

const ofHandler = (handler: Value, schema: Value | null, place: Place, reach: Reach): ResultShape[] =>
  reach.resolver.things(handler, place).flatMap(thing => {
    const of = thing.value
    if (of.is !== 'function') return []
    const results = of.returns.flatMap(value => recordsOf(value, thing, reach))
    const schemas = schema ? recordsOf(schema, place, reach) : []
    const [declared] = schemas
    const isDeclared = isDeclaredBy(schema, place, reach)
    return results.flatMap(result => {
      // a document of another kind has parts as well
      if (fieldOf(result.value.fields, 'type')) return []
      const content = fieldOf(result.value.fields, 'content')
      const parts = content ? reach.resolver.items(content, result).slice(0, maxParts) : []
      return [
        ...parts.flatMap(part => (part?.value.is === 'record' ? ofPart(part as Told, reach) : [])),
        ...(isError(result) ? [] : ofForm(result, isDeclared, reach)),
        ...(declared && schemas.length === 1 && !isError(result) ? ofStructured(result, declared, reach) : []),
      ]
    })
  })

const member = (of: Value, name: string): Value => ({ is: 'member', of, name })

/** TypeScript: `registerTool(name, config, handler)`, `tool(name, ..., handler)`, `setRequestHandler(CallTool…, handler)`. */
const registered = (call: Call, module: Module, reach: Reach): ResultShape[] => {
  const { callee, arguments: given } = call
  const handler = given.at(-1)
  if (callee.is !== 'member' || !handler || given.length < 2) return []
  if (!/^(registerTool|tool|setRequestHandler)$/.test(callee.name)) return []
  const place: Place = { module, frames: [] }
  if (serverOf(callee.of, place, reach.resolver) === null) return []
  if (callee.name === 'setRequestHandler') {
    const [method] = given
    const path = method ? (reach.resolver.text(method, place) ?? reach.resolver.external(method, place) ?? '') : ''
    if (!/(CallToolRequestSchema|tools\/call)$/.test(path)) return []
  }
  const config = callee.name === 'registerTool' ? given[1] : undefined
  return ofHandler(handler, config ? member(config, 'outputSchema') : null, place, reach)
}

/** Python: `TextContent(type="txt", ...)` is refused by the model itself, when the tool is called. */
const constructed = (call: Call, module: Module, reach: Reach): ResultShape[] => {
  const place: Place = { module, frames: [] }
  const name = /^mcp\.types\.(Text|Image|Audio)Content$/.exec(reach.resolver.external(call.callee, place) ?? '')?.[1]
  const type = fieldOf(call.named, 'type')
  const text = name && type ? reach.resolver.text(type, place) : null
  const wanted = name?.toLowerCase() ?? ''
  return text === null || text === wanted
    ? []
    : [{ file: module.path, line: call.line, saw: `${name}Content of the type "${text}"`, wanted: `type="${wanted}"` }]
}

const wordOf = ({ callee }: Call): string => (callee.is === 'member' || callee.is === 'name' ? callee.name : '')

/** Results of tools that break the specification, or the schema that the tool declares itself. */
export const resultShapes = gatherer<ResultShape[], { reach: typeof reach; project: typeof project }>({
  id: 'result-shapes',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const found = ownModules(reach, project).flatMap(module =>
      module.calls.flatMap(call =>
        module.language === 'typescript'
          ? registered(call, module, reach)
          : wordOf(call).endsWith('Content')
            ? constructed(call, module, reach)
            : [],
      ),
    )
    const seen = new Set<string>()
    return found.filter(({ file, line, saw }) => {
      const key = `${file}:${line} ${saw}`
      return !seen.has(key) && seen.add(key)
    })
  },
})
