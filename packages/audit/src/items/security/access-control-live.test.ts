import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import accessControl from './access-control.ts'

const calls = [{ tool: 'echo', arguments: { text: 'hello' } }]
const judge = (words: string[], settings: object) => judgeStandIn(accessControl, words, { settings })

describe('access-control, live', () => {
  it('passes a server that refuses what is forbidden', async () => {
    const result = await judge(['files', '--root', '.'], {
      forbidden: { calls: [{ tool: 'read_file', arguments: { path: '/etc/passwd' } }] },
    })
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'pass', proof: 'live' })
  })

  it('fails one that runs it', async () => {
    const result = await judge([], { forbidden: { calls } })
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('it was run: hello')
  })

  it('fails one that knows a program by its name alone', async () => {
    const shut = { tool: 'start', arguments: { command: 'ls -l' } }
    const result = await judge(['starts'], { forbidden: { calls: [shut] } })
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('/ls -l"} (the program by its path)')
  })

  it('leaves open what no list names', async () => {
    const result = await judge([], { forbidden: { calls: [{ tool: 'hidden', arguments: {} }] } })
    expect(result).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result)).toContain('the server never lists hidden')
  })

  it('leaves open what nobody declared', async () => {
    const result = await judge([], {})
    expect(result).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result)).toContain('\\"forbidden\\"')
  })
})
