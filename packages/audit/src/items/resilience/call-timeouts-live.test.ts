import { describe, expect, it } from 'vitest'
import { proofOf } from '../../engine/judge.ts'
import type { HangingUpstream } from '../../gather/egress/hanging.ts'
import timeoutConfiguration from '../configuration/timeout-configuration.ts'
import callTimeouts from './call-timeouts.ts'

const hung = (ms: number | null, given: Partial<HangingUpstream> = {}): HangingUpstream => ({
  limit: 60_000,
  calls: [{ tool: 'weather', asked: 'GET http://a.example', ms, saw: 'tool error: no answer' }],
  beside: [{ tool: 'add', good: true, saw: '3' }],
  withSetting: null,
  ...given,
})
const set = (ms: number | null, declaredMs = 300): Partial<HangingUpstream> => ({
  withSetting: { setting: 'TIMEOUT_MS', declaredMs, ms },
})
const judge = (item: typeof callTimeouts, hangingUpstream: HangingUpstream) =>
  item.checks.find(check => proofOf(check) === 'live')?.judge({ hangingUpstream })

describe('call-timeouts, live', () => {
  it.each([
    ['a call that ends', hung(3000), 'pass'],
    ['one that does not', hung(null), 'fail'],
    ['another that waits with it', hung(3000, { beside: [{ tool: 'add', good: false, saw: 'no answer' }] }), 'fail'],
    ['nothing that was asked', hung(5, { calls: [{ tool: 'weather', asked: '', ms: 5, saw: '' }] }), 'unknown'],
  ] as const)('judges %s', (_, seen, status) => {
    expect(judge(callTimeouts, seen)).toMatchObject({ status })
  })
})

describe('timeout-configuration, live', () => {
  it.each([
    ['a setting that counts', hung(3000, set(480)), 'pass'],
    ['one that gives a timeout to a server without', hung(null, set(480)), 'pass'],
    ['one that changes nothing', hung(3000, set(3020)), 'fail'],
    ['one without which it waits for ever, and with it', hung(null, set(null)), 'fail'],
    ['a difference that is no proof', hung(3000, set(2500)), 'unknown'],
    ['a declared time that is too close', hung(3000, set(2000, 2000)), 'unknown'],
    ['no setting', hung(3000), 'unknown'],
  ] as const)('judges %s', (_, seen, status) => {
    expect(judge(timeoutConfiguration, seen)).toMatchObject({ status })
  })
})
