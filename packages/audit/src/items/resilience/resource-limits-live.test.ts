import { describe, expect, it } from 'vitest'
import type { Burden } from '../../gather/overload.ts'
import { answerTo } from '../../testing/judging.ts'
import resourceLimits from './resource-limits.ts'

const served: Burden = {
  at: 'tools/call echo with an argument of 9.9 MB',
  saw: 'error -32602: too long',
  met: true,
  unanswered: 0,
  afterwards: 'a result',
  serves: true,
  ended: null,
}
const live = resourceLimits.checks.length - 1
const judge = (...burdens: Partial<Burden>[]) =>
  answerTo(resourceLimits, { overload: { burdens: burdens.map(one => ({ ...served, ...one })) } }, live)

describe('resource-limits, live', () => {
  it('passes what is refused or served', () => {
    expect(judge({}, {}).status).toBe('pass')
  })

  it.each<[string, Partial<Burden>]>([
    ['an end of the process', { met: false, serves: false, ended: 'exit code 1' }],
    ['a deaf server', { met: false, serves: false, afterwards: 'no answer (timeout)' }],
    ['a call that is lost without a word', { met: false, saw: 'no answer' }],
  ])('fails %s', (_, burden) => {
    expect(judge({}, burden).status).toBe('fail')
  })

  it('leaves open whether a slow server would have answered all requests', () => {
    expect(judge({}, { met: false, unanswered: 3 }).status).toBe('unknown')
  })

  it('leaves open what no tool was there to be called with', () => {
    expect(judge({}).status).toBe('unknown')
  })
})
