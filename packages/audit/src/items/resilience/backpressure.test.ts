import { describe, expect, it } from 'vitest'
import type { UnreadAnswers } from '../../gather/unread-answers.ts'
import { answerTo } from '../../testing/judging.ts'
import backpressure from './backpressure.ts'

const megabyte = 1024 * 1024
const bounded: UnreadAnswers = {
  request: 'tools/list',
  answerBytes: 8192,
  sent: 6144,
  taken: 1200,
  stalled: true,
  rests: true,
  readBytes: 70 * megabyte,
  unreadBytes: 72 * megabyte,
  serves: true,
  ended: null,
}
const judge = (seen: Partial<UnreadAnswers>) => answerTo(backpressure, { unreadAnswers: { ...bounded, ...seen } })
const takesAll = { taken: 6144, stalled: false }

describe('backpressure', () => {
  it.each([
    ['a server that takes no more', {}],
    ['one that takes all and holds nothing', takesAll],
  ])('passes %s', (_, seen) => {
    expect(judge(seen).status).toBe('pass')
  })

  it('fails one that holds every answer', () => {
    expect(judge({ ...takesAll, unreadBytes: 120 * megabyte }).status).toBe('fail')
  })

  it.each([
    ['a rise that could be either', { ...takesAll, unreadBytes: 88 * megabyte }],
    ['one that took too little', { taken: 900, stalled: false, unreadBytes: 90 * megabyte }],
    ['one that still worked', { ...takesAll, rests: false }],
    ['a server that did not come back', { serves: false }],
    ['one that ended', { ended: 'exit code 1' }],
  ])('leaves open %s', (_, seen) => {
    expect(judge(seen).status).toBe('unknown')
  })
})
