import { describe, expect, it } from 'vitest'
import { combine, type Decided } from './combine.ts'

const live = (status: Decided['status']): Decided => ({ status, proof: 'live' })
const repository = (status: Decided['status']): Decided => ({ status, proof: 'repository' })
const attestation = (status: Decided['status']): Decided => ({ status, proof: 'attestation' })

describe('combine', () => {
  it.each([
    ['a live failure over a pass in the repository', [live('fail'), repository('pass')], 'fail', 'live'],
    ['the repository where nothing live decided', [live('unknown'), repository('pass')], 'pass', 'repository'],
    ['the repository over a missing attestation', [repository('pass'), attestation('unknown')], 'pass', 'repository'],
    [
      'a failure in the repository over an attestation',
      [repository('fail'), attestation('pass')],
      'fail',
      'repository',
    ],
    ['an attestation where nothing else decided', [repository('unknown'), attestation('pass')], 'pass', 'attestation'],
    ['nothing when nothing is decided', [repository('unknown'), attestation('unknown')], 'unknown', null],
    ['one unknown question of two on the same rows', [repository('pass'), repository('unknown')], 'unknown', null],
  ] as const)('lets %s decide', (_, verdicts, status, proof) => {
    expect(combine([...verdicts])).toEqual({ status, proof })
  })

  it('leaves it open with «all» when anything is', () => {
    expect(combine([repository('pass'), attestation('unknown')], 'all')).toEqual({ status: 'unknown', proof: null })
  })
})
