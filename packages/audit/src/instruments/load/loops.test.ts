import { afterAll, describe, expect, it } from 'vitest'
import type { Connection, Reply } from '../../target/connection.ts'
import { openLegacy, speakerFor } from '../../target/handshake.ts'
import { stopEverything } from '../../target/process.ts'
import { run } from '../../target/run.ts'
import { speaking, stage } from '../../testing/stage.ts'
import { closedLoop } from './closed.ts'
import { latencies } from './histogram.ts'
import type { Load } from './meter.ts'
import { openLoop } from './open.ts'
import { outcomeOf } from './outcomes.ts'
import { reactionDuring } from './reaction.ts'
import { kneeOf, saturate } from './saturation.ts'

afterAll(stopEverything)

const staged = async (answer: string, before?: string): Promise<Connection> => {
  const { target } = stage(speaking(answer, before))
  const handshake = await openLegacy(speakerFor(target, await run(target)), 10_000)
  if (handshake.kind === 'refused') throw new Error('no handshake')
  return handshake.connection
}

/** Blocks its event loop for 300 ms when `work` is called; everything else is answered at once. */
const blocking = `
if (message.method === 'work') for (const end = performance.now() + 300; performance.now() < end;);
send({ id: message.id, result: {} })`

const call = (method: string) => () => ({ method })
const deadlineMs = 20_000

describe('closedLoop', () => {
  it('has as many requests open as it has workers', async () => {
    const connection = await staged(
      `most = Math.max(most, ++open)
       await new Promise(resolve => setTimeout(resolve, 5))
       open--
       send({ id: message.id, result: { most } })`,
      'let open = 0, most = 0',
    )
    let most = 0
    const answered = (reply: Reply): void => {
      if (reply.kind === 'result') most = Math.max(most, Number(reply.result['most']))
    }
    await closedLoop([connection], call('x'), { workers: 6, calls: 60, deadlineMs, answered })
    expect(most).toBe(6)
    await connection.close()
  })

  it('counts each kind of failure once and keeps it out of the latencies', async () => {
    const connection = await staged(
      `if (message.method === 'error') return send({ id: message.id, error: { code: -32603, message: 'broken' } })
       if (message.method === 'limit') return send({ id: message.id, error: { code: -32000, message: 'Too many requests' } })
       if (message.method === 'silent') return
       send({ id: message.id, result: { isError: message.method === 'tool', content: [] } })`,
    )
    const methods = ['fine', 'error', 'limit', 'silent', 'tool']
    const load = await closedLoop([connection], number => ({ method: methods[number % 5] ?? '' }), {
      workers: 5,
      calls: 20,
      deadlineMs,
      timeoutMs: 100,
    })
    expect(load.served).toBe(4)
    expect(Object.fromEntries(load.failures.map(({ outcome, count }) => [outcome, count]))).toEqual({
      error: 4,
      refused: 4,
      timeout: 4,
      'tool-error': 4,
    })
    expect(load.latency.count).toBe(8)
    expect(load.latency.max).toBeGreaterThanOrEqual(99)
    await connection.close()
  })

  it('ends at the bound of bytes', async () => {
    const connection = await staged(`send({ id: message.id, result: { text: 'x'.repeat(10_000) } })`)
    const load = await closedLoop([connection], call('x'), { workers: 1, bytes: 55_000, deadlineMs })
    expect(load).toMatchObject({ ended: 'bytes', sent: 6 })
    await connection.close()
  })

  it('ends when the server does', async () => {
    const connection = await staged(
      `if (++count > 10) process.exit(3); send({ id: message.id, result: {} })`,
      'let count = 0',
    )
    const load = await closedLoop([connection], call('x'), { workers: 2, deadlineMs })
    expect(load).toMatchObject({ ended: 'lost', failures: [{ outcome: 'transport' }] })
    expect(load.failures[0]?.first).toContain('exit code 3')
    expect(load.sent).toBeLessThan(20)
  })

  it('leaves the warm-up out', async () => {
    const connection = await staged(
      `await new Promise(resolve => setTimeout(resolve, ++count <= 5 ? 200 : 0)); send({ id: message.id, result: {} })`,
      'let count = 0',
    )
    const limits = { workers: 1, deadlineMs, calls: 20, timeoutMs: 10_000 }
    const load = await closedLoop([connection], call('x'), { ...limits, warmUp: 5 })
    expect(load.latency.count).toBe(20)
    expect(load.seconds * 1000).toBeLessThan(load.latency.max * 20 + 100)
    await connection.close()
  })
})

describe('openLoop', () => {
  it('counts what waits behind a slow answer, a closed loop does not', async () => {
    const connection = await staged(blocking)
    const methods = (number: number) => ({ method: number === 10 ? 'work' : 'x' })
    const closed = await closedLoop([connection], methods, { workers: 1, calls: 100, deadlineMs })
    const open = await openLoop([connection], methods, { perSecond: 200, calls: 100, deadlineMs })
    expect(closed.latency.max).toBeGreaterThanOrEqual(299)
    expect(open.latency.count).toBe(100)
    // At 200 a second, some 60 requests fall into those 300 ms: a quarter of all waits for more than 100 ms.
    expect(open.latency.p90).toBeGreaterThan(100)
    expect(open.latency.p90).toBeGreaterThan(closed.latency.p90)
    await connection.close()
  })

  it('ends at its backlog, or holds on to what is due', async () => {
    const connection = await staged(
      `if (message.method === 'x') await new Promise(resolve => setTimeout(resolve, 1500)); send({ id: message.id, result: {} })`,
    )
    const fast = { perSecond: 5000, calls: 1200, deadlineMs }
    const load = await openLoop([connection], call('x'), fast)
    expect(load).toMatchObject({ ended: 'backlog', sent: 1000, failures: [] })
    const held = await openLoop([connection], call('x'), { ...fast, whenFull: 'hold' })
    expect(held).toMatchObject({ ended: 'calls', sent: 1200 })
    await connection.close()
  })
})

describe('reactionDuring', () => {
  it('shows an event loop that is blocked, and one that is not', async () => {
    const connection = await staged(blocking)
    const calm = await reactionDuring(connection, () => new Promise(resolve => setTimeout(resolve, 300)), {
      deadlineMs,
    })
    const blocked = await reactionDuring(connection, () => connection.request('work'), { deadlineMs })
    expect(blocked.value.kind).toBe('result')
    expect(blocked.reaction.latency.max).toBeGreaterThan(200)
    expect(blocked.reaction.latency.p50).toBeGreaterThan(calm.reaction.latency.p50)
    await connection.close()
  })

  it('ends its pings also when the work fails', async () => {
    const connection = await staged(blocking)
    const work = async (): Promise<void> => {
      throw new Error('the work failed')
    }
    await expect(reactionDuring(connection, work, { deadlineMs })).rejects.toThrow('the work failed')
    await connection.close()
  })
})

describe('latencies', () => {
  it('fills the gap that a slow answer leaves in a fixed beat', () => {
    const [plain, corrected] = [latencies(), latencies()]
    for (const ms of [1, 1, 1, 1, 1, 1, 1, 1, 1, 100]) {
      plain.record(ms)
      corrected.recordAgainst(ms, 10)
    }
    expect(plain.summary()).toMatchObject({ count: 10, p50: 1 })
    expect(corrected.summary().count).toBe(19)
    expect(corrected.summary().p90).toBeGreaterThan(80)
  })

  it('has a summary of nothing, and holds what is out of its range', () => {
    expect(latencies().summary()).toMatchObject({ count: 0, mean: 0, p95: 0, max: 0 })
    const times = latencies()
    times.record(1e9)
    times.record(-5)
    expect(times.summary()).toMatchObject({ count: 2 })
  })
})

describe('outcomeOf', () => {
  const http = (status: number, headers = {}) => ({ status, headers, body: '' })
  const lost = { kind: 'lost', because: 'not-json-rpc', saw: '', ms: 1 } as const

  it('takes a 503 for a refusal only when it tells when to come again', () => {
    expect(outcomeOf({ ...lost, http: http(503, { 'retry-after': '2' }) })).toBe('refused')
    expect(outcomeOf({ ...lost, http: http(503) })).toBe('transport')
    expect(outcomeOf({ ...lost, http: http(429) })).toBe('refused')
  })
})

describe('saturation', () => {
  const step = (workers: number, perSecond: number, more: Partial<Load> = {}) => ({
    workers,
    load: { sent: 100, served: 100, perSecond, own: { utilisation: 0.2, late: null }, ...more } as Load,
  })

  it('finds where more at a time brings nothing', () => {
    const steps = [step(1, 100), step(2, 190), step(4, 300), step(8, 310), step(16, 305)]
    expect(kneeOf(steps).knee?.workers).toBe(4)
  })

  it('does not call the last step a knee, nor its own limit', () => {
    expect(kneeOf([step(1, 100), step(2, 200)])).toMatchObject({
      knee: null,
      because: expect.stringContaining('still rose'),
    })
    const own = { utilisation: 0.97, late: null }
    expect(kneeOf([step(1, 100), step(2, 200, { own }), step(4, 201, { own })])).toMatchObject({
      knee: null,
      because: expect.stringContaining('load generator itself'),
    })
    expect(kneeOf([step(1, 0, { served: 0 })])).toMatchObject({ knee: null })
  })

  it('does not count refusals for throughput', () => {
    const steps = [step(1, 100), step(2, 150), step(4, 400, { served: 20 })]
    expect(kneeOf(steps)).toMatchObject({ knee: { workers: 2 }, because: expect.stringContaining('a tenth fails') })
  })

  it('sees a server that takes two at a time', { timeout: 30_000 }, async () => {
    const connection = await staged(
      `waiting.push(message.id); next()`,
      `const waiting = []; let open = 0
       const next = () => {
         if (open >= 2 || waiting.length === 0) return
         open++
         const id = waiting.shift()
         setTimeout(() => { open--; send({ id, result: {} }); next() }, 30)
       }`,
    )
    const found = await saturate([connection], call('x'), { workers: [1, 2, 8], stepMs: 800, deadlineMs })
    expect(found.steps.map(({ workers }) => workers)).toEqual([1, 2, 8])
    // on a busy machine no knee is told
    expect([2, undefined]).toContain(found.knee?.workers)
    await connection.close()
  })
})
