import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { Optionals } from '../../gather/optional-arguments.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import optionalParameters from './optional-parameters.ts'

const accepted = { arguments: {}, fate: 'accepted', text: 'sunny', ms: 1 } as const
const refused = { ...accepted, fate: 'refused' } as const
const tools = [{ inputSchema: { type: 'object', properties: { city: {}, place: {} } } }]

const judge = (found: Partial<Optionals>): Verdict =>
  optionalParameters.checks[0].judge({
    lists: { tools },
    trials: { good: [{}], trials: [{}] },
    optionalArguments: [
      { tool: 'weather', optional: ['city', 'place'], without: accepted, withOne: [], withOthers: null, ...found },
    ],
  })

describe('optional-parameters', () => {
  it('passes a tool that does without', async () => {
    const result = await judgeStandIn(optionalParameters)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('echo')
  })

  it('fails a tool that needs what its schema calls optional', async () => {
    const result = await judgeStandIn(optionalParameters, ['needs-repeat'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('with repeat it works')
  })

  it('lets one of several members be needed', () => {
    const without = { ...refused, text: 'give a city or a place' }
    expect(judge({ without, withOthers: { ...accepted, name: 'city' } })).toMatchObject({ status: 'unknown' })
    expect(judge({ without, withOthers: { ...refused, name: 'city' } })).toMatchObject({ status: 'unknown' })
  })

  it('fails one member that is needed by name', () => {
    const without = { ...refused, text: 'city is required' }
    expect(judge({ without, withOthers: { ...refused, name: 'city' } })).toMatchObject({ status: 'fail' })
  })

  it('fails a declared default that is refused, and no value that was made up', () => {
    expect(judge({ withOne: [{ ...refused, name: 'city', byDefault: true }] })).toMatchObject({ status: 'fail' })
    expect(judge({ withOne: [{ ...refused, name: 'city', byDefault: false }] })).toMatchObject({ status: 'pass' })
  })

  it('does not apply where nothing is optional', () => {
    const none = { lists: { tools: [] }, trials: { good: [], trials: [] }, optionalArguments: [] }
    expect(optionalParameters.checks[0].judge(none)).toMatchObject({ status: 'not-applicable' })
  })
})
