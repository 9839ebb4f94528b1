import { expect, it } from 'vitest'
import { entriesOf } from './log-lines.ts'

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
