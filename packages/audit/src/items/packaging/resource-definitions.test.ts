import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import resourceDefinitions from './resource-definitions.ts'

const judge = (...faults: string[]) => judgeStandIn(resourceDefinitions, ['resources', ...faults])

describe('resource-definitions', () => {
  it('passes resources that read as what they are', async () => {
    const result = await judge('templates')
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('2 read (text/markdown, application/json)')
    expect(evidenceOf(result)).toContain('1 resource templates: 1 read')
  })

  it.each([
    ['gone', 'not found'],
    ['mistyped', 'application/json, but no JSON'],
    ['nameless', 'no name'],
    ['bare', 'none of 2 has a description'],
  ])('fails resources with the fault %s', async (fault, saw) => {
    const result = await judge(fault)
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(saw)
  })

  it('leaves open a template for which no value is known', async () => {
    expect(await judge('none', 'templates')).toMatchObject({ status: 'unknown' })
  })

  it('does not apply where nothing is listed', async () => {
    expect(await judge('none')).toMatchObject({ status: 'not-applicable' })
    expect(await judgeStandIn(resourceDefinitions)).toMatchObject({ status: 'not-applicable' })
  })
})
