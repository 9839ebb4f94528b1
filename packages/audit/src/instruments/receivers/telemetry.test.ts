import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bareTarget } from '../../testing/repositories.ts'
import { exportTypes } from './otlp-messages.ts'
import { openTelemetryReceiver, type TelemetryReceiver } from './telemetry.ts'

// What the OpenTelemetry SDK 0.208 for Node really sent: two spans, a log record, a counter and a histogram.
const traces =
  'CqoDCooBChkKDHNlcnZpY2UubmFtZRIJCgd3ZWF0aGVyCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGbm9kZWpzCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiAKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIHCgUyLjIuMBAAEpoCChQKDXdlYXRoZXItdG9vbHMSAzEuMBJVChDe1MG51KezNDC2wHUyZmWsEgg9rxR+eYgO7CIIkkn0qJBfj7MqA0dFVDADOYC8S/mzbOoYQVzUVvmzbOoYUABgAHAAeggSBGJvb20YAoUBAQEAABKqAQoQ3tTBudSnszQwtsB1MmZlrBIIkkn0qJBfj7MqE3Rvb2xzL2NhbGwgZm9yZWNhc3QwAjmAvEv5s2zqGEGzOxP7s2zqGEoWCghtY3AudG9vbBIKCghmb3JlY2FzdEoHCgFuEgIYA0oSCgVyYXRpbxIJIQAAAAAAAOA/SggKAm9rEgIQAUoUCgRsaXN0EgwqCgoDCgFhCgMKAWJQAGAAcAB6AhgAhQEBAQAA'
const logs =
  'CvUBCooBChkKDHNlcnZpY2UubmFtZRIJCgd3ZWF0aGVyCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGbm9kZWpzCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiAKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIHCgUyLjIuMBAAEmYKBQoDYXBwEl0JwP5a+bNs6hgQERoFRVJST1IqCwoJaXQgZmFpbGVkMhAKB3JlcXVlc3QSBQoDci0xOABFAQAAAEoQ3tTBudSnszQwtsB1MmZlrFIIPa8UfnmIDuxZwP5a+bNs6hg='
const metrics =
  'CtYCCooBChkKDHNlcnZpY2UubmFtZRIJCgd3ZWF0aGVyCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGbm9kZWpzCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiAKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIHCgUyLjIuMBAAEsYBCgUKAW0SABJDCgVjYWxscxIAGgExOjUKLxFAwiT7s2zqGBnAsh/+s2zqGCEAAAAAAAAAQDoSCgR0b29sEgoKCGZvcmVjYXN0EAIYARJ4CghkdXJhdGlvbhIAGgJtc0pmCmIRQMIk+7Ns6hgZwLIf/rNs6hghAQAAAAAAAAApAAAAAAAAKUAyGAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAADoQAAAAAAAAJEAAAAAAAABZQFkAAAAAAAApQGEAAAAAAAApQBAC'

let receiver: TelemetryReceiver
beforeEach(async () => {
  receiver = await openTelemetryReceiver(bareTarget())
})
afterEach(() => receiver.close())

const binary = 'application/x-protobuf'
const json = 'application/json'

const send = async (signal: string, type: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
  const about = { method: 'POST', headers: { 'content-type': type, ...headers } }
  const bytes = typeof body === 'string' ? body : new Uint8Array(body)
  const answer = await fetch(`${receiver.url}/v1/${signal}`, { ...about, body: bytes })
  return { status: answer.status, body: await answer.text() }
}

const traceId = 'ded4c1b9d4a7b33430b6c075326665ac'

describe('openTelemetryReceiver', () => {
  it('reads the spans of a real SDK', async () => {
    expect(await send('traces', binary, Buffer.from(traces, 'base64'))).toEqual({ status: 200, body: '' })
    const [inner, outer] = receiver.spans()
    expect(outer).toMatchObject({ service: 'weather', scope: 'weather-tools', traceId, kind: 'server', parentId: null })
    expect(outer?.attributes).toEqual({ 'mcp.tool': 'forecast', n: 3, ratio: 0.5, ok: true, list: ['a', 'b'] })
    expect(inner).toMatchObject({ traceId, parentId: outer?.spanId, name: 'GET', kind: 'client' })
    expect(inner).toMatchObject({ status: 'error', statusMessage: 'boom' })
    expect(new Date(outer?.startedAt ?? 0).toISOString()).toBe('2026-11-22T17:02:01.698Z')
    expect((outer?.endedAt ?? 0) - (outer?.startedAt ?? 0)).toBeCloseTo(29.851, 2)
    expect(receiver.faults()).toEqual([])
  })

  it('reads its log records and metrics, packed by gzip', async () => {
    const packed = { 'content-encoding': 'gzip' }
    await send('logs', binary, gzipSync(Buffer.from(logs, 'base64')), packed)
    await send('metrics', binary, gzipSync(Buffer.from(metrics, 'base64')), packed)
    expect(receiver.logs()).toMatchObject([
      { severity: 'ERROR', severityNumber: 17, body: 'it failed', attributes: { request: 'r-1' }, traceId },
    ])
    expect(receiver.points()).toMatchObject([
      { name: 'calls', unit: '1', kind: 'sum', value: 2, count: null, attributes: { tool: 'forecast' } },
      { name: 'duration', unit: 'ms', kind: 'histogram', value: 12.5, count: 1 },
    ])
    expect(receiver.exports()).toBe(2)
  })

  it('reads the same as JSON', async () => {
    const span = {
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      parentSpanId: '',
      name: 'tools/call',
      kind: 2,
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: '1544712661000000000',
      attributes: [{ key: 'map', value: { kvlistValue: { values: [{ key: 'n', value: { intValue: '7' } }] } } }],
      status: { code: 'STATUS_CODE_ERROR' },
      events: [{ name: 'exception', timeUnixNano: '1544712660500000000' }],
    }
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'weather' } }] }
    const body = JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's' }, spans: [span] }] }],
    })
    expect(await send('traces', `${json}; charset=utf-8`, body)).toEqual({ status: 200, body: '{}' })
    expect(receiver.spans()).toMatchObject([
      { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', parentId: null, kind: 'server' },
    ])
    expect(receiver.spans()[0]).toMatchObject({ attributes: { map: { n: 7 } }, status: 'error', service: 'weather' })
    expect(receiver.spans()[0]).toMatchObject({ startedAt: 1544712660000, events: [{ at: 1544712660500 }] })
  })

  it.each([
    ['traces', json, '{"resourceSpans":', 400],
    ['traces', binary, Buffer.from('ff'.repeat(50), 'hex'), 400],
    ['traces', 'text/plain', 'hello', 415],
    ['things', json, '{}', 404],
  ])('refuses %s as %s that are malformed', async (signal, type, body, status) => {
    expect((await send(signal, type, body)).status).toBe(status)
    expect(receiver.faults()).toHaveLength(1)
    expect(receiver.exports()).toBe(0)
  })

  it.each(['null', '[]', '{"resourceSpans":3}', '{"resourceSpans":[{"scopeSpans":[{"spans":[null,{"traceId":7}]}]}]}'])(
    'survives %s',
    async body => {
      expect((await send('traces', json, body)).status).toBe(200)
      expect(receiver.spans()).toEqual([])
    },
  )

  it('refuses what is too large, packed or not, and keeps a bounded number', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024))
    expect((await send('logs', json, bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
    expect((await send('logs', json, 'plain', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await send('logs', json, '{}', { 'content-encoding': 'zstd' })).status).toBe(415)
    const type = (await exportTypes()).logs
    const logRecords = Array.from({ length: 15_000 }, () => ({ severityText: 'INFO' }))
    const many = type.encode(type.fromObject({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })).finish()
    await send('logs', binary, Buffer.from(many))
    await send('logs', binary, Buffer.from(many))
    expect([receiver.logs().length, receiver.dropped()]).toEqual([20_000, 10_000])
  })

  it('survives values that are nested without end', async () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(3000)}{"intValue":1}${']}}'.repeat(3000)}`
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"INFO","body":${deep}}]}]}]}`
    expect((await send('logs', json, body)).status).toBe(200)
    expect(JSON.stringify(receiver.logs()[0]?.body).length).toBeLessThan(100)
  })

  it('notices a sender of gRPC', async () => {
    const socket = connect(Number(new URL(receiver.url).port), '127.0.0.1')
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    await new Promise(resolve => socket.once('close', resolve))
    expect(receiver.faults()).toEqual(['HTTP/2, as gRPC speaks it'])
  })

  it('ends with its scope', async () => {
    const scope = new AbortController()
    const other = await openTelemetryReceiver(bareTarget({ signal: scope.signal }))
    scope.abort()
    await other.close()
    await expect(fetch(other.url)).rejects.toThrow('fetch failed')
  })
})
