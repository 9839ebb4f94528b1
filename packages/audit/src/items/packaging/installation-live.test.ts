import { describe, expect, it } from 'vitest'
import type { InstalledStart } from '../../gather/installed-starts.ts'
import { answerTo } from '../../testing/judging.ts'
import installation from './installation.ts'

const works: InstalledStart = {
  path: 'README.md',
  line: 12,
  written: 'npx -y notes-mcp',
  came: 'to its handshake',
  saw: 'notes 1.0.0, ready after 2300 ms',
}
const judge = (...starts: Partial<InstalledStart>[]) =>
  answerTo(installation, { installedStarts: starts.map(one => ({ ...works, ...one })) }, installation.checks.length - 1)
    .status

describe('installation, live', () => {
  it('passes a line that comes to its handshake', () => {
    expect(judge({})).toBe('pass')
    expect(judge({}, {})).toBe('pass')
  })

  it('fails a line that installs nothing, whatever another does', () => {
    expect(judge({}, { came: 'broken', saw: 'npm error code E404' })).toBe('fail')
  })

  it('leaves open a line that lacks what its user has to give', () => {
    expect(judge({ came: 'open', saw: 'API_KEY is not set' })).toBe('unknown')
    expect(judge({}, { came: 'open', saw: 'API_KEY is not set' })).toBe('unknown')
  })
})
