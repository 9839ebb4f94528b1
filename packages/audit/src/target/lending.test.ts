import { afterAll, describe, expect, it } from 'vitest'
import { check, gatherer, type Borrowing, type Gatherer, type Item } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { fail, pass } from '../core/verdict.ts'
import { auditTarget } from '../engine/audit.ts'
import { collect, type Outcome } from '../engine/schedule.ts'
import { speaking, stage } from '../testing/stage.ts'
import { describeReply } from './connection.ts'
import { endLending } from './lending.ts'
import { isAlive } from './processes.ts'
import { stopEverything } from './process.ts'
import { reopen } from './reopen.ts'
import type { Startup } from './startup-failures.ts'

afterAll(stopEverything)

const startup: Startup = {
  ready: true,
  saw: '',
  advice: '',
  wantsSettings: false,
  ms: 100,
  strayLines: [],
  eras: ['legacy'],
  revisions: { legacy: '2025-11-25' },
}

/** Tools: `never` is not answered, `die` ends it, `hang` and `spoil` say yes and then it answers nothing, or all calls but `ok` with an error. */
const script = speaking(
  `const name = message.params?.name
if (name === 'die' || (name === 'third' && calls > 1)) process.exit(1)
if (name) calls++
if (hung || name === 'never') return
const bad = spoilt && name !== 'ok'
const text = bad ? 'it is spoilt' : name === 'limit' && calls > 2 ? 'Too many requests' : 'fine'
send({ id: message.id, result: { content: [{ type: 'text', text }], ...(text === 'fine' ? {} : { isError: true }) } })
if (name === 'hang') hung = true
if (name === 'spoil') spoilt = true`,
  'let calls = 0, hung = false, spoilt = false',
)

/** Calls these tools one after the other; its artifact is what they answered. */
const calling = (id: string, borrows: Borrowing | undefined, tools: string[], after?: Gatherer): Gatherer<string[]> =>
  gatherer({
    id,
    impact: 'call',
    from: 'server',
    ...(borrows ? { borrows } : {}),
    ...(after ? { needs: { after } } : {}),
    gather: async (target: Target) => {
      const connection = await reopen(target, startup, undefined)
      if (!connection) throw new Error('it did not start')
      const seen: string[] = []
      for (const name of tools)
        seen.push(describeReply(await connection.request('tools/call', { name, arguments: {} }, { timeout: 3000 })))
      await connection.close()
      return seen
    },
  })

const valuesOf = (outcome: Outcome | undefined): unknown => outcome?.state === 'done' && outcome.value

const calm = { impact: 'call', lanes: 3, listener: () => {} } as const

const run = async (...gatherers: Gatherer<string[]>[]) => {
  const { target, end } = stage(script)
  const ended = (): Promise<void> => endLending(target)
  const outcomes = await collect(gatherers, { ...calm, target, endLending: ended })
  await ended()
  end()
  return { values: gatherers.map(one => valuesOf(outcomes.get(one))), processes: target.journal.processes }
}

const good = calling('good', 'first', ['ok'])
const died = 'no answer (closed: the process ended with exit code 1)'

describe('a server that is lent', () => {
  it('goes from one gatherer to the next', async () => {
    const second = calling('second', 'gentle', ['ok', 'ok'], good)
    expect(await run(good, second, calling('third', 'rough', ['ok'], second))).toEqual({
      values: [['fine'], ['fine', 'fine'], ['fine']],
      processes: 1,
    })
  })

  it('is held by one at a time', async () => {
    const others = ['a', 'b'].map(id => calling(id, 'gentle', ['ok'], good))
    expect(await run(good, ...others)).toMatchObject({ processes: 2 })
  })

  it.each([
    ['asks for a new one', 'new', 'gentle'],
    ['wants it as good as unused', 'first', 'gentle'],
    ['is gentle after the rough', 'gentle', 'rough'],
    ['does not borrow', undefined, 'gentle'],
  ] as const)('is not given to whoever %s', async (_, later, earlier) => {
    const before = calling('before', earlier, ['ok'])
    expect(await run(before, calling('after', later, ['ok'], before))).toMatchObject({ processes: 2 })
  })

  it('that ends at a call ends so again at a server of its own', async () => {
    const fatal = calling('fatal', 'rough', ['ok', 'die'], good)
    expect(await run(good, fatal)).toEqual({ values: [['fine'], ['fine', died]], processes: 2 })
  })

  it('that ends through what others did is no fault of its last borrower', async () => {
    const first = calling('first', 'gentle', ['ok', 'ok'])
    const innocent = calling('innocent', 'gentle', ['third'], first)
    expect(await run(first, innocent)).toEqual({ values: [['fine', 'fine'], ['fine']], processes: 2 })
  })

  it('that limits its callers is tried alone', async () => {
    const first = calling('first', 'gentle', ['ok', 'ok'])
    const limited = calling('limited', 'gentle', ['limit'], first)
    expect(await run(first, limited)).toEqual({ values: [['fine', 'fine'], ['fine']], processes: 2 })
  })

  it('is handed on only while it answers what it answered before', async () => {
    const first = calling('first', 'gentle', ['ok', 'hang'])
    const next = calling('next', 'gentle', ['ok'], first)
    expect(await run(first, next)).toEqual({ values: [['fine', 'fine'], ['fine']], processes: 2 })
  })

  it.each([
    ['is handed on after calls that their caller left', true, 1],
    ['is not handed on after calls that were not answered', false, 3],
  ])('%s', async (_, left, processes) => {
    const leaving = gatherer({
      id: 'leaving',
      impact: 'call',
      from: 'server',
      borrows: 'rough',
      needs: { good },
      gather: async (target: Target) => {
        const connection = await reopen(target, startup, undefined)
        const call = { name: 'never', arguments: {} }
        const reply = await connection?.request('tools/call', call, { timeout: 50, ...(left ? { left } : {}) })
        await connection?.close()
        return [reply?.kind ?? '']
      },
    })
    expect(await run(good, leaving, calling('next', 'last', ['ok'], leaving))).toMatchObject({
      values: [['fine'], ['lost'], ['fine']],
      processes,
    })
  })

  it('goes in the end to whoever ends it', async () => {
    const before = calling('before', 'rough', ['ok'], good)
    const last = calling('last', 'last', ['ok'], before)
    expect(await run(good, before, last)).toMatchObject({ values: [['fine'], ['fine'], ['fine']], processes: 1 })
    const after = calling('after', 'rough', ['ok'], last)
    expect(await run(good, before, last, after)).toMatchObject({ processes: 2 })
  })

  it('that fails whoever ends it is tried alone', async () => {
    const first = calling('first', 'gentle', ['ok', 'ok'])
    const last = calling('last', 'last', ['third'], first)
    expect(await run(first, last)).toEqual({ values: [['fine', 'fine'], ['fine']], processes: 2 })
  })

  it('in one era is not given to a client of the other', async () => {
    const before = calling('before', 'rough', ['ok'])
    const inModern = gatherer({
      id: 'modern',
      impact: 'call',
      from: 'server',
      borrows: 'rough',
      needs: { before },
      gather: async (target: Target) => {
        const connection = await reopen(target, startup, 'modern')
        return connection ? ['it speaks both'] : []
      },
    })
    expect(await run(before, inModern)).toEqual({ values: [['fine'], []], processes: 2 })
  })

  it('is ended when it was forgotten, and at the end', async () => {
    const pids: number[] = []
    const holding = (id: string, closes: boolean): Gatherer =>
      gatherer({
        id,
        impact: 'call',
        from: 'server',
        borrows: 'gentle',
        gather: async (target: Target) => {
          const connection = await reopen(target, startup, undefined)
          pids.push(connection?.process?.pid ?? 0)
          if (closes) await connection?.close()
        },
      })
    const { target, end } = stage(script)
    await collect([holding('forgetful', false), holding('orderly', true)], { ...calm, target })
    expect(pids.map(isAlive)).toContain(true)
    await endLending(target)
    end()
    for (const until = performance.now() + 4000; pids.some(isAlive) && performance.now() < until;)
      await new Promise(resolve => setTimeout(resolve, 50))
    expect(pids.map(isAlive)).toEqual([false, false])
  })
})

describe('a failure seen at a server that is lent', () => {
  const itemOn = (id: string, need: Gatherer<string[]>): Item => ({
    id,
    area: 'a',
    rows: [],
    title: id,
    level: 'must',
    why: 'why',
    how: 'how',
    refs: ['https://example.org/'],
    checks: [
      check({
        asks: 'Is it fine?',
        needs: { need },
        judge: ({ need }) => {
          const saw = { at: id, saw: need.join() }
          return need.every(text => text === 'fine') ? pass(saw) : fail(saw)
        },
      }),
    ],
  })

  it('counts when it comes again at a server that nobody else called', async () => {
    const first = calling('first', 'gentle', ['ok', 'spoil'])
    const innocent = calling('innocent', 'gentle', ['other'], first)
    const guilty = calling('guilty', 'gentle', ['spoil', 'other'], innocent)
    const { target, end } = stage(script)
    const report = await auditTarget({
      target,
      items: [itemOn('innocent', innocent), itemOn('guilty', guilty)],
      impact: 'call',
      circumstances: [],
      lanes: 1,
      listener: () => {},
      tool: { name: 'mcp-airworthy', version: '0.1.0' },
      endLending: () => endLending(target),
      settle: () => Promise.resolve([]),
      notes: [],
    })
    end()
    expect(report.items.map(({ id, status }) => `${id} ${status}`)).toEqual(['guilty fail', 'innocent pass'])
  })
})
