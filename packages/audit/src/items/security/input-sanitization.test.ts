import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import inputSanitization from './input-sanitization.ts'

describe('input-sanitization', () => {
  it('passes a server that takes a text for a text', async () => {
    const result = await judgeStandIn(inputSanitization)
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('a key __proto__')
  })

  it.each([
    ['logs-texts', 'new lines of an argument are lines of the log'],
    ['ends-at-nul', 'text with NUL → no answer'],
    ['merges', 'a key __proto__ in arguments'],
  ])('fails one that has the fault %s', async (fault, words) => {
    const result = await judgeStandIn(inputSanitization, [fault])
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(words)
  })

  it('is about nothing where no tool had a good call', async () => {
    const samples = { add: [{}], echo: [{}] }
    expect(await judgeStandIn(inputSanitization, [], { settings: { samples } })).toMatchObject({ status: 'unknown' })
  })
})
