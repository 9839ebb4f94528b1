import { describe, expect, it } from 'vitest'
import { toldBy, type FailedCall } from '../../gather/egress/failed-calls.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import honestHealth from './honest-health.ts'

const judge = (...told: FailedCall['told'][]) =>
  honestHealth.checks[0].judge({
    failedCalls: told.map(one => ({ tool: 'weather', situation: 'while', told: one, saw: 'fetch failed' })),
  })
const said = (text: string, isError = false) => ({
  kind: 'result' as const,
  ms: 1,
  result: { content: [{ type: 'text', text }], isError },
})

describe('honest-health', () => {
  it('judges what failed calls say', () => {
    expect(judge('error', 'open')).toMatchObject({ status: 'pass' })
    expect(judge('error', 'success')).toMatchObject({ status: 'fail' })
    expect(judge('open')).toMatchObject({ status: 'unknown' })
  })

  it.each([
    ['an error', said('The board answered 503.', true), 'error'],
    ['a failure in the words of a success', said('Failed to retrieve the forecast.'), 'success'],
    ['the status as text', said('{"status":503}'), 'success'],
    ['an answer from elsewhere', said('Sunny, 21 degrees'), 'open'],
  ] as const)('tells %s', (_, reply, told) => {
    expect(toldBy(reply, said('Sunny, 20 degrees'))).toBe(told)
  })

  it('takes no word for a failure that it always says', () => {
    expect(toldBy(said('Service unavailable: 2 times'), said('Service unavailable: 0 times'))).toBe('open')
  })

  it('takes no status for a failure where that is what is asked for', () => {
    expect(toldBy(said('It answers with 503 Service Unavailable.'), said('It answers with 200 OK.'))).toBe('open')
    expect(toldBy(said('It answers with 503.'), undefined)).toBe('success')
  })

  it('passes a server that says so', { timeout: 90_000 }, async () => {
    expect(await judgeStandIn(honestHealth, ['fetches'])).toMatchObject({ status: 'pass' })
  })
})
