import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import customValidators from './custom-validators.ts'

describe('custom-validators', () => {
  it('asks nothing of parameters that are of no such kind', async () => {
    expect(await judgeStandIn(customValidators)).toMatchObject({ status: 'not-applicable' })
  })

  it('passes what is refused, declared or not', async () => {
    const result = await judgeStandIn(customValidators, ['pages'])
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/list_pages\.limit \(a limit\): declares minimum, maximum; refused: -5, 0, 51/)
    expect(evidenceOf(result)).toMatch(/list_pages\.date \(a date\): declares nothing.*refused: "not a date"/)
  })

  it('passes an address that is refused by its tool alone', async () => {
    const result = await judgeStandIn(customValidators, ['addresses', 'any-address'])
    expect(result).toMatchObject({ status: 'pass' })
  })

  it('fails a date that is neither declared nor looked at', async () => {
    const result = await judgeStandIn(customValidators, ['pages', 'any-date'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('"not a date" for date → answered as if it were right')
  })

  it('fails a limit that takes any number', async () => {
    expect(await judgeStandIn(customValidators, ['pages', 'unbounded', 'any-limit'])).toMatchObject({ status: 'fail' })
  })

  it('fails a limit that is declared and not enforced', async () => {
    const result = await judgeStandIn(customValidators, ['pages', 'any-limit'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('0 for limit → answered as if it were right')
  })

  it('leaves open a limit that may have been put right', async () => {
    const result = await judgeStandIn(customValidators, ['pages', 'unbounded', 'clamps'])
    expect(result).toMatchObject({ status: 'unknown' })
  })

  it('leaves open what was never called with success', async () => {
    const settings = { samples: { list_pages: [{ limit: 'x' }] } }
    expect(await judgeStandIn(customValidators, ['pages'], { settings })).toMatchObject({ status: 'unknown' })
  })
})
