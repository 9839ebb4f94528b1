import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { Pile, Piles } from '../../gather/call-piles.ts'
import { answerTo } from '../../testing/judging.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import connectionCleanup from './connection-cleanup.ts'

const level: Pile = { kind: 'socket', after: [4, 4, 4], grows: false, examples: [] }
const rising: Pile = { kind: 'socket', after: [4, 10, 16, 22], grows: true, examples: ['socket:[7]'] }
const piles = (...given: Pile[]): Piles => ({ each: 6, batches: 2, waitedMs: 0, piles: given })
const calls = (...given: Pile[]): Verdict =>
  answerTo(connectionCleanup, { callPiles: { ...piles(...given), tools: ['find'], left: [] } })
const clients = (given: object, question: number): Verdict =>
  answerTo(
    connectionCleanup,
    { clientPiles: { ...piles(level), revision: '2025-11-25', ended: null, ...given } },
    question,
  )

describe('connection-cleanup', () => {
  it('judges what calls leave', () => {
    expect(calls(level)).toMatchObject({ status: 'pass', evidence: [{ saw: 'sockets 4, 4, 4' }] })
    expect(calls(level, { ...rising, kind: 'pipe' })).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(calls(rising))).toContain('4, 10, 16, 22')
  })

  it('leaves files and processes to others', () => {
    expect(calls(level, { ...rising, kind: 'file' }, { ...rising, kind: 'process' })).toMatchObject({ status: 'pass' })
  })

  it('judges what clients leave', () => {
    expect(clients({}, 1)).toMatchObject({ status: 'pass' })
    expect(clients(piles(rising), 1)).toMatchObject({ status: 'fail' })
  })

  it('judges a session that was ended', () => {
    expect(clients({}, 2)).toMatchObject({ status: 'not-applicable' })
    expect(clients({ ended: { status: 200, after: 404, served: false } }, 2)).toMatchObject({ status: 'pass' })
    expect(clients({ ended: { status: 200, after: 200, served: true } }, 2)).toMatchObject({ status: 'fail' })
  })

  it('proves it with a running server', { timeout: 60_000 }, async () => {
    const result = await judgeStandIn(connectionCleanup)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('sockets')
  })
})
