import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { PatternProbe, PatternTimes } from '../../gather/pattern-times.ts'
import boundedRegex from './bounded-regex.ts'

const probe: PatternProbe = {
  tool: 'search',
  parameter: 'query',
  isPattern: true,
  form: 'a pattern',
  sends: 'query = (a+)+$',
  usual: 5,
  ms: 8,
  limit: 3000,
  served: null,
}
const judge = (given: Partial<PatternTimes>): Verdict =>
  boundedRegex.checks[0].judge({
    patternTimes: { probes: [probe], callable: 1, good: 1, takesText: true, mayHang: true, ...given },
  })

describe('bounded-regex, live', () => {
  it('fails a pattern that is never answered', () => {
    const verdict = judge({ probes: [{ ...probe, ms: null, served: false }] })
    expect(verdict).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(verdict)).toContain('nothing else was answered meanwhile')
  })
  it('passes answers in time, and leaves open what was not tried', () => {
    expect(judge({})).toMatchObject({ status: 'pass' })
    expect(judge({ mayHang: false })).toMatchObject({ status: 'unknown' })
    expect(judge({ takesText: false })).toMatchObject({ status: 'not-applicable' })
  })
})
