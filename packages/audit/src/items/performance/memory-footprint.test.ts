import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { Memory } from '../../gather/memory.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import memoryFootprint from './memory-footprint.ts'

const modest: Memory = {
  runtime: 'python',
  command: 'python server.py',
  processes: 2,
  idleMb: 60,
  peakMb: 80,
  calls: 200,
  tools: ['find'],
  budget: { idleMb: 250, peakMb: 400 },
}
const judge = (given: Partial<Memory>): Verdict => memoryFootprint.checks[0].judge({ memory: { ...modest, ...given } })

describe('memory-footprint', () => {
  it('passes a small server and tells the figures', async () => {
    const result = await judgeStandIn(memoryFootprint)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/idle \(node, 1 process\): \d\d MB/)
    expect(evidenceOf(result)).toMatch(/most during 200 calls to 2 tools: \d\d+ MB/)
  })

  it('fails one that holds 600 MB', async () => {
    expect(await judgeStandIn(memoryFootprint, ['big'])).toMatchObject({ status: 'fail' })
  })

  it('fails what only grows at work', () => {
    expect(judge({ peakMb: 900 })).toMatchObject({ status: 'fail', evidence: [{ saw: '900 MB' }] })
  })

  it('keeps to the budget of the settings', async () => {
    const settings = { budgets: { idleMb: 5 } }
    expect(await judgeStandIn(memoryFootprint, [], { settings })).toMatchObject({ status: 'fail' })
  })

  it('says when no tool could be called', () => {
    expect(JSON.stringify(judge({ tools: [] }))).toContain('200 lists of its tools')
  })
})
