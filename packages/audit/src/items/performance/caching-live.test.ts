import { describe, expect, it } from 'vitest'
import { proofOf } from '../../engine/judge.ts'
import type { Observed } from '../../gather/conformance/observation.ts'
import type { Repeated } from '../../gather/egress/repeated.ts'
import caching from './caching.ts'

const live = caching.checks.find(check => proofOf(check) === 'live')
const call = (how: Repeated['how']): Repeated => ({ tool: 'weather', how, request: 'GET http://a.example/now' })

describe('caching, live', () => {
  it.each<[string, Repeated[], string]>([
    ['a second call that asks nothing', [call('kept')], 'pass'],
    ['one that asks whether anything has changed', [call('checked')], 'pass'],
    ['one that asks for all again', [call('kept'), call('asked')], 'fail'],
    ['no good answer', [], 'unknown'],
  ])('judges %s', (_, repeated, status) => {
    expect(live?.judge({ repeated })).toMatchObject({ status })
  })
})

describe('caching, of lists', () => {
  const hints = caching.checks.find(({ needs }) => 'conformance' in needs)
  const observed = (result: Record<string, unknown>, eras: Observed['eras'] = ['modern']) => ({
    eras,
    seen: eras.map(era => ({ probe: 'list', era, at: 'tools/list', reply: { kind: 'result', result, ms: 1 } })),
  })

  it.each([
    ['hints', observed({ ttlMs: 0, cacheScope: 'private' }), 'pass'],
    ['no hints', observed({}), 'fail'],
    ['no scope', observed({ ttlMs: 60_000 }), 'fail'],
    ['a time below 0', observed({ ttlMs: -1, cacheScope: 'public' }), 'fail'],
    ['none in an older revision', observed({}, ['legacy']), 'not-applicable'],
    ['no list', { eras: ['modern'], seen: [] }, 'unknown'],
  ])('judges %s', (_, conformance, status) => {
    expect(hints?.judge({ conformance })).toMatchObject({ status })
  })
})
