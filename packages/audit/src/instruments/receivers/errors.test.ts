import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bareTarget } from '../../testing/repositories.ts'
import { openErrorReceiver, type ErrorReceiver } from './errors.ts'

let receiver: ErrorReceiver
beforeEach(async () => {
  receiver = await openErrorReceiver(bareTarget())
})
afterEach(() => receiver.close())

const key = (): string => new URL(receiver.dsn).username

// As the Sentry SDK 2.75 for Python sent it, shortened.
const event =
  '{"level":"error","exception":{"values":[{"mechanism":{"type":"generic","handled":true},"module":null,"type":"ZeroDivisionError","value":"division by zero","stacktrace":{"frames":[{"filename":"s.py","function":"<module>","lineno":4,"in_app":true}]}},{"mechanism":{"type":"generic","handled":true},"module":null,"type":"RuntimeError","value":"outer","stacktrace":{"frames":[{"filename":"s.py","function":"<module>","lineno":5,"in_app":true}]}}]},"event_id":"3aadac8b08bd486e96772301e8489e04","timestamp":"2026-11-22T16:59:11.249041Z","contexts":{"trace":{"trace_id":"ca84a322c6eb43d09b8014431f118fa4","span_id":"ad989765049b5d2b","parent_span_id":null}},"environment":"audit","platform":"python"}'
const envelope = [
  '{"event_id":"3aadac8b08bd486e96772301e8489e04","sent_at":"2026-11-22T16:59:11.249522Z"}',
  `{"type":"event","content_type":"application/json","length":${Buffer.byteLength(event)}}`,
  `${event}\n`,
].join('\n')

const send = async (body: string | Uint8Array, { path = '/api/1/envelope/', headers = {}, user = key() } = {}) => {
  const about = { 'x-sentry-auth': `Sentry sentry_key=${user}, sentry_version=7`, ...headers }
  const bytes = typeof body === 'string' ? body : new Uint8Array(body)
  const answer = await fetch(new URL(path, receiver.dsn.replace(/\/\/.*@/, '//')), {
    method: 'POST',
    headers: about,
    body: bytes,
  })
  return { status: answer.status, body: await answer.text() }
}

describe('openErrorReceiver', () => {
  it('reads the envelope of a real SDK', async () => {
    const said = await send(gzipSync(envelope), { headers: { 'content-encoding': 'gzip' } })
    expect(said).toEqual({ status: 200, body: '{"id":"3aadac8b08bd486e96772301e8489e04"}' })
    expect(receiver.errors()).toMatchObject([
      {
        id: '3aadac8b08bd486e96772301e8489e04',
        level: 'error',
        exceptions: [
          { type: 'RuntimeError', value: 'outer', frames: 1 },
          { type: 'ZeroDivisionError', value: 'division by zero', frames: 1 },
        ],
        traceId: 'ca84a322c6eb43d09b8014431f118fa4',
        environment: 'audit',
      },
    ])
    expect(receiver.env).toEqual({ SENTRY_DSN: receiver.dsn })
    expect(receiver.dsn).toMatch(/^http:\/\/[0-9a-f]{32}@127\.0\.0\.1:\d+\/1$/)
  })

  it('reads items of all kinds, with a length and without', async () => {
    const lines = [
      `{"dsn":"${receiver.dsn}"}`,
      '{"type":"session"}',
      '{"sid":"1","status":"crashed"}',
      '{"type":"attachment","length":5,"filename":"a"}',
      'a\nb\nc',
      '{"type":"transaction"}',
      '{"transaction":"tools/call"}',
      '{"type":"event"}',
      '{"message":"hello","level":"warning","tags":[["tool","forecast"]]}',
    ]
    expect((await send(lines.join('\n'), { headers: { 'x-sentry-auth': '' } })).status).toBe(200)
    expect(receiver.items().map(({ type, bytes }) => `${type} ${bytes}`)).toEqual([
      'session 30',
      'attachment 5',
      'transaction 28',
      'event 66',
    ])
    expect(receiver.errors()).toMatchObject([{ message: 'hello', level: 'warning', tags: { tool: 'forecast' } }])
  })

  it('reads the older form, with the key in the query', async () => {
    const path = `/api/1/store/?sentry_key=${key()}&sentry_version=7`
    expect((await send('{"logentry":{"message":"old"}}', { path, headers: { 'x-sentry-auth': '' } })).status).toBe(200)
    expect(receiver.errors()).toMatchObject([{ message: 'old', level: 'error' }])
  })

  it.each([
    ['', 400],
    ['no envelope', 400],
    ['{}\n{"type":"event","length":99}\n{}', 400],
    ['{}\n{"type":"event","length":-1}\n{}', 400],
    ['{}\nnull\n{}', 400],
    ['x'.repeat(17 * 1024 * 1024), 413],
  ])('refuses what is malformed or too large (%#)', async (body, status) => {
    const said = await send(body).catch(() => ({ status: 413 }))
    expect(said.status).toBe(status)
    expect(receiver.errors()).toEqual([])
    expect(receiver.faults()).toHaveLength(1)
  })

  it('refuses another key and another path', async () => {
    expect((await send(envelope, { user: '0'.repeat(32) })).status).toBe(403)
    expect((await send(envelope, { path: '/api/2/envelope/' })).status).toBe(404)
    expect(receiver.items()).toEqual([])
  })

  it('survives an event of another shape, and keeps a bounded number', async () => {
    const odd = '{"exception":[null,{"type":7}],"tags":3,"contexts":[],"logentry":"x","level":{}}'
    await send(`{}\n{"type":"event"}\n${odd}`)
    expect(receiver.errors()).toMatchObject([{ message: '', level: 'error', tags: {} }])
    const many = `{}\n${'{"type":"session"}\n{}\n'.repeat(100)}`
    for (let i = 0; i < 20; i++) await send(many)
    expect([receiver.items().length, receiver.dropped()]).toEqual([2000, 1])
  })
})
