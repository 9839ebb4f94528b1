import { note, type Ask, type Session } from './asking.ts'
import { headersOf, postRaw } from './raw.ts'
import { paramHeadersIn, valueAt } from '../../target/param-headers.ts'
import type { Json } from './observation.ts'
import type { GoodTrial } from './tools.ts'

const method = 'server/discover'

/** Headers that are missing or say something else than the body. */
export const headerAsks: Ask[] = [
  { probe: 'no-method-header', method, options: { headers: { 'mcp-method': null } }, with: 'without Mcp-Method' },
  {
    probe: 'other-method-header',
    method,
    with: 'with Mcp-Method: tools/list',
    options: { headers: { 'mcp-method': 'tools/list' } },
  },
  {
    probe: 'other-version-header',
    method,
    with: 'with MCP-Protocol-Version: 1900-01-01 and another in the body',
    options: { headers: { 'mcp-protocol-version': '1900-01-01' } },
  },
]

export const legacyHeaderAsks: Ask[] = [
  {
    probe: 'bad-version-header',
    method: 'ping',
    with: 'with MCP-Protocol-Version: 1900-01-01',
    options: { headers: { 'mcp-protocol-version': '1900-01-01' } },
  },
]

/** A good call whose Mcp-Name names another tool, and one that carries the name in base64. */
export const nameHeaderAsks = (tool: string, sample: Json): Ask[] => {
  const call = { method: 'tools/call', params: { name: tool, arguments: sample } }
  const encoded = `=?base64?${Buffer.from(tool).toString('base64')}?=`
  return [
    {
      ...call,
      probe: 'other-name-header',
      with: `${tool} with Mcp-Name: airworthy-none`,
      options: { headers: { 'mcp-name': 'airworthy-none' } },
    },
    {
      ...call,
      probe: 'encoded-name-header',
      with: `${tool} with its name in base64 in Mcp-Name`,
      options: { headers: { 'mcp-name': encoded } },
    },
  ]
}

const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`

/** A value that is of the same type and another one. */
const otherThan = (value: string | number | boolean): string =>
  typeof value === 'string' ? `airworthy-${value.length}` : typeof value === 'boolean' ? String(!value) : `${value + 1}`

/** A good call of a tool that declares a header for a parameter: without it, with another value in it, and in base64. */
export const paramHeaderAsks = (good: GoodTrial[]): Ask[] => {
  const found = good.flatMap(({ tool, arguments: sample }) =>
    paramHeadersIn(tool.inputSchema).flatMap(({ path, header, schema }) => {
      const [name = ''] = path
      const [first] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : []
      const value = valueAt(sample, path) ?? (path.length === 1 ? (schema['default'] ?? first) : undefined)
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return isPlain ? [{ tool: tool.name, sample: { [name]: value, ...sample }, header, value }] : []
    }),
  )[0]
  if (!found) return []
  const { tool, sample, header, value } = found
  const ask = (probe: Ask['probe'], sent: string | null, words: string): Ask => ({
    probe,
    method: 'tools/call',
    params: { name: tool, arguments: sample },
    with: `${tool} ${words}`,
    options: { headers: { [header]: sent } },
  })
  return [
    ask('no-param-header', null, `without ${header}`),
    ask('other-param-header', otherThan(value), `with ${header} of another value`),
    ask('encoded-param-header', base64(String(value)), `with ${header} in base64`),
  ]
}

/** GET on the endpoint: a stream, or 405. */
export const probeGet = async (session: Session): Promise<void> => {
  const { 'content-type': _, ...headers } = headersOf(session.connection, 'GET')
  const answer = await postRaw(session, { method: 'GET', headers: { ...headers, accept: 'text/event-stream' } })
  note(session, { probe: 'get', at: 'GET', method: 'GET', ...answer })
}
