import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import { wrongInLaunch } from '../../gather/wrong-settings.ts'
import type { WrongStart } from '../../gather/wrong-starts.ts'
import configValidation from './config-validation.ts'

const refused: WrongStart = {
  setting: 'NOTES_PORT',
  value: 'banana',
  because: 'airworthy.json says so',
  outcome: 'refused',
  code: 1,
  signal: null,
  ms: 300,
  named: 'NOTES_PORT must be a number',
  words: 'NOTES_PORT must be a number',
  hasStack: false,
  overHttp: false,
}
const judge = (...starts: Partial<WrongStart>[]): Verdict =>
  configValidation.checks[0].judge({ wrongSettings: starts.map(start => ({ ...refused, ...start })) })

describe('config-validation', () => {
  it.each([
    ['a refusal', [{}], 'pass'],
    ['a start without a word', [{ outcome: 'started', named: null }], 'fail'],
    ['one that is left out among others', [{}, { outcome: 'started', named: null }], 'fail'],
    ['a crash that does not name it', [{ named: null, hasStack: true, words: 'TypeError' }], 'fail'],
    ['an end as if all had gone well', [{ code: 0 }], 'fail'],
    ['an end by a signal', [{ code: null, signal: 'SIGSEGV' }], 'fail'],
    ['a warning alone', [{ outcome: 'started' }], 'unknown'],
    ['a warning beside a refusal', [{}, { outcome: 'started' }], 'pass'],
    ['neither an end nor a handshake', [{ outcome: 'lingered', named: null }], 'unknown'],
    ['a port that is never taken', [{ outcome: 'lingered', named: null, overHttp: true }], 'fail'],
    ['a start that is at work still', [{ outcome: 'busy', named: null, overHttp: true }], 'unknown'],
    ['nothing that could be tried', [], 'not-applicable'],
  ] as [string, Partial<WrongStart>[], string][])('judges %s', (_, starts, status) => {
    expect(judge(...starts)).toMatchObject({ status })
  })
})

describe('wrongInLaunch', () => {
  const found = (command: string, args: string[], env: Record<string, string> = {}): [string, string][] =>
    wrongInLaunch({ command, args, env, cwd: '/', origin: 'test' }).map(({ setting, value }) => [setting, value])

  it('takes numbers and addresses that are handed to the server', () => {
    expect(found('node', ['main.js', '--http', '--port', '{port}'])).toEqual([['--port', 'not/a/number']])
    expect(found('/usr/bin/python3', ['-m', 'notes', '--limit=5'])).toEqual([['--limit', 'not/a/number']])
    expect(found('notes', ['--api', 'https://example.com'], { MAX: '10', NAME: 'a' })).toEqual([
      ['--api', 'not a url'],
      ['MAX', 'not/a/number'],
    ])
  })

  it('leaves the options of launchers alone', () => {
    expect(found('node', ['--max-old-space-size=400', 'main.js'])).toEqual([])
    expect(found('docker', ['run', '--memory', '100', 'notes'])).toEqual([])
  })
})
