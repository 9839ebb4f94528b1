import { describe, expect, it } from 'vitest'
import type { FailedCalls } from '../../gather/failed-calls.ts'
import { logEntry } from '../../gather/log-lines.ts'
import { answerTo } from '../../testing/judging.ts'
import errorLogging from './error-logging.ts'

const judge = (lines: string[], more: Partial<FailedCalls> = {}) =>
  answerTo(errorLogging, {
    failedCalls: {
      declared: true,
      failed: [{ tool: 'keep_entry', answer: 'tool error: it failed' }],
      succeeded: [],
      lines: lines.map(logEntry),
      ended: true,
      secrets: [{ name: 'an argument', value: 'airworthy00c0ffee' }],
      reports: { declared: false, errors: [], kinds: [], faults: [] },
      ...more,
    } satisfies FailedCalls,
  }).status

const good = '{"level":"error","tool":"keep_entry","error":"ENOENT: no such file"}'

describe('error-logging, live', () => {
  it.each<[string, string[]]>([
    ['an entry with the error', [good]],
    ['one of pino', ['{"level":50,"err":{"type":"Error","message":"no such file"},"msg":"keep_entry failed"}']],
    ['a message that says it', ['{"level":"ERROR","message":"keep_entry failed: no such file or directory"}']],
    [
      'a trace over several lines',
      ['ERROR notes: keep_entry failed', 'Traceback (most recent call last):', 'OSError: [Errno 28] No space left'],
    ],
    ['console.error', ['Error in keep_entry: ENOENT: no such file or directory']],
  ])('passes %s', (_, lines) => {
    expect(judge(lines)).toBe('pass')
  })

  it.each<[string, string[]]>([
    ['nothing', []],
    ['another level', ['{"level":"info","tool":"keep_entry","error":"ENOENT"}']],
    ['no tool', ['{"level":"error","error":"ENOENT: no such file"}']],
    ['no cause', ['{"level":"error","tool":"keep_entry","message":"Tool call"}']],
    ['the arguments', [good, '{"level":"error","arguments":{"text":"airworthy00c0ffee"}}']],
  ])('fails %s', (_, lines) => {
    expect(judge(lines)).toBe('fail')
  })

  it('is undecided where nobody said that the call fails inside', () => {
    expect(judge([], { declared: false })).toBe('unknown')
    expect(judge([good], { declared: false })).toBe('pass')
    expect(judge([], { failed: [] })).toBe('unknown')
  })
})
