import { describe, expect, it } from 'vitest'
import type { Startup } from '../../target/startup-failures.ts'
import { answerTo } from '../../testing/judging.ts'
import startupScript from './startup-script.ts'

const started: Startup = {
  ready: true,
  saw: 'handshake after 400 ms',
  advice: '',
  wantsSettings: false,
  ms: 400,
  eras: ['legacy'],
  revisions: { legacy: '2025-11-25' },
  strayLines: [],
}
const judge = (startup: Partial<Startup>, command: string | null = 'node server.js', budgetMs = 30_000) =>
  answerTo(startupScript, { startup: { ...started, ...startup }, startedBy: { command, origin: 'test', budgetMs } })

describe('startup-script', () => {
  it('passes a start in time', () => {
    expect(judge({}).status).toBe('pass')
  })

  it('fails a start that failed, with the next step', () => {
    const verdict = judge({ ready: false, saw: 'exited with code 1', advice: 'give it a key' })
    expect(verdict).toMatchObject({
      status: 'fail',
      evidence: [{ saw: 'exited with code 1', wanted: 'give it a key' }],
    })
  })

  it('is undecided about a server that was not given what it asks for', () => {
    const seen = { ready: false, wantsSettings: true, saw: 'API_KEY is required', advice: 'give it with --env' }
    expect(judge(seen)).toMatchObject({ status: 'unknown' })
  })

  it('fails a start over its budget', () => {
    expect(judge({ ms: 3000 }, 'node server.js', 2000).status).toBe('fail')
  })

  it('does not apply to a server that ran already', () => {
    expect(judge({}, null).status).toBe('not-applicable')
  })
})
