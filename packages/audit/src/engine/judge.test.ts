import { describe, expect, it } from 'vitest'
import { check, gatherer, type Check, type Gatherer, type Item } from '../core/item.ts'
import type { Verdict } from '../core/verdict.ts'
import { fail, notApplicable, pass, unknown } from '../core/verdict.ts'
import { judgeItem } from './judge.ts'
import type { Outcome } from './schedule.ts'

const running = gatherer({ id: 'running', impact: 'call', from: 'server', gather: () => 'running' })
const written = gatherer({ id: 'written', impact: 'read', from: 'repository', gather: () => 'written' })
const done = new Map<Gatherer, Outcome>([running, written].map(one => [one, { state: 'done', value: one.id }]))
const seen = { at: 'x', saw: 'y' }

const live = (verdict: Verdict, rows?: number[]): Check =>
  check({ asks: 'live?', ...(rows ? { rows } : {}), needs: { running }, judge: () => verdict })
const repo = (verdict: Verdict, rows?: number[]): Check =>
  check({ asks: 'repository?', ...(rows ? { rows } : {}), needs: { written }, judge: () => verdict })

const judge = (checks: [Check, ...Check[]], given: Partial<Item> = {}, outcomes = done) => {
  const texts = { title: 't', level: 'must' as const, why: 'w', how: 'h' }
  const item: Item = { id: 'i', area: 'a', rows: [1, 2], ...texts, refs: ['https://example.com'], checks, ...given }
  return judgeItem(item, outcomes, { profile: 'local', transport: 'stdio' })
}

describe('judgeItem', () => {
  it.each([
    ['what runs outranks what is written', live(fail(seen)), repo(pass(seen)), 'fail', 'live'],
    ['and the other way round', live(pass(seen)), repo(fail(seen)), 'pass', 'live'],
    ['an undecided live proof leaves it to the repository', live(unknown('?')), repo(fail(seen)), 'fail', 'repository'],
    ['nothing decided is unknown', live(unknown('?')), repo(unknown('?')), 'unknown', null],
    ['nothing applies', live(notApplicable('-')), repo(notApplicable('-')), 'not-applicable', null],
  ])('%s', (_, first, second, status, proof) => {
    expect(judge([first, second])).toMatchObject({ status, proof })
  })

  it('fails on any failure when all count', () => {
    expect(judge([live(pass(seen)), repo(fail(seen))], { combine: 'all' }).status).toBe('fail')
  })

  it.each([
    ['a failure on other rows fails the item', repo(fail(seen), [2]), 'fail'],
    ['what is open on other rows does not undo the first', repo(unknown('?'), [2]), 'pass'],
  ])('%s', (_, second, status) => {
    expect(judge([live(pass(seen), [1]), second]).status).toBe(status)
  })

  it('weighs as much as what failed', () => {
    const lighter = { ...repo(fail(seen), [2]), level: 'should' as const }
    expect(judge([live(pass(seen), [1]), lighter])).toMatchObject({ status: 'fail', level: 'should' })
    expect(judge([live(fail(seen), [1]), lighter])).toMatchObject({ status: 'fail', level: 'must' })
  })

  it('tells each requirement apart, and lets only a must decide', () => {
    const asked = (check: Check, strength: 'must' | 'should'): Check => {
      return { ...check, requirement: { id: 'RPC-01', strength, era: 'legacy' } }
    }
    const result = judge([asked(live(pass(seen)), 'must'), asked(live(fail(seen)), 'should')], { combine: 'all' })
    expect(result).toMatchObject({ status: 'pass', verdicts: [{ status: 'pass' }, { status: 'fail' }] })
    expect(result.verdicts[1]?.requirement).toEqual({
      id: 'RPC-01',
      strength: 'should',
      era: 'legacy',
      transport: 'stdio',
    })
    expect(judge([asked(live(pass(seen)), 'must'), asked(live(fail(seen)), 'must')], { combine: 'all' }).status).toBe(
      'fail',
    )
  })

  it('does not pass on other rows alone', () => {
    expect(judge([live(unknown('?'), [1]), repo(pass(seen), [2])]).status).toBe('unknown')
  })

  it('does not ask what does not apply', () => {
    expect(judge([live(fail(seen))], { applies: { transport: 'http' } }).status).toBe('not-applicable')
  })

  it('takes a gatherer that crashed, and a check that throws, for unknown', () => {
    const crashed = new Map<Gatherer, Outcome>([
      [running, { state: 'crashed', because: 'a fault of the audit itself' }],
    ])
    expect(judge([live(pass(seen))], {}, crashed)).toMatchObject({ status: 'unknown' })
    const throwing = check({
      asks: '?',
      needs: { running },
      judge: () => {
        throw new Error('oops')
      },
    })
    expect(judge([throwing]).verdicts[0]?.because).toContain('a fault of the audit itself')
  })
})
