import { expect, it } from 'vitest'
import { bareTarget } from '../../testing/repositories.ts'
import { makeRecords } from './records.ts'

const asked = (url: string) => ({ method: 'GET', url: new URL(url), connection: 1 })

it('keeps a bounded number of requests, and cuts what is long', () => {
  const records = makeRecords(bareTarget())
  const headers = { 'x-long': 'a'.repeat(5000) }
  for (let i = 0; i < 5010; i++) records.request(asked(`http://a.example/${'p'.repeat(3000)}`), headers)
  expect([records.requests.length, records.kept.dropped]).toEqual([5000, 10])
  expect(records.requests[0]?.path).toHaveLength(2000)
  expect(records.requests[0]?.headers['x-long']).toHaveLength(500)
})

it('masks the secrets of the target wherever they are, and what looks like one', () => {
  const records = makeRecords(bareTarget({ secrets: [{ name: 'WEATHER_KEY', value: 'abc-123-def' }] }))
  const headers = { 'x-note': 'by abc-123-def', cookie: 'sid=987654', accept: '*/*' }
  const seen = records.request(asked('http://a.example/abc-123-def?access_token=zzzz-1'), headers)
  expect(seen.path).toBe('/<WEATHER_KEY>?access_token=<access_token>')
  expect(seen.headers).toEqual({ 'x-note': 'by <WEATHER_KEY>', cookie: '***', accept: '*/*' })
})

it('finds watched values in another encoding, and does not look for short ones', () => {
  const records = makeRecords(bareTarget())
  records.watch('caller', 'caller secret')
  records.watch('short', 'a')
  const seen = records.request(asked('http://a.example/?q=caller%20secret'), {})
  records.body(seen, { bytes: 3, digest: '', complete: true }, 'a caller secret')
  expect(seen.carried).toEqual([
    { name: 'caller', where: 'path' },
    { name: 'caller', where: 'body' },
  ])
})
