import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { Probe } from '../../gather/bad-arguments.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import errorMessages from './error-messages.ts'

const machine = {
  directories: ['/home/ada/server'],
  environment: [{ name: 'API_KEY', value: 'hunter2hunter2' }],
}
const plain: Probe = {
  tool: 'find',
  kind: 'missing',
  field: 'firstName',
  sends: 'no firstName',
  arguments: {},
  fate: 'refused',
  text: '',
  ms: 1,
}
const refusing = (text: string, given: Partial<Probe> = {}): Verdict => {
  const probes = [{ ...plain, text, ...given }]
  return errorMessages.checks[0].judge({
    badArguments: { tools: ['find'], callable: 1, omitted: 0, machine, probes },
  })
}

describe('error-messages', () => {
  it('passes messages that name the field and what was expected', async () => {
    expect(await judgeStandIn(errorMessages)).toMatchObject({ status: 'pass', proof: 'live' })
  })

  it.each([
    ['stack', 'without stack'],
    ['vague', 'names a'],
  ])('fails a server whose messages are wrong: %s', async (fault, wanted) => {
    const result = await judgeStandIn(errorMessages, [fault])
    expect(result).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(result)).toContain(wanted)
  })

  it.each([
    'first_name is required',
    '1 validation error for find\nfirstName\n  Field required [type=missing, input_value={}]',
    'Expected a string for "first name"',
  ])('takes «%s»', text => {
    expect(refusing(text)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no name', 'An argument is required'],
    ['no expectation', 'firstName?'],
    ['a JavaScript stack', 'firstName is required\n    at find (/app/dist/index.js:10:3)'],
    ['a Python stack', 'firstName is required\nTraceback (most recent call last):\n  File "/app/x.py", line 3'],
    ['a path of a library', 'firstName is required, see /srv/app/node_modules/zod/index.js'],
    ['the place of the server', 'firstName is required by /home/ada/server/index.js'],
    ['a query', 'firstName is required: SELECT id FROM people WHERE name = ?'],
  ])('fails %s', (_, text) => {
    expect(refusing(text)).toMatchObject({ status: 'fail' })
  })

  it('names the variable and never its value', () => {
    const verdict = refusing('firstName is required, key hunter2hunter2')
    expect(verdict).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(verdict)).toContain('API_KEY')
    expect(JSON.stringify(verdict)).not.toContain('hunter2')
  })

  it('does not hold against a message what its caller sent', () => {
    const given = { arguments: { path: '/home/ada/server/x' } }
    expect(refusing('firstName is required for /home/ada/server/x', given)).toMatchObject({ status: 'pass' })
  })

  it('lets the full path of what does not exist come back', () => {
    const odd = refusing('no such file /home/ada/server/airworthy-none', { kind: 'odd' })
    expect(odd).toMatchObject({ status: 'unknown' })
  })

  it('names a short field only where it stands by itself', () => {
    expect(refusing('an argument is required', { field: 'a' })).toMatchObject({ status: 'fail' })
    expect(refusing('a: required', { field: 'a' })).toMatchObject({ status: 'pass' })
  })
})
