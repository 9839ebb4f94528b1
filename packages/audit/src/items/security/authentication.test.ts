import { describe, expect, it } from 'vitest'
import type { CredentialProbe, Credentials } from '../../gather/credentials.ts'
import { answerTo } from '../../testing/judging.ts'
import authentication from './authentication.ts'

const probe = (at: string, status = 401, given: Partial<CredentialProbe> = {}): CredentialProbe => ({
  at,
  status,
  saw: `HTTP ${status}`,
  served: status < 300,
  challenge: status === 401 ? 'Bearer' : null,
  ...given,
})
const strict: Credentials = {
  url: 'http://127.0.0.1:1/mcp',
  loopback: true,
  given: ['Authorization'],
  refusals: [
    probe('POST without a credential'),
    probe('GET without a credential'),
    probe('POST with a wrong credential'),
  ],
  metadata: null,
}
const judge = (seen: Partial<Credentials>) => answerTo(authentication, { credentials: { ...strict, ...seen } }).status

describe('authentication', () => {
  it('passes 401 with a challenge everywhere', () => {
    expect(judge({})).toBe('pass')
  })

  it('takes a refused method for a refusal', () => {
    expect(judge({ refusals: [probe('POST without a credential'), probe('GET without a credential', 405)] })).toBe(
      'pass',
    )
  })

  it.each([
    ['an open server', { given: [], refusals: [probe('POST without a credential', 200)] }],
    [
      'a wrong key that works',
      { refusals: [probe('POST without a credential'), probe('POST with a wrong credential', 200)] },
    ],
    ['an open verb', { refusals: [probe('POST without a credential'), probe('GET without a credential', 200)] }],
    ['a refusal that is no 401', { refusals: [probe('POST without a credential', 500)] }],
    ['a 401 without a challenge', { refusals: [probe('POST without a credential', 401, { challenge: null })] }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })
})
