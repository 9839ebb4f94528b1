import { expect, it } from 'vitest'
import type { Json } from '../target/connection.ts'
import { kindParametersOf, wrongValuesOf } from './parameter-kinds.ts'

const kindOf = (name: string, property: Json) => kindParametersOf({ properties: { [name]: property } })[0]?.kind

it.each([
  ['imageUrl', { type: 'string' }, 'url'],
  ['target', { type: 'string', description: 'The full URL of the page' }, 'url'],
  ['link', { type: 'string', format: 'uri' }, 'url'],
  ['e-mail', { type: 'string' }, 'email'],
  ['who', { type: 'string', description: 'Email address of the reader' }, 'email'],
  ['filePath', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'path'],
  ['start_date', { type: 'string' }, 'date'],
  ['day', { type: 'string', format: 'date' }, 'date'],
  ['limit', { type: 'integer' }, 'limit'],
  ['n', { type: 'number', description: 'Maximum number of results' }, 'limit'],
  ['port', { type: 'integer' }, 'port'],
  ['url', { type: 'integer' }, undefined],
  ['limit', { type: 'string' }, undefined],
  ['update', { type: 'string', description: 'What to do to a URL' }, undefined],
  ['report', { type: 'integer' }, undefined],
  ['curl', { type: 'string' }, undefined],
])('%s %j is of kind %s', (name, property, kind) => expect(kindOf(name, property)).toBe(kind))

const sends = (name: string, property: Json) => {
  const schema = { type: 'object', properties: { [name]: property }, required: ['other'] }
  return kindParametersOf(schema).flatMap(parameter =>
    wrongValuesOf(schema, parameter).map(({ sends, violates }) => `${sends} ${violates.join()}`.trim()),
  )
}

it('goes beyond what is declared, and beyond what the kind allows', () => {
  expect(sends('limit', { type: 'integer', minimum: 1, maximum: 50 })).toEqual([
    '-5 minimum',
    '0 minimum',
    '51 maximum',
  ])
  expect(sends('limit', { anyOf: [{ type: 'integer', exclusiveMinimum: 0 }, { type: 'null' }] })).toEqual([
    '-5 exclusiveMinimum',
    '0 exclusiveMinimum',
  ])
  expect(sends('port', { type: 'integer' })).toEqual(['70000'])
  expect(sends('url', { type: 'string', format: 'uri', maxLength: 100 })).toEqual([
    '"not a url" format',
    'a text of 101 characters maxLength,format',
  ])
})

it('sends nothing that its description may allow', () => {
  expect(sends('limit', { type: 'integer', description: 'How many; -1 for all' })).toEqual([])
  expect(sends('url', { type: 'string', description: 'URL or name of the page' })).toEqual([])
  expect(sends('date', { type: 'string', description: 'A day, such as today' })).toEqual([])
})
