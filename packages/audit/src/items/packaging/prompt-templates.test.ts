import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import promptTemplates from './prompt-templates.ts'

const judge = (...faults: string[]) => judgeStandIn(promptTemplates, ['prompts', ...faults])

describe('prompt-templates', () => {
  it('passes three described prompts that render', async () => {
    const result = await judge()
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('3 rendered: summarise, translate, review')
  })

  it.each([
    ['fails', 'template not found'],
    ['empty', 'without messages'],
    ['few', '2 prompts'],
    ['bare', 'no description'],
  ])('fails prompts with the fault %s', async (fault, saw) => {
    const result = await judge(fault)
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(saw)
  })

  it('does not blame a prompt for refusing a made-up value, and does not count it', async () => {
    expect(await judge('choosy')).toMatchObject({ status: 'unknown' })
  })

  it('does not apply without prompts', async () => {
    expect(await judgeStandIn(promptTemplates)).toMatchObject({ status: 'not-applicable' })
  })
})
