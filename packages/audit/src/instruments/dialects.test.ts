import { describe, expect, it } from 'vitest'
import { schemaFaults } from './dialects.ts'

const tuple = {
  type: 'object',
  properties: { pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } },
}

describe('schemaFaults', () => {
  it.each([
    ['a plain schema', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }],
    ['keywords nobody knows', { type: 'object', 'x-mcp-header': 'Region' }],
    ['a format nobody knows', { type: 'string', format: 'postcode' }],
    ['a pattern of another engine', { type: 'string', pattern: '(?P<year>\\d{4})' }],
    ['a reference that leads away', { type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } }],
    ['a tuple of draft-07 that says so', { $schema: 'http://json-schema.org/draft-07/schema#', ...tuple }],
    ['a dialect nobody knows', { $schema: 'https://example.com/dialect', type: 7 }],
  ])('accepts %s', (_, schema) => {
    expect(schemaFaults(schema)).toEqual([])
  })

  it.each([
    ['a type that does not exist', { type: 'objekt' }],
    ['a tuple of draft-07 that does not say so', tuple],
    ['required as a truth value', { type: 'object', properties: { a: { type: 'string', required: true } } }],
    ['draft-07 against its own rules', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'objekt' }],
  ])('refuses %s', (_, schema) => {
    expect(schemaFaults(schema)).not.toEqual([])
  })

  it('takes any known dialect where none was the default', () => {
    expect(schemaFaults(tuple, false)).toEqual([])
    expect(schemaFaults({ type: 'objekt' }, false)).not.toEqual([])
  })
})
