import { expect, it } from 'vitest'
import { bareTarget } from '../testing/repositories.ts'
import { learnParamHeaders, paramHeadersFor, paramHeadersIn } from './param-headers.ts'

const inputSchema = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    page: { type: 'object', properties: { size: { type: 'integer', 'x-mcp-header': 'Page-Size' } } },
    plain: { type: 'string' },
    wrong: { type: 'string', 'x-mcp-header': 'not a token' },
  },
}

it('finds what a schema declares, at any depth of properties', () => {
  expect(paramHeadersIn(inputSchema).map(({ path, header }) => `${path.join('.')} ${header}`)).toEqual([
    'region mcp-param-region',
    'page.size mcp-param-page-size',
  ])
})

it('sends the values of a call in headers, as far as it has them', () => {
  const { journal } = bareTarget()
  learnParamHeaders(journal, [{ name: 'find', inputSchema }, null, { name: 'other' }])
  const sent = (given: unknown, name = 'find', method = 'tools/call') =>
    paramHeadersFor(journal, method, { name, arguments: given })
  expect(sent({ region: 'eu', page: { size: 5 }, plain: 'x' })).toEqual({
    'mcp-param-region': 'eu',
    'mcp-param-page-size': '5',
  })
  expect(sent({ region: 'Köln ' })).toEqual({ 'mcp-param-region': '=?base64?S8O2bG4g?=' })
  expect(sent({ region: null, page: 7 })).toEqual({})
  expect(sent({ region: 'x'.repeat(100_000) })).toEqual({})
  expect(sent('none')).toEqual({})
  expect(sent({ region: 'eu' }, 'other')).toEqual({})
  expect(sent({ region: 'eu' }, 'find', 'prompts/get')).toEqual({})
  expect(paramHeadersFor(bareTarget().journal, 'tools/call', { name: 'find', arguments: { region: 'eu' } })).toEqual({})
})
