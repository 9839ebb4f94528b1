import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import strictTypes from './strict-types.ts'

describe('strict-types', () => {
  it('passes a server that refuses every wrong type', async () => {
    const result = await judgeStandIn(strictTypes)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('to 2 of 2 tools')
  })

  it('fails one that takes a text for a number', async () => {
    const result = await judgeStandIn(strictTypes, ['coerces'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toMatch(/tools\/call add: "\d+" for a number \(a\) → answered/)
  })

  it('asks nothing of a parameter without a type', async () => {
    expect(await judgeStandIn(strictTypes, ['untyped'])).toMatchObject({ status: 'pass' })
  })

  it('leaves open what was never called with success', async () => {
    const samples = { add: [{ a: 'x' }], echo: [{}] }
    expect(await judgeStandIn(strictTypes, [], { settings: { samples } })).toMatchObject({ status: 'unknown' })
  })

  it('takes no answer for no proof', async () => {
    expect(await judgeStandIn(strictTypes, ['crash'])).toMatchObject({ status: 'unknown' })
  })
})
