import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { WithoutOthers } from '../../gather/egress/without-others.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import gracefulDegradation from './graceful-degradation.ts'

const good: WithoutOthers = {
  going: ['weather'],
  startFailed: null,
  listed: 3,
  unlisted: [],
  staying: [{ tool: 'add', good: true, saw: '3' }],
  asksAtStart: false,
  storm: { calls: 24, unanswered: 0, replies: [] },
  after: [{ tool: 'add', good: true, saw: '3' }],
  ended: null,
  recovered: true,
}
const judge = (given: Partial<WithoutOthers>): Verdict =>
  gracefulDegradation.checks[0].judge({ withoutOthers: { ...good, ...given } })
const silent = [{ tool: 'add', good: false, saw: 'tool error: no index' }]

describe('graceful-degradation', () => {
  it.each([
    ['a server that goes on', {}, 'pass'],
    ['one whose others had no good answer before', { recovered: null }, 'pass'],
    ['a start that fails', { startFailed: 'it ended with exit code 1' }, 'fail'],
    ['an empty list', { listed: 0, unlisted: ['add'] }, 'fail'],
    ['a tool that needs nothing outside and fails', { staying: silent }, 'fail'],
    ['the same where something is asked at the start', { staying: silent, asksAtStart: true }, 'unknown'],
    ['a process that dies of failed calls', { ended: 'exit code 1', after: silent }, 'fail'],
    ['a tool that fails after them', { after: silent }, 'fail'],
    ['others that are back in vain', { recovered: false }, 'unknown'],
    ['no tool that goes out', { storm: null }, 'unknown'],
  ] as [string, Partial<WithoutOthers>, string][])('judges %s', (_, given, status) => {
    expect(judge(given)).toMatchObject({ status })
  })

  it('passes a server whose upstream is away, and is unknown where nothing goes out', { timeout: 60_000 }, async () => {
    expect(await judgeStandIn(gracefulDegradation, ['fetches'])).toMatchObject({ status: 'pass' })
    const { status, verdicts } = await judgeStandIn(gracefulDegradation)
    expect(status).toBe('unknown')
    expect(JSON.stringify(verdicts)).toContain('airworthy.json')
  })
})
