import { describe, expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import processCleanup from './process-cleanup.ts'

describe('process-cleanup', () => {
  it('passes a server that ends in every way', async () => {
    expect(await judgeStandIn(processCleanup)).toMatchObject({ status: 'pass', proof: 'live' })
  })

  it('fails when a process is left, and names it', () => {
    const gone = { how: 'SIGTERM', goneAfter: 20, left: [], processes: 1 }
    const left = { how: 'end of input', goneAfter: null, left: ['sleep 300 (pid 7)'], processes: 2 }
    const verdict = answerTo(processCleanup, { endings: [gone, left] })
    expect(verdict).toMatchObject({ status: 'fail', evidence: [{ saw: 'still running: sleep 300 (pid 7)' }] })
  })
})
