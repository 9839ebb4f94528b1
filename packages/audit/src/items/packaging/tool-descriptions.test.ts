import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import toolDescriptions from './tool-descriptions.ts'

const tool = (description: string, name = 'find_notes', properties = {}) => ({
  name,
  description,
  inputSchema: { type: 'object', properties, required: Object.keys(properties) },
})
const good = 'Finds notes by a word in their text. Use it before reading one.'
const judge = (...tools: unknown[]): Verdict =>
  toolDescriptions.checks[0].judge({ lists: { tools, listings: { tools: { entries: tools } } } })

describe('tool-descriptions', () => {
  it('passes described tools and tells what the list costs', async () => {
    const result = await judgeStandIn(toolDescriptions)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/about \d+ tokens/)
    expect(evidenceOf(result)).toContain('4 of 4 are described')
  })

  it.each([
    ['bare', 'its name again'],
    ['twins', 'the same as of add'],
  ])('fails a server with the fault %s', async (fault, saw) => {
    const result = await judgeStandIn(toolDescriptions, [fault])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(saw)
  })

  it.each([
    ['no description', tool(' ')],
    ['the name in other letters', tool('Find notes!')],
    ['a few words', tool('Looks it up')],
    ['a parameter that says nothing', tool(good, 'find', { q: { type: 'string' } })],
    ['a numbered parameter', tool(good, 'find', { arg1: { type: 'number' } })],
  ])('fails %s', (_, one) => {
    expect(judge(one)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['numbers with the names of numbers', tool(good, 'sum', { a: { type: 'number' }, b: { type: 'number' } })],
    ['a parameter whose name tells', tool(good, 'find', { query: { type: 'string' } })],
    ['a short text in a dense script', tool('按关键词查找笔记')],
  ])('passes %s', (_, one) => {
    expect(judge(one)).toMatchObject({ status: 'pass' })
  })

  it('does not apply without tools', () => {
    expect(judge()).toMatchObject({ status: 'not-applicable' })
  })
})
