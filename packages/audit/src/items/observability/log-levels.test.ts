import { describe, expect, it } from 'vitest'
import type { DebugLog } from '../../gather/debug-log.ts'
import { logEntry } from '../../gather/log-lines.ts'
import type { LoggingMessages } from '../../gather/logging-messages.ts'
import { answerTo } from '../../testing/judging.ts'
import logLevels from './log-levels.ts'

const info = '{"level":30,"time":1,"msg":"started"}'
const error = '{"level":50,"time":1,"msg":"call failed"}'
const debug = '{"level":20,"time":1,"msg":"asked"}'

const debugLog = (lines: string[], more: Partial<DebugLog> = {}): DebugLog => ({
  env: { LOG_LEVEL: 'debug' },
  declared: true,
  already: [],
  lines: lines.map(logEntry),
  ...more,
})
const judge = (question: number, lines: string[], inDebug: DebugLog) =>
  answerTo(logLevels, { logLines: lines.map(logEntry), debugLog: inDebug }, question).status

describe('levelOf', () => {
  it.each([
    ['{"level":"warn"}', 'warning'],
    ['{"level":60}', 'fatal'],
    ['{"severityText":"INFO","severityNumber":9}', 'info'],
    ['{"severityNumber":17}', 'error'],
    ['{"log":{"level":"DEBUG"}}', 'debug'],
    ['{"record":{"level":{"name":"ERROR","no":40}}}', 'error'],
    ['2026-01-01 12:00:00,123 - notes - ERROR - it failed', 'error'],
    ['DEBUG:asyncio:Using selector', 'debug'],
    ['[info] ready', 'info'],
    ['\u001b[32mINFO\u001b[0m ready', 'info'],
    ['2026-01-01 [warn]: careful', 'warning'],
    ['error: it failed', 'error'],
    ['Server running on stdio', null],
    ['Set DEBUG=1 to see more', null],
    ['{"msg":"no level"}', null],
  ])('of %s', (line, level) => {
    expect(logEntry(line).level).toBe(level)
  })
})

describe('log-levels', () => {
  const good = debugLog([info, debug, error])

  it('passes different levels, more of them in debug mode', () => {
    expect(judge(0, [info, error], good)).toBe('pass')
    expect(judge(1, [info, error], good)).toBe('pass')
  })

  it.each<[string, number, string[], DebugLog]>([
    ['lines for debugging by default', 0, [info, debug], good],
    ['everything at error', 0, [error, error, error, error], debugLog([error])],
    ['a debug mode that does nothing', 1, [info, error], debugLog([info, error])],
  ])('fails %s', (_, question, lines, inDebug) => {
    expect(judge(question, lines, inDebug)).toBe('fail')
  })

  it.each<[string, number, string[], DebugLog]>([
    ['no lines', 0, [], debugLog([])],
    ['lines without levels', 0, ['Server running on stdio'], debugLog([])],
    ['an environment that switches it on', 0, [info, debug], debugLog([debug], { already: ['LOG_LEVEL'] })],
    ['one level alone', 0, [info, info], debugLog([info])],
    ['a debug mode that was guessed in vain', 1, [info], debugLog([info], { declared: false })],
    ['more lines without levels in debug mode', 1, ['ready'], debugLog(['ready', 'asked'])],
    ['debugging in both', 1, [debug], debugLog([debug])],
  ])('is undecided about %s', (_, question, lines, inDebug) => {
    expect(judge(question, lines, inDebug)).toBe('unknown')
  })

  const messages = (phases: LoggingMessages['phases'], refused: string | null = null) =>
    answerTo(
      logLevels,
      { loggingMessages: { asked: 'logging/setLevel', refused, phases } satisfies LoggingMessages },
      2,
    ).status

  it('wants the client to get what it asked for', () => {
    const all = { least: 'debug', levels: ['info', 'debug'] }
    expect(messages([all, { least: 'emergency', levels: [] }])).toBe('pass')
    expect(messages([all, { least: 'emergency', levels: ['info'] }])).toBe('fail')
    expect(messages([{ least: null, levels: ['info'] }])).toBe('fail')
    expect(messages([], 'error -32601: Method not found')).toBe('fail')
    expect(messages([{ least: 'debug', levels: [] }])).toBe('unknown')
  })
})
