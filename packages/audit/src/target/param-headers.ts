import type { Journal } from '../core/target.ts'
import { isObject, type Json } from './connection.ts'

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Longer values would break the limits of servers for headers before the call is looked at. */
const maxLength = 4000

/** A parameter of a tool that travels in a header too: where it stands in the arguments, and the header's name. */
export interface ParamHeader {
  path: string[]
  header: string
  schema: Json
}

/** What a schema declares by `x-mcp-header`: only properties of properties can. */
export const paramHeadersIn = (schema: Json, path: string[] = []): ParamHeader[] =>
  path.length > 8 || !isObject(schema['properties'])
    ? []
    : Object.entries(schema['properties']).flatMap(([name, child]) => {
        if (!isObject(child)) return []
        const named = child['x-mcp-header']
        const own =
          typeof named === 'string' && token.test(named)
            ? [{ path: [...path, name], header: `mcp-param-${named.toLowerCase()}`, schema: child }]
            : []
        return [...own, ...paramHeadersIn(child, [...path, name])]
      })

/** Values outside visible ASCII travel as `=?base64?...?=`. */
export const headerValue = (text: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?')
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`

export const valueAt = (given: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), given)

/** By the journal, which is one for each audit: what the tools declare that were listed until now. */
const declared = new WeakMap<Journal, Map<string, ParamHeader[]>>()

/** Takes note of what listed tools declare. */
export const learnParamHeaders = (journal: Journal, tools: unknown): void => {
  if (!Array.isArray(tools)) return
  const known = declared.get(journal) ?? new Map<string, ParamHeader[]>()
  declared.set(journal, known)
  for (const tool of tools as unknown[])
    if (isObject(tool) && typeof tool['name'] === 'string' && isObject(tool['inputSchema']))
      known.set(tool['name'], paramHeadersIn(tool['inputSchema']))
}

/** The headers that a client of the modern era sends with a call. */
export const paramHeadersFor = (journal: Journal, method: string, params: Json | undefined): Record<string, string> => {
  if (method !== 'tools/call') return {}
  const own = declared.get(journal)?.get(String(params?.['name'])) ?? []
  return Object.fromEntries(
    own.flatMap(({ path, header }) => {
      const value = valueAt(params?.['arguments'], path)
      const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
      return isPlain && String(value).length <= maxLength ? [[header, headerValue(String(value))]] : []
    }),
  )
}
