import { randomBytes } from 'node:crypto'
import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { interleaved } from '../instruments/mutations.ts'
import { isObject, type Connection, type Json, type Reply } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import { reopen } from '../target/reopen.ts'
import { atPath, ownHeaders } from '../target/web.ts'
import { aimsOf } from './aims.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'
import { volley } from './volley.ts'

export interface MarkupProbe {
  /** `resources/read ui://…`, `tools/call search`, `GET /…`. */
  at: string
  answered: boolean
  /** Whether any of it was HTML, or of no type over HTTP. */
  isHtml: boolean
  /** What came back as it was sent, in HTML. */
  raw: string | null
}

export interface Markup {
  probes: MarkupProbe[]
  /** Tools and templates that take a text and were never answered with success. */
  untried: string[]
}

const maxShots = 40
const answerMs = 8000

const htmlType = /^(text\/html|application\/xhtml\+xml|image\/svg\+xml)\b/i

/** Markup that does nothing: no client knows the element. */
const makeMarkup = (): string => `<airworthy-${randomBytes(4).toString('hex')} title="x">`

/** The places of a result that are HTML: contents of resources, and resources inside of tool results. */
const htmlIn = (result: Json, listedType = ''): string[] => {
  const embedded = Array.isArray(result['content']) ? result['content'].filter(isObject) : []
  const contents = [
    ...(Array.isArray(result['contents']) ? result['contents'].filter(isObject) : []),
    ...embedded.flatMap(({ resource }) => (isObject(resource) ? [resource] : [])),
  ]
  return contents.flatMap(({ mimeType, text, blob }) => {
    if (!htmlType.test(typeof mimeType === 'string' ? mimeType : listedType)) return []
    if (typeof text === 'string') return [text]
    return typeof blob === 'string' ? [Buffer.from(blob, 'base64').toString('utf8')] : []
  })
}

const around = (text: string, markup: string): string | null => {
  const at = text.indexOf(markup)
  return at < 0 ? null : text.slice(Math.max(0, at - 40), at + markup.length + 20)
}

const probeOf = (at: string, reply: Reply, markup: string, listedType?: string): MarkupProbe => {
  const html = reply.kind === 'result' ? htmlIn(reply.result, listedType) : []
  const raw = html.map(text => around(text, markup)).find(found => found !== null)
  return { at, answered: reply.kind === 'result', isHtml: html.length > 0, raw: raw ?? null }
}

const ofTemplates = async (connection: Connection, templates: Json[]): Promise<MarkupProbe[]> => {
  const asked = templates.slice(0, 15).flatMap(({ uriTemplate, mimeType }) => {
    const markup = makeMarkup()
    if (typeof uriTemplate !== 'string' || !uriTemplate.includes('{')) return []
    const uri = uriTemplate.replaceAll(/\{[^}]*\}/g, encodeURIComponent(markup))
    return [{ uri, markup, uriTemplate, type: typeof mimeType === 'string' ? mimeType : '' }]
  })
  return Promise.all(
    asked.map(async ({ uri, markup, uriTemplate, type }) => {
      const reply = await connection.request('resources/read', { uri }, { timeout: answerMs })
      return probeOf(`resources/read ${uriTemplate}`, reply, markup, type)
    }),
  )
}

/** Pages of the web server around the endpoint: whatever a link may lead a browser to. */
const ofPages = async (target: Target, url: string): Promise<MarkupProbe[]> => {
  const made = (['path', 'query', 'endpoint'] as const).map(place => {
    const markup = makeMarkup()
    const sent = encodeURIComponent(markup)
    const path =
      place === 'path' ? `/${sent}` : place === 'query' ? `/?q=${sent}` : `${new URL(url).pathname}/${sent}?q=${sent}`
    return { place, markup, path }
  })
  return Promise.all(
    made.map(async ({ place, markup, path }) => {
      const answer = await exchange(atPath(url, path), {
        method: 'GET',
        headers: { ...ownHeaders(target), accept: 'text/html' },
        timeout: answerMs,
      })
      const at = `GET with markup in the ${place}`
      if (answer.outcome === 'failed') return { at, answered: false, isHtml: false, raw: null }
      const type = answer.headers['content-type'] ?? ''
      const isHtml = htmlType.test(type) || (type === '' && answer.text !== '')
      const nothing = answer.headers['x-content-type-options'] === 'nosniff' && type === ''
      return { at, answered: true, isHtml, raw: isHtml && !nothing ? around(answer.text, markup) : null }
    }),
  )
}

/** Markup in arguments, addresses and paths, and whether it comes back as markup where the type is HTML. */
export const markup = gatherer({
  id: 'markup',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 2,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<Markup> => {
    const aims = interleaved(aimsOf(trials))
      .slice(0, maxShots)
      .map(aim => ({ ...aim, markup: makeMarkup() }))
    const shots = aims.map(({ tool, parameter, limit, markup }) => ({
      tool: tool.name,
      arguments: parameter.given(markup),
      limit,
    }))
    const connection = await reopen(target, opening, undefined)
    const [templates, pages, replies] = await Promise.all([
      connection ? ofTemplates(connection, lists.resourceTemplates) : [],
      connection?.url === undefined ? [] : ofPages(target, connection.url),
      shots.length > 0 ? volley(target, opening, shots, 30_000) : [],
    ])
    await connection?.close()
    const calls = aims.flatMap(({ tool, parameter, markup }, index) => {
      const reply = replies[index]
      return reply ? [probeOf(`tools/call ${tool.name} with markup in ${parameter.name}`, reply, markup)] : []
    })
    return {
      probes: [...templates, ...pages, ...calls],
      untried: templates.filter(({ answered }) => !answered).map(({ at }) => at),
    }
  },
})
