import { describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import inputValidation from './input-validation.ts'

describe('input-validation', () => {
  it('passes a server that refuses missing and null arguments', async () => {
    expect(await judgeStandIn(inputValidation)).toMatchObject({ status: 'pass', proof: 'live' })
  })

  it('fails one that takes a missing and a null argument', async () => {
    const result = await judgeStandIn(inputValidation, ['lenient'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toMatch(/no b → answered/)
    expect(evidenceOf(result)).toMatch(/null for a number \(a\) → answered/)
  })

  it('fails a schema that is none', async () => {
    expect(evidenceOf(await judgeStandIn(inputValidation, ['invalid']))).toContain('no valid JSON Schema')
  })

  it('tells of parameters without a type', async () => {
    const result = await judgeStandIn(inputValidation, ['untyped'])
    expect(result).toMatchObject({ status: 'pass' })
    expect(evidenceOf(result)).toContain('add.b')
  })
})
