import { describe, expect, it } from 'vitest'
import { fateOf } from './prompt-renders.ts'

const error = (message: string) => ({ kind: 'error', code: -32603, message, ms: 1 }) as const

describe('fateOf', () => {
  it.each([
    ["Project 'sample' not found", 'refused'],
    ['No such projects: SAMPLE', 'refused'],
    ['invalid fileName', 'refused'],
    ['Cannot read properties of undefined', 'broken'],
  ])('%s: %s', (message, fate) => {
    expect(fateOf(error(message), { project: 'sample', fileName: 'a' })).toMatchObject({ fate })
  })
})
