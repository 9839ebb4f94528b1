import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { CommandProbe } from '../../gather/command-canaries.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import commandInjection from './command-injection.ts'

const probe = (given: Partial<CommandProbe>): CommandProbe => ({
  tool: 'diff',
  parameter: 'target',
  kind: 'shell',
  form: '; command',
  value: 'sample; touch FILE;',
  answered: true,
  worked: false,
  ...given,
})
const judge = (...probes: CommandProbe[]): Verdict =>
  commandInjection.checks[0].judge({ commandCanaries: { probes, callable: 1, good: 1, takesText: true, isHere: true } })

describe('command-injection', () => {
  it('passes a server that starts programs without a shell', async () => {
    const result = await judgeStandIn(commandInjection, ['words'])
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('count_words.text')
  })

  it('fails one that puts a text into a command line', async () => {
    const result = await judgeStandIn(commandInjection, ['shell'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toMatch(/count_words: text = .*touch FILE.* → the command ran/)
  })

  it('fails a text that wrote a file as an option, and only tells of a usage', () => {
    expect(judge(probe({ kind: 'option', value: '--output=FILE', worked: true }))).toMatchObject({ status: 'fail' })
    const told = judge(probe({ kind: 'help', value: '--help', worked: true }))
    expect(told).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(told)).toContain('printed its usage')
  })

  it('takes no answer for no proof', () => {
    expect(judge(probe({ answered: false }))).toMatchObject({ status: 'unknown' })
  })

  it('proves nothing about a server on another machine, unless it fails', () => {
    const away = (worked: boolean): Verdict =>
      commandInjection.checks[0].judge({
        commandCanaries: { probes: [probe({ worked })], callable: 1, good: 1, takesText: true, isHere: false },
      })
    expect(away(false)).toMatchObject({ status: 'unknown' })
    expect(away(true)).toMatchObject({ status: 'fail' })
  })

  it('does not apply where no tool takes a text', () => {
    const none = { probes: [], callable: 1, good: 1, takesText: false, isHere: true }
    expect(commandInjection.checks[0].judge({ commandCanaries: none })).toMatchObject({ status: 'not-applicable' })
  })
})
