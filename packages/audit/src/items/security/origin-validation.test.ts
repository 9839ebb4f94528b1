import { describe, expect, it } from 'vitest'
import type { Origins } from '../../gather/origins.ts'
import { answerTo } from '../../testing/judging.ts'
import originValidation from './origin-validation.ts'

const refused = (at: string) => ({ at, status: 'HTTP 403', served: false, refused: true })
const served = (at: string) => ({ at, status: 'HTTP 200', served: true, refused: false })
const strict: Origins = {
  url: 'http://127.0.0.1:1/mcp',
  loopback: true,
  origins: [refused('POST with Origin: http://evil.example'), refused('GET with Origin: http://evil.example')],
  hosts: [refused('POST with Host: evil.example')],
  outside: { address: '10.0.0.2', reachable: false, withoutCredentials: false },
}
const judge = (seen: Partial<Origins>) =>
  [0, 1, 2].map(question => answerTo(originValidation, { origins: { ...strict, ...seen } }, question).status)

describe('origin-validation', () => {
  it('passes a strict server', () => {
    expect(judge({})).toEqual(['pass', 'pass', 'pass'])
  })

  it('does not take silence for a refusal', () => {
    const silent = { at: 'POST', status: 'no answer (TIMEOUT)', served: false, refused: false }
    expect(judge({ origins: [silent], hosts: [silent] })).toEqual(['unknown', 'unknown', 'pass'])
  })

  it('fails each of the three on its own', () => {
    expect(judge({ origins: [refused('POST'), served('GET')] })).toEqual(['fail', 'pass', 'pass'])
    expect(judge({ hosts: [served('POST')] })).toEqual(['pass', 'fail', 'pass'])
    const open = { address: '10.0.0.2', reachable: true, withoutCredentials: true }
    expect(judge({ outside: open })).toEqual(['pass', 'pass', 'fail'])
  })

  it('lets a server that asks for credentials listen outside', () => {
    expect(judge({ outside: { address: '10.0.0.2', reachable: true, withoutCredentials: false } })[2]).toBe('pass')
  })

  it('leaves the host names of a remote server to its proxy', () => {
    expect(judge({ loopback: false, hosts: [], outside: null })).toEqual(['pass', 'not-applicable', 'not-applicable'])
  })
})
