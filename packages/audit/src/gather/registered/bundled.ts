import type { Place, Resolver } from '../code/resolve.ts'
import type { ClassValue, Value } from '../code/values.ts'
import { someIn } from '../code/parts.ts'

/** What a class of the SDK is, when it was bundled: names of classes are made anew, those of their members are kept. */
export type Bundled = 'server' | 'stdio' | 'http'

const marks: [Bundled, string[]][] = [
  ['server', ['registerTool', 'registerPrompt', 'setToolRequestHandlers']],
  ['server', ['_oninitialize', 'getClientCapabilities', 'createMessage']],
  ['stdio', ['processReadBuffer', '_stdin', 'send']],
  ['http', ['handleGetRequest', 'handlePostRequest', 'send']],
  ['http', ['handlePostMessage', '_endpoint', 'send']],
  // it hands on to the one for web requests
  ['http', ['_webStandardTransport', 'handleRequest', 'send']],
]

const known = new WeakMap<ClassValue, Bundled | null>()

/** By its own members; null for any other class. */
export const bundledClass = (of: ClassValue): Bundled | null => {
  const before = known.get(of)
  if (before !== undefined) return before
  const names = new Set(of.members.map(({ name }) => name))
  const found = marks.find(([, wanted]) => wanted.every(name => names.has(name)))?.[0] ?? null
  known.set(of, found)
  return found
}

/** What is constructed, or a class itself, is of the bundled SDK. */
export const bundledBy = (value: Value, place: Place, resolver: Resolver, wanted: Bundled): boolean =>
  resolver.things(value, place).some(({ value: of }) => of.is === 'class' && bundledClass(of) === wanted)

const methods = /^(tools\/(call|list)|prompts\/(get|list)|resources\/(read|list))$/

/** The method of a request schema that stands in the source: `Request.extend({ method: z.literal("tools/call") })`. */
export const methodOf = (schema: Value, place: Place, resolver: Resolver): string | null => {
  for (const thing of resolver.things(schema, place)) {
    if (thing.value.is !== 'call') continue
    const [first] = thing.value.arguments
    const field = first?.is === 'record' ? first.fields.find(([key]) => key === 'method')?.[1] : undefined
    let found: string | null = null
    if (field)
      someIn(field, part => {
        if (part.is === 'text' && methods.test(part.text)) found = part.text
        return found !== null
      })
    if (found !== null) return found
  }
  return null
}
