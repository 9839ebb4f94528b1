import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { AcknowledgedWrites } from '../../gather/acknowledged-writes.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import durableWrites from './durable-writes.ts'

const good: AcknowledgedWrites = {
  write: 'keep',
  read: 'entries',
  kept: [{ situation: '40 parallel calls', acknowledged: 41, lost: 0 }],
  special: { text: '$&', intact: true },
  cut: { file: 'data', before: 100, after: 60, serves: true, saw: '40 entries' },
  untried: [],
}
const judge = (given: Partial<AcknowledgedWrites>): Verdict =>
  durableWrites.checks[0].judge({ acknowledgedWrites: { ...good, ...given } })

describe('durable-writes', () => {
  it.each([
    ['a server that keeps everything', {}, 'pass'],
    ['no text that could be tried', { special: null }, 'pass'],
    ['lost writes', { kept: [{ situation: 'two processes', acknowledged: 80, lost: 40 }] }, 'fail'],
    ['a text that changes', { special: { text: '$&', intact: false } }, 'fail'],
    ['a server that dies of its data', { cut: { ...good.cut, serves: false, saw: 'exit code 1' } }, 'fail'],
    ['what was not tried', { untried: ['two processes: no data file is declared as state.file'] }, 'unknown'],
  ] as [string, Partial<AcknowledgedWrites>, string][])('judges %s', (_, given, status) => {
    expect(judge(given)).toMatchObject({ status })
  })

  it('says what to declare', async () => {
    const { status, verdicts } = await judgeStandIn(durableWrites)
    expect(status).toBe('unknown')
    expect(JSON.stringify(verdicts)).toContain('airworthy.json')
  })
})
