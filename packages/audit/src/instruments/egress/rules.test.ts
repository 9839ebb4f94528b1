import { describe, expect, it } from 'vitest'
import { makeRules } from './rules.ts'

describe('makeRules', () => {
  it('answers as usual without a rule', () => {
    expect(makeRules().take('a.example', 443)).toEqual({ answer: 200 })
  })

  it('asks the newest rule first, and counts for each host', () => {
    const rules = makeRules()
    rules.add('*', { answer: 204 })
    rules.add('*', { answer: 503, times: 1 })
    const seen = ['a.example', 'b.example', 'a.example', 'b.example'].map(host => rules.take(host, 443))
    expect(seen.map(rule => 'answer' in rule && rule.answer)).toEqual([503, 503, 204, 204])
  })

  it.each([
    ['a.example', true],
    ['A.Example', true],
    ['*.example', true],
    ['a.example:443', true],
    ['*:443', true],
    ['*:80', false],
    ['example', false],
    ['*.a.example', false],
    ['b.example', false],
  ])('reads the pattern %s', (hosts, hit) => {
    const rules = makeRules()
    rules.add(hosts, { hang: 'before' })
    expect('hang' in rules.take('a.example', 443)).toBe(hit)
  })

  it('refuses connections as often as it says', () => {
    const rules = makeRules()
    rules.add('*', { refuse: true, times: 2 })
    expect([1, 2, 3].map(() => rules.refuses('a.example', 80))).toEqual([true, true, false])
    rules.add('*', { answer: 500 })
    expect(rules.refuses('b.example', 80)).toBe(false)
  })

  it('can be cleared', () => {
    const rules = makeRules()
    rules.add('*', { answer: 500 })
    rules.clear()
    expect(rules.take('a.example', 80)).toEqual({ answer: 200 })
  })
})
