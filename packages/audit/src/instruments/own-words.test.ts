import { describe, expect, it } from 'vitest'
import { lineThatNames, ownWords } from './own-words.ts'

const named = (log: string[], setting: string): string | null => lineThatNames(ownWords(log), setting)

describe('ownWords', () => {
  it('leaves out stack frames and the source that Node quotes', () => {
    const log = [
      'file:///srv/main.js:12',
      '  throw new TypeError(process.env.NOTES_PORT)',
      '  ^',
      '',
      'TypeError: fetch failed',
      '    at main (file:///srv/main.js:12:9)',
      'Node.js v22.0.0',
    ]
    expect(ownWords(log)).toEqual({ lines: ['TypeError: fetch failed', 'Node.js v22.0.0'], hasStack: true })
    expect(named(log, 'NOTES_PORT')).toBeNull()
  })

  it('leaves out the source that Python quotes', () => {
    const log = [
      'Traceback (most recent call last):',
      '  File "/srv/main.py", line 3, in <module>',
      '    port = int(os.environ["NOTES_PORT"])',
      "ValueError: invalid literal for int() with base 10: 'banana'",
    ]
    expect(ownWords(log).lines).toEqual(["ValueError: invalid literal for int() with base 10: 'banana'"])
    expect(named(log, 'NOTES_PORT')).toBeNull()
    expect(named([JSON.stringify({ error: log.join('\n') })], 'NOTES_PORT')).toBeNull()
  })
})

describe('lineThatNames', () => {
  it.each([
    ['NOTES_PORT must be a number, not "banana".', 'NOTES_PORT'],
    ['{"level":"fatal","message":"NOTES_PORT must be a number"}', 'NOTES_PORT'],
    ['{"level":"fatal","setting":"NOTES_PORT","message":"not a number"}', 'NOTES_PORT'],
    ["error: argument --port: invalid int value: 'banana'", '--port'],
    ['Invalid configuration: httpPort: expected number, received NaN', 'NOTES_HTTP_PORT'],
    ['\u001B[31mRangeError: options.port should be >= 0 and < 65536\u001B[39m', 'PORT'],
  ])('finds in %s what is wrong', (line, setting) => {
    expect(named([line], setting)).not.toBeNull()
  })

  it('finds the field of a validation error of pydantic', () => {
    const log = [
      '1 validation error for Settings',
      'port',
      '  Input should be a valid integer, unable to parse string as an integer',
    ]
    expect(named(log, 'NOTES_PORT')).toContain('port')
  })

  it.each([
    ['listening on port 3000', 'NOTES_PORT'],
    ['NOTES_PORTAL must be set', 'NOTES_PORT'],
    ['the report must be complete', 'PORT'],
    ['listening on port not/a/number', 'PORT'],
    ['cannot start', 'NOTES_PORT'],
  ])('does not take «%s» for a sentence about it', (line, setting) => {
    expect(lineThatNames(ownWords([line]), setting, 'not/a/number')).toBeNull()
  })
})
