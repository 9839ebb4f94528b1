import { describe, expect, it } from 'vitest'
import { proofOf } from '../../engine/judge.ts'
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
