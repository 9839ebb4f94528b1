import { describe, expect, it } from 'vitest'
import type { AbandonedSessions } from '../../gather/abandoned-sessions.ts'
import { answerTo } from '../../testing/judging.ts'
import sessionExpiry from './session-expiry.ts'

const megabyte = 1024 * 1024
const gone = {
  idleMs: 500,
  each: 20,
  goneAfterMs: 520 as number | null,
  answer: 'HTTP 404',
  waitedMs: 520,
  perSession: 40_000,
  after: [60, 61, 61].map(mb => mb * megabyte),
}
const judge = (abandonedSessions: AbandonedSessions) => answerTo(sessionExpiry, { abandonedSessions })
const judgeFound = (seen: Partial<typeof gone>) => judge({ none: null, found: { ...gone, ...seen } })

describe('session-expiry', () => {
  it.each([
    ['a session that is gone', {}],
    ['one whose memory cannot be known', { after: [] }],
    ['memory that rises once', { after: [60, 80, 80].map(mb => mb * megabyte) }],
  ])('passes %s', (_, seen) => {
    expect(judgeFound(seen).status).toBe('pass')
  })

  it.each([
    ['a session that is served on and on', { goneAfterMs: null, answer: 'HTTP 200, served as before' }],
    ['what each session leaves behind', { after: [60, 80, 100, 120, 140].map(mb => mb * megabyte) }],
  ])('fails %s', (_, seen) => {
    expect(judgeFound(seen).status).toBe('fail')
  })

  it('leaves open what the settings do not tell', () => {
    expect(judge({ none: null, found: null }).status).toBe('unknown')
  })

  it('does not concern a server without sessions', () => {
    expect(judge({ none: 'it gives no client a session', found: null }).status).toBe('not-applicable')
  })
})
