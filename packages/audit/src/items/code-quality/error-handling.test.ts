import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import type { Probe } from '../../gather/bad-arguments.ts'
import type { Misuse } from '../../gather/misuse.ts'
import errorHandling from './error-handling.ts'

const plain: Probe = {
  tool: 'find',
  kind: 'wrong-type',
  field: 'name',
  sends: '5 for a string',
  arguments: { name: 5 },
  fate: 'refused',
  text: 'name: expected a string',
  ms: 1,
}
const judge = (probe: Probe) =>
  errorHandling.checks[0].judge({
    badArguments: {
      tools: ['find'],
      callable: 1,
      omitted: 0,
      machine: { directories: [], environment: [] },
      probes: [probe],
    },
  })
const judgeMisuse = (misuse: Partial<Misuse>) =>
  errorHandling.checks[1]?.judge({ misuse: { misused: [], goodCalls: [], ...misuse } })

describe('error-handling', () => {
  it('passes a server that serves on after every bad call', async () => {
    const result = await judgeStandIn(errorHandling)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('add, echo')
  })

  it.each([
    ['crash', 'the process ended with exit code 7'],
    ['internal', 'error -32603'],
    ['slips', 'Cannot read properties of undefined'],
    ['empty', 'answered as if it were right'],
    ['brittle', 'after a line that is no JSON'],
  ])('fails one that %ss', async (fault, saw) => {
    const result = await judgeStandIn(errorHandling, [fault])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(saw)
  })

  it.each([
    ['unanswered', { fate: 'silent' }, 'fail'],
    [
      'unanswered for a name that does not exist, which may have to be searched for',
      { fate: 'silent', kind: 'odd' },
      'pass',
    ],
    ['an exception of Python', { text: "'str' object has no attribute 'message'", kind: 'odd' }, 'fail'],
    ['answered by HTTP 500', { fate: 'broken' }, 'fail'],
  ] satisfies [string, Partial<Probe>, string][])('judges a bad call: %s', (_, given, status) => {
    expect(judge({ ...plain, ...given })).toMatchObject({ status })
  })

  it('fails when a good call is no longer answered as before', () => {
    const goodCalls = [{ tool: 'find', before: 'x', after: 'no answer (timeout)', same: false, lost: false }]
    expect(judgeMisuse({ goodCalls })).toMatchObject({ status: 'fail' })
  })

  it('needs no tool to tell that a message ends the process', () => {
    const message = { sent: 'a line that is no JSON', answer: null, serves: true, afterwards: '' }
    expect(judgeMisuse({ misused: [message] })).toMatchObject({ status: 'pass' })
    expect(judgeMisuse({ misused: [{ ...message, serves: false }] })).toMatchObject({ status: 'fail' })
    expect(judgeMisuse({})).toMatchObject({ status: 'unknown' })
  })

  it('calls tools often that are slow only at first', async () => {
    expect(await judgeStandIn(errorHandling, ['cold'])).toMatchObject({ status: 'pass' })
  })

  it('does not take a plain refusal for an exception', async () => {
    expect(await judgeStandIn(errorHandling, ['vague'])).toMatchObject({ status: 'pass' })
  })
})
