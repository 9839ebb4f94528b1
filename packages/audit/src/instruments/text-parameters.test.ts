import { expect, it } from 'vitest'
import { textParametersOf } from './text-parameters.ts'

it('takes what a call was given for a parameter where the schema names none', () => {
  const [path, tags, ...others] = textParametersOf(
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    { path: 'a.txt', tags: ['x'], limit: 3 },
  )
  expect(others).toEqual([])
  expect(path).toMatchObject({ name: 'path', good: 'a.txt', isPathForSure: true })
  expect(path?.given('b')).toEqual({ path: 'b', tags: ['x'], limit: 3 })
  expect(tags?.given('y')).toEqual({ path: 'a.txt', tags: ['y'], limit: 3 })
})

it('believes the schema where it says something', () => {
  const schema = { type: 'object', properties: { id: { type: 'integer' } } }
  expect(textParametersOf(schema, { id: '3' })).toEqual([])
})
