import { describe, expect, it } from 'vitest'
import type { BigMessage } from '../../gather/overload.ts'
import { answerTo } from '../../testing/judging.ts'
import messageSize from './message-size.ts'

const served: BigMessage = {
  megabytes: 12,
  answer: 'error -32600: too large',
  answered: true,
  refusedWithoutId: false,
  afterwards: 'a result',
  serves: true,
  exit: null,
}
const judge = (seen: Partial<BigMessage>) => answerTo(messageSize, { overload: { big: { ...served, ...seen } } })

describe('message-size', () => {
  it.each([
    ['an answer', {}],
    ['a refusal without an id', { answered: false, refusedWithoutId: true }],
  ])('passes %s', (_, seen) => {
    expect(judge(seen).status).toBe('pass')
  })

  it.each([
    ['an end with exit code 0', { answered: false, serves: false, exit: { code: 0, signal: null, ms: 9 } }],
    ['a deaf process', { answered: false, serves: false }],
    ['a message that is lost without a word', { answered: false }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen).status).toBe('fail')
  })
})
