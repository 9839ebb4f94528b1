import { describe, expect, it } from 'vitest'
import { mismatches } from './schemas.ts'
import { mutationsOf, soleType, type Mutation } from './mutations.ts'

const kindsOf = (mutations: Mutation[], field: string) =>
  mutations.filter(mutation => mutation.field === field).map(({ kind, sends }) => `${kind} ${sends}`)

describe('mutations', () => {
  const schema = {
    type: 'object',
    properties: {
      count: { type: 'integer' },
      maybe: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
      either: { type: ['string', 'number'] },
      anything: {},
      list: { $ref: '#/$defs/List' },
      text: { type: 'string', enum: ['a', 'b'] },
    },
    $defs: { List: { type: 'array' } },
    required: ['count'],
    additionalProperties: false,
  }
  const mutations = mutationsOf(schema, { count: 3 })

  it('rules out by the schema all that is called wrong, and nothing that is called odd', () => {
    for (const mutation of mutations)
      expect([mutation.sends, mismatches(schema, mutation.arguments).length > 0]).toEqual([
        mutation.sends,
        mutation.kind !== 'odd',
      ])
  })

  it('changes one member at a time', () => {
    expect(kindsOf(mutations, 'count')).toEqual([
      'missing no count',
      'wrong-type "3" for an integer',
      'null null for an integer',
      'odd -1 for count',
    ])
    expect(kindsOf(mutations, 'list')).toEqual(['null null for an array', 'wrong-type "sample" for an array'])
  })

  it('takes null where the schema does, and leaves alone what has several types or none', () => {
    expect(kindsOf(mutations, 'maybe')).toEqual(['wrong-type 1 for a boolean'])
    expect(kindsOf(mutations, 'either')).toEqual([])
    expect(kindsOf(mutations, 'anything')).toEqual([])
  })

  it('makes no odd value out of what an enumeration rules out', () => {
    expect(kindsOf(mutations, 'text').some(words => words.startsWith('odd'))).toBe(false)
  })

  it('does not follow a reference for ever', () => {
    const loop = { $defs: { A: { $ref: '#/$defs/A' } } }
    expect(soleType({ $ref: '#/$defs/A' }, loop)).toBeNull()
  })
})
