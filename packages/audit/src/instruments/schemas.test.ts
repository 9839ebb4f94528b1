import { expect, it } from 'vitest'
import { compileSchema, mismatches } from './schemas.ts'

it('tells patterns apart and gives up on one that never ends', () => {
  expect(mismatches({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(40)}b`)).toEqual([])
  expect(mismatches({ type: 'string', pattern: '^b$' }, 'ab')).toHaveLength(1)
  expect(mismatches({ type: 'string', pattern: '^b$' }, 'b')).toEqual([])
})

it('says why a schema is none', () => {
  expect(compileSchema({ type: 'strnig' })).toMatchObject({ valid: false })
})
