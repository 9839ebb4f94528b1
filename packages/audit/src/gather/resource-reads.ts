import { gatherer } from '../core/item.ts'
import { valueFor } from '../instruments/arguments.ts'
import { contradictionIn } from '../instruments/content-types.ts'
import { describeReply, isObject, type Connection, type Json, type Reply } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'

export interface ResourceRead {
  uri: string
  name: string
  described: boolean
  /** Declared in the list, and in what was read. */
  listedType: string
  readType: string
  outcome: 'read' | 'error' | 'lost'
  saw: string
  /** How the content contradicts its type; null when it does not. */
  contradiction: string | null
}

export interface TemplateRead {
  template: string
  name: string
  described: boolean
  /** What was read of it, and whether that URI is one the server itself lists or proposes. */
  read: (ResourceRead & { known: boolean }) | null
}

export interface ResourceReads {
  resources: ResourceRead[]
  templates: TemplateRead[]
  listed: number
}

const maxReads = 30
const maxTemplates = 15
const atOnce = 8
const answerMs = 8000

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const readFrom = (entry: Json, uri: string, reply: Reply): ResourceRead => {
  const listedType = text(entry['mimeType'])
  const facts = {
    uri,
    name: text(entry['name']),
    described: text(entry['description']).trim() !== '' || text(entry['title']).trim() !== '',
    listedType,
  }
  if (reply.kind !== 'result') {
    const outcome = reply.kind === 'lost' ? 'lost' : 'error'
    return { ...facts, readType: '', outcome, saw: describeReply(reply).slice(0, 300), contradiction: null }
  }
  const contents = Array.isArray(reply.result['contents']) ? reply.result['contents'].filter(isObject) : []
  const first = contents[0]
  if (!first) return { ...facts, readType: '', outcome: 'error', saw: 'a result without contents', contradiction: null }
  const readType = text(first['mimeType'])
  const contradiction = contents
    .map(content => contradictionIn(content, text(content['mimeType']) || (contents.length === 1 ? listedType : '')))
    .find(found => found !== null)
  const saw = `${contents.length} contents, ${readType || 'no type'}`
  return { ...facts, readType, outcome: 'read', saw, contradiction: contradiction ?? null }
}

const read = async (connection: Connection, entry: Json, uri: string): Promise<ResourceRead> =>
  readFrom(entry, uri, await connection.request('resources/read', { uri }, { timeout: answerMs }))

const escaped = (words: string): string => words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Matches what a template may expand to. */
const patternOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(/(\{[^}]*\})/)
      .map(part => (part.startsWith('{') ? '.+' : escaped(part)))
      .join('')}$`,
  )

const proposed = async (connection: Connection, template: string, name: string): Promise<string | null> => {
  if (!('completions' in connection.capabilities)) return null
  const params = { ref: { type: 'ref/resource', uri: template }, argument: { name, value: '' } }
  const reply = await connection.request('completion/complete', params, { timeout: answerMs })
  const completion = reply.kind === 'result' && isObject(reply.result['completion']) ? reply.result['completion'] : {}
  const values = Array.isArray(completion['values']) ? completion['values'] : []
  return typeof values[0] === 'string' && values[0] !== '' ? values[0] : null
}

const around = { url: 'http://127.0.0.1/', directories: [], files: [] }

/** A URI of the template: one that is listed, else made of what the server proposes, else made up. */
const expand = async (
  connection: Connection,
  template: string,
  entry: Json,
  uris: string[],
): Promise<{ uri: string; known: boolean }> => {
  const pattern = patternOf(template)
  const listed = uris.find(uri => pattern.test(uri))
  if (listed !== undefined) return { uri: listed, known: true }
  let uri = template
  let known = true
  for (const [whole, words] of template.matchAll(/\{[+#./;?&]?([^}]+)\}/g)) {
    const name = (words ?? '').replace(/\*$/, '')
    const value = await proposed(connection, template, name)
    known &&= value !== null
    const made = valueFor(name, { type: 'string', description: text(entry['description']) }, around, 0)
    uri = uri.replace(
      whole,
      encodeURIComponent(value ?? String(/(^|[_a-z])(Id|id|ID|number|index)$/.test(name) ? 1 : made)),
    )
  }
  return { uri, known }
}

/** The resources that are listed and one of each template, read. */
export const resourceReads = gatherer({
  id: 'resource-reads',
  impact: 'start',
  from: 'server',
  borrows: 'gentle',
  deadline: 90_000,
  needs: { opening, lists },
  gather: async (target, { opening, lists }): Promise<ResourceReads> => {
    const found: ResourceReads = { resources: [], templates: [], listed: lists.resources.length }
    if (lists.resources.length + lists.resourceTemplates.length === 0) return found
    const connection = await reopen(target, opening, undefined)
    if (!connection) return found
    const chosen = lists.resources.slice(0, maxReads)
    for (let index = 0; index < chosen.length; index += atOnce) {
      const group = chosen.slice(index, index + atOnce)
      const reads = group.map(entry => read(connection, entry, text(entry['uri'])))
      found.resources.push(...(await Promise.all(reads)))
    }
    const uris = lists.resources.map(entry => text(entry['uri']))
    for (const entry of lists.resourceTemplates.slice(0, maxTemplates)) {
      const template = text(entry['uriTemplate'])
      const { uri, known } = await expand(connection, template, entry, uris)
      const one = template === '' ? null : { ...(await read(connection, entry, uri)), known }
      found.templates.push({
        template,
        name: text(entry['name']),
        described: text(entry['description']).trim() !== '' || text(entry['title']).trim() !== '',
        read: one,
      })
    }
    await connection.close()
    return found
  },
})
