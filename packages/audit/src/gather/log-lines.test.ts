import { expect, it } from 'vitest'
import { entriesOf, writtenAt } from './log-lines.ts'

const own = (...lines: string[]): string[] => entriesOf(lines.map(text => ({ text }))).map(({ text }) => text)

it('leaves out what launchers and their shells say', () => {
  expect(own('npm warn deprecated x', 'Installed 12 packages in 3ms', 'Terminated', ' ', 'Killed')).toEqual([])
})

it('keeps what the server says', () => {
  expect(own('Terminated 3 sessions', '{"msg":"up"}', 'ready')).toEqual([
    'Terminated 3 sessions',
    '{"msg":"up"}',
    'ready',
  ])
})

it.each([
  ['{"time":1795953634052}', 1_795_953_634_052],
  ['{"ts":1795953634.25}', 1_795_953_634_250],
  ['{"timeUnixNano":1795953634052000000}', 1_795_953_634_052],
  ['{"timestamp":"2026-11-29T12:00:34.052Z"}', 1_795_953_634_052],
  ['{"time":"2026-11-29 14:00:34,052+02:00"}', 1_795_953_634_052],
  ['{"time":"2026-11-29 14:00:34"}', null],
  ['{"time":"12 s"}', null],
  ['2026-11-29T12:00:34.052Z up', null],
])('reads when %s was written', (text, at) => {
  expect(writtenAt(text)).toBe(at)
})
