import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import ssrf from './ssrf.ts'

const samples = { look: [{ url: 'http://pages.example/a' }] }
const judge = (words: string[], settings: object = { samples }) =>
  judgeStandIn(ssrf, ['addresses', ...words], { settings })

describe('ssrf, live', () => {
  it('passes a server that asks its own pages alone', async () => {
    const result = await judge([])
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('12 addresses of this machine in look.url')
  })

  it('fails one that asks any address', async () => {
    const result = await judge(['any-address'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('its address as one number')
  })

  it('fails one that knows two of the names of this machine', async () => {
    const result = await judge(['named'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).not.toContain('(its name)')
    expect(evidenceOf(result)).toContain('its address of IPv6')
  })

  it('leaves open what had no good call, and says what would decide it', async () => {
    const result = await judge([], { samples: { look: [{ url: 'http://other.example/' }] } })
    expect(result).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result)).toContain('look.url')
  })

  it('asks nothing of tools whose purpose it is', async () => {
    expect(await judge(['any-address'], { samples, localTools: ['look'] })).toMatchObject({ status: 'not-applicable' })
  })
})
