import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { gatherer, Undecided, type Gatherer } from '../core/item.ts'
import { Refusal } from '../core/refusal.ts'
import { bareTarget } from '../testing/repositories.ts'
import { collect, type Conditions, type Outcome } from './schedule.ts'

const launch = { command: 'x', args: [], cwd: '/', env: {}, origin: 'test' }
const conditions: Conditions = {
  target: bareTarget({ server: { transport: 'stdio', launch } }),
  impact: 'call',
  lanes: 2,
  listener: () => {},
}
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

describe('collect', () => {
  it('hands each what it needs, once', async () => {
    let runs = 0
    const base = gatherer({ id: 'base', impact: 'start', from: 'server', gather: () => ++runs })
    const left = gatherer({
      id: 'left',
      impact: 'start',
      from: 'server',
      needs: { base },
      gather: (_, { base }) => base + 1,
    })
    const right = gatherer({
      id: 'right',
      impact: 'start',
      from: 'server',
      needs: { base },
      gather: (_, { base }) => base + 2,
    })
    const outcomes = await collect([left, right], conditions)
    expect([outcomes.get(left), outcomes.get(right)]).toMatchObject([{ value: 2 }, { value: 3 }])
    expect(runs).toBe(1)
  })

  it('lets all wait for each of their needs where nothing can be gathered', async () => {
    const common = { impact: 'call', from: 'server', gather: () => 1 } as const
    const base = gatherer({ ...common, id: 'base' })
    const first = gatherer({ ...common, id: 'first', needs: { base } })
    const second = gatherer({ ...common, id: 'second', lasts: 9, needs: { first } })
    const other = gatherer({ ...common, id: 'other', borrows: 'last', needs: { base } })
    const last = gatherer({ ...common, id: 'last', borrows: 'last', needs: { second, other } })
    const undecided = { state: 'undecided', because: 'it did not start' } as const
    const outcomes = await collect([last], conditions, new Map<Gatherer, Outcome>([[base, undecided]]))
    for (const one of [first, second, other, last]) expect(outcomes.get(one)).toEqual(undecided)
  })

  it('lets those wait who would have to start a server that others will hand on', async () => {
    const begun: string[] = []
    const make = (id: string, more: Partial<Gatherer>): Gatherer =>
      gatherer({ id, impact: 'call', from: 'server', gather: () => (begun.push(id), pause(10)), ...more })
    const slow = make('slow', { gather: () => (begun.push('slow'), pause(60)) })
    const lent = make('lent', { borrows: 'gentle', needs: { slow } })
    const last = make('last', { borrows: 'last' })
    const after = make('after', { borrows: 'gentle', needs: { last } })
    const fresh = make('fresh', { borrows: 'new', needs: { slow } })
    const used = make('used', { borrows: 'gentle' })
    await collect([last, lent, after, used, fresh], { ...conditions, lanes: 4 })
    expect(begun.slice(0, 2)).toEqual(['slow', 'fresh'])
    expect(begun.slice(2, 4).toSorted()).toEqual(['lent', 'used'])
    expect(begun.slice(4)).toEqual(['last', 'after'])
  })

  it('begins with what takes longest, even before a server is started that others are lent', async () => {
    const begun: string[] = []
    const make = (id: string, more: Partial<Gatherer>): Gatherer =>
      gatherer({ id, impact: 'call', from: 'server', gather: () => begun.push(id), ...more })
    const all = [make('short', {}), make('new', { borrows: 'new', lasts: 5 }), make('long', { lasts: 10 })]
    await collect(all, { ...conditions, lanes: 1 })
    expect(begun).toEqual(['long', 'new', 'short'])
  })

  it('runs what is timed alone, and no more than the lanes side by side', async () => {
    const now = new Set<string>()
    let most = 0
    const seen: string[][] = []
    const make = (id: string, alone?: true): Gatherer =>
      gatherer({
        id,
        impact: 'call',
        from: 'server',
        ...(alone ? { alone } : {}),
        gather: async () => {
          now.add(id)
          most = Math.max(most, now.size)
          if (alone) seen.push([...now])
          await pause(20)
          if (alone) seen.push([...now])
          now.delete(id)
        },
      })
    await collect([make('a'), make('timed', true), make('b'), make('c'), make('d')], conditions)
    expect(most).toBe(2)
    expect(seen).toEqual([['timed'], ['timed']])
  })

  it('turns a crash, a late end and a missing permission into reasons', async () => {
    const crash = gatherer({
      id: 'crash',
      impact: 'call',
      from: 'server',
      gather: () => {
        throw new Error('boom')
      },
    })
    const late = gatherer({ id: 'late', impact: 'call', from: 'server', deadline: 20, gather: () => pause(5000) })
    const hard = gatherer({ id: 'hard', impact: 'stress', from: 'server', gather: () => 1 })
    const source = gatherer({ id: 'source', impact: 'read', from: 'repository', gather: () => 1 })
    const open = gatherer({
      id: 'open',
      impact: 'call',
      from: 'server',
      gather: () => {
        throw new Undecided('it did not answer')
      },
    })
    const dependent = gatherer({ id: 'dependent', impact: 'call', from: 'server', needs: { open }, gather: () => 1 })
    const outcomes = await collect([crash, late, hard, source, dependent], conditions)
    expect(outcomes.get(crash)).toMatchObject({ state: 'crashed', because: expect.stringContaining('boom') as string })
    expect(outcomes.get(late)).toMatchObject({ state: 'undecided', because: 'late was given up after 0.02 s' })
    expect(outcomes.get(hard)).toMatchObject({ state: 'undecided', because: 'needs --impact stress' })
    expect(outcomes.get(source)).toMatchObject({ because: expect.stringContaining('no directory') as string })
    expect(outcomes.get(dependent)).toMatchObject({ state: 'undecided', because: 'it did not answer' })
  })

  it('ends what a gatherer started when it is over', async () => {
    let signal: AbortSignal | undefined
    const one = gatherer({
      id: 'one',
      impact: 'call',
      from: 'server',
      gather: target => {
        signal = target.signal
        return signal.aborted
      },
    })
    expect((await collect([one], conditions)).get(one)).toMatchObject({ value: false })
    expect(signal?.aborted).toBe(true)
  })

  it('takes what the machine refuses to the audit for no fault of its own', async () => {
    const binding = gatherer({
      id: 'binding',
      impact: 'call',
      from: 'server',
      gather: () =>
        new Promise((_, reject) => {
          const taken = createServer().listen(0, '127.0.0.1', () => {
            const { port } = taken.address() as AddressInfo
            createServer()
              .once('error', error => taken.close(() => reject(error)))
              .listen(port, '127.0.0.1')
          })
        }),
    })
    const full = gatherer({
      id: 'full',
      impact: 'call',
      from: 'server',
      gather: () => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
      },
    })
    const outcomes = await collect([binding, full], conditions)
    expect(outcomes.get(binding)).toMatchObject({
      state: 'undecided',
      because: expect.stringMatching(/could not listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/) as string,
    })
    expect(outcomes.get(full)).toMatchObject({
      state: 'undecided',
      because: expect.stringContaining('is full (ENOSPC)') as string,
    })
  })

  it('lets a refusal through', async () => {
    const refusing = gatherer({
      id: 'refusing',
      impact: 'call',
      from: 'server',
      gather: () => {
        throw new Refusal('no', 'do')
      },
    })
    await expect(collect([refusing], conditions)).rejects.toThrow(Refusal)
  })
})
