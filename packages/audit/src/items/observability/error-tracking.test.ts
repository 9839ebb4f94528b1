import { describe, expect, it } from 'vitest'
import type { FailedCalls } from '../../gather/failed-calls.ts'
import { answerTo } from '../../testing/judging.ts'
import errorTracking from './error-tracking.ts'

type Reported = FailedCalls['reports']['errors'][number]

const reported = (event: Record<string, unknown>, release: string | null = 'notes@1'): Reported => ({
  id: '1',
  at: 1,
  level: 'error',
  message: '',
  exceptions: [{ type: 'Error', value: 'ENOENT', frames: 1 }],
  traceId: null,
  tags: {},
  environment: null,
  release,
  event,
})
const good = reported({ tags: { tool: 'keep_entry' } })

const judge = (
  errors: Reported[],
  reports: Partial<FailedCalls['reports']> = {},
  more: Partial<FailedCalls> = {},
): string =>
  answerTo(errorTracking, {
    failedCalls: {
      declared: true,
      failed: [{ tool: 'keep_entry', answer: 'tool error: it failed' }],
      succeeded: [],
      lines: [],
      ended: true,
      secrets: [{ name: 'an argument', value: 'airworthy00c0ffee' }],
      reports: { declared: false, errors, kinds: errors.length > 0 ? ['event'] : [], faults: [], ...reports },
      ...more,
    } satisfies FailedCalls,
  }).status

describe('error-tracking', () => {
  it('passes an event with the tool and the release', () => {
    expect(judge([good])).toBe('pass')
    expect(judge([reported({}, null), good])).toBe('pass')
  })

  it.each<[string, Reported[], Partial<FailedCalls['reports']>]>([
    ['no tool', [reported({ exception: { values: [{ stacktrace: { frames: ['keep_entry'] } }] } })], {}],
    ['no release', [reported({ tags: { tool: 'keep_entry' } }, null)], {}],
    ['the arguments', [reported({ tags: { tool: 'keep_entry' }, extra: { text: 'airworthy00c0ffee' } })], {}],
    ['sessions alone', [], { kinds: ['session'] }],
    ['nothing, though it is declared', [], { declared: true }],
  ])('fails %s', (_, errors, reports) => {
    expect(judge(errors, reports)).toBe('fail')
  })

  it('is undecided where nothing says that anything is reported', () => {
    expect(judge([])).toBe('unknown')
    expect(judge([], { declared: true }, { declared: false })).toBe('unknown')
    expect(judge([], { declared: true, faults: ['/x: no path of the ingest'] })).toBe('unknown')
    expect(judge([], {}, { failed: [] })).toBe('unknown')
  })
})
