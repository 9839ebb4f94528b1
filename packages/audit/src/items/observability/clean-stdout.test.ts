import { describe, expect, it } from 'vitest'
import type { Lifetime } from '../../gather/lifetimes.ts'
import { answerTo } from '../../testing/judging.ts'
import cleanStdout from './clean-stdout.ts'

const life: Lifetime = {
  ending: 'end of input',
  calls: 3,
  failures: 2,
  strayLines: [],
  log: [],
  excesses: [],
  exit: null,
}
const judge = (early: string[], lives: Partial<Lifetime>[]) =>
  answerTo(cleanStdout, { opening: { strayLines: early }, lifetimes: lives.map(one => ({ ...life, ...one })) })

describe('clean-stdout', () => {
  it('passes whole lives of pure protocol', () => {
    expect(judge([], [{}, { ending: 'SIGTERM' }]).status).toBe('pass')
  })

  it.each([
    ['before the handshake', judge(['Server running'], [{}])],
    ['at the end', judge([], [{}, { ending: 'SIGTERM', strayLines: ['bye'] }])],
    ['with a line that never ends', judge([], [{ excesses: ['a line of more than 32 MB on stdout'] }])],
  ])('fails output %s', (_, verdict) => {
    expect(verdict.status).toBe('fail')
  })

  it('does not blame stdout for a flood on stderr', () => {
    expect(judge([], [{ excesses: ['more log lines than were kept'] }]).status).toBe('pass')
  })
})
