import { describe, expect, it } from 'vitest'
import type { StrangeArguments } from '../../gather/strange-arguments.ts'
import { answerTo } from '../../testing/judging.ts'
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

  it('earns its pass with each kind, and says how many calls there was no time for', () => {
    const probe = { tool: 'add', kind: 'key', form: 'a key __proto__', parameter: 'arguments' } as const
    const seen: StrangeArguments = {
      probes: [{ ...probe, answered: true, broke: null, polluted: false }],
      left: { count: 40, kinds: [] },
      forged: [],
      logged: 3,
      callable: 1,
      good: 1,
      takesArguments: true,
    }
    const judge = (left: StrangeArguments['left']) =>
      answerTo(inputSanitization, { strangeArguments: { ...seen, left } })
    expect(judge(seen.left)).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(judge(seen.left))).toContain('not made were 40 more')
    expect(judge({ count: 40, kinds: ['number', 'text'] })).toEqual({
      status: 'unknown',
      because: 'the time was up before strange numbers and texts were tried',
    })
  })
})
