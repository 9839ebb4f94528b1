import { describe, expect, it } from 'vitest'
import { proofOf } from '../../engine/judge.ts'
import type { Attempts } from '../../gather/egress/attempts.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import retries from './retries.ts'

const live = retries.checks.find(check => proofOf(check) === 'live')
const after = (failure: Attempts['failure'], given: Partial<Attempts>): Attempts => ({
  tool: 'weather',
  request: 'GET https://api.weather.example/v1/now',
  failure,
  again: 1,
  pauseMs: 120,
  succeeded: true,
  mayRepeat: true,
  saw: 'clear',
  ...given,
})
const once = { again: 0, pauseMs: null, succeeded: false, saw: 'tool error: 503' }

describe('retries, live', () => {
  it.each<[string, Attempts[], string]>([
    ['another attempt after both', [after('HTTP 503', {}), after('a reset', {})], 'pass'],
    ['another attempt after a 503 alone', [after('HTTP 503', {}), after('a reset', once)], 'pass'],
    ['no good answer to compare with', [after('HTTP 503', { succeeded: null })], 'pass'],
    ['no attempt after either', [after('HTTP 503', once), after('a reset', once)], 'fail'],
    ['none after a 503 alone', [after('HTTP 503', once), after('a reset', {})], 'unknown'],
    ['an attempt in vain', [after('HTTP 503', { succeeded: false })], 'unknown'],
    ['an order that is sent twice', [after('HTTP 503', { mayRepeat: false })], 'fail'],
    ['an order that is not sent twice', [after('HTTP 503', { ...once, mayRepeat: false })], 'unknown'],
    [
      'orders that are not sent twice',
      [after('HTTP 503', { ...once, mayRepeat: false }), after('a reset', { ...once, mayRepeat: false })],
      'unknown',
    ],
    ['a call that succeeds all the same', [after('HTTP 503', { ...once, succeeded: true })], 'unknown'],
    ['no request', [], 'unknown'],
  ])('judges %s', (_, attempts, status) => {
    expect(live?.judge({ attempts })).toMatchObject({ status })
  })

  it('tells a server that tries again from one that does not', { timeout: 90_000 }, async () => {
    const good = await judgeStandIn(retries, ['fetches'])
    expect([good.status, evidenceOf(good)]).toEqual(['pass', expect.stringContaining('after HTTP 503')])
    expect(await judgeStandIn(retries, ['fetches', 'once'])).toMatchObject({ status: 'fail', proof: 'live' })
    expect(await judgeStandIn(retries)).toMatchObject({ status: 'unknown' })
  })
})
