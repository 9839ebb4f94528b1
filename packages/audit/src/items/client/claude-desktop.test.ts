import { describe, expect, it } from 'vitest'
import type { Desktop } from '../../gather/desktop.ts'
import { answerTo } from '../../testing/judging.ts'
import claudeDesktop from './claude-desktop.ts'

const works: Desktop = {
  bound: null,
  started: true,
  ms: 300,
  tools: 4,
  call: 'echo: sample',
  callFailed: false,
  words: '',
  endedAfter: 50,
}
const judge = (seen: Partial<Desktop>) => answerTo(claudeDesktop, { desktop: { ...works, ...seen } })

describe('claude-desktop', () => {
  it('passes a server that works from anywhere', () => {
    expect(judge({}).status).toBe('pass')
  })

  it.each([
    ['no handshake', { started: false, words: 'ENOENT package.json' }],
    ['a call that fails there alone', { callFailed: true }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen).status).toBe('fail')
  })

  it('is undecided about a command that is bound to its directory', () => {
    expect(judge({ bound: '«npm start» finds its project by the current directory' }).status).toBe('unknown')
  })
})
