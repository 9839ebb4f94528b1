import { describe, expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import item from './tool-tests.ts'

describe('with a running server', () => {
  const call = {
    method: 'tools/call',
    way: 'client',
    outcome: 'result',
    path: 'test/a.test.ts',
    line: 3,
    name: 'adds',
    script: null,
  }
  const testCalls = { cases: 1, files: 1, dead: [], broken: [], calls: [{ ...call, tool: 'add' }] }
  const answer = (names: string[]): string =>
    answerTo(
      item,
      {
        lists: { tools: names.map(name => ({ name })), capabilities: { tools: {} } },
        testCalls,
        published: { what: null },
      },
      1,
    ).status

  it('takes the tools that are listed', () => {
    expect(answer(['add'])).toBe('pass')
    expect(answer(['add', 'made_at_run_time'])).toBe('fail')
  })
})
