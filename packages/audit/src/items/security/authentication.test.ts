import { describe, expect, it } from 'vitest'
import type { CredentialProbe, Credentials } from '../../gather/credentials.ts'
import type { PrintedCredentials } from '../../gather/printed-credentials.ts'
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

const made: PrintedCredentials = { left: ['KEY'], refusal: 'HTTP 401', printed: null, tried: 2, doubt: null }
const printed = { masked: 'abc…ef', line: 'the key is abc…ef' }

describe('authentication: a credential that the server makes itself', () => {
  it.each([
    ['one in the log that works', 'fail', { ...made, printed }],
    ['none in the log', 'pass', made],
    ['a server that refused nothing for its credential', 'unknown', { ...made, doubt: 'HTTP 503' }],
    ['a server that does not start without', 'not-applicable', { ...made, refusal: null }],
    ['no variable to leave out', 'not-applicable', null],
  ])('judges %s: %s', (_, status, printedCredentials) => {
    expect(answerTo(authentication, { printedCredentials }, 1).status).toBe(status)
  })
})

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
