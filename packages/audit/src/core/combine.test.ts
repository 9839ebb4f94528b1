import { describe, expect, it } from 'vitest'
import { combine, type Combined } from './combine.ts'

const live = (status: Combined['status']): Combined => ({ status, proof: 'live' })
const repository = (status: Combined['status']): Combined => ({ status, proof: 'repository' })
const attestation = (status: Combined['status']): Combined => ({ status, proof: 'attestation' })

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
    [
      'the source, which tells why it does not apply',
      [live('unknown'), repository('not-applicable')],
      'not-applicable',
      null,
    ],
    ['nothing when nothing is decided', [repository('unknown'), attestation('unknown')], 'unknown', null],
    ['one unknown question of two on the same rows', [repository('pass'), repository('unknown')], 'unknown', null],
  ] as const)('lets %s decide', (_, verdicts, status, proof) => {
    expect(combine([...verdicts])).toEqual({ status, proof })
  })

  it('leaves it open with «all» when anything is', () => {
    expect(combine([repository('pass'), attestation('unknown')], 'all')).toEqual({ status: 'unknown', proof: null })
  })

  it.each([
    ['a failure of the source beside a live pass', [live('pass'), repository('fail')], 'fail', 'repository'],
    ['a live failure', [live('fail'), repository('pass')], 'fail', 'live'],
    ['a live pass where the source was not read', [live('pass'), repository('unknown')], 'pass', 'live'],
    ['the source where nothing could be called', [live('unknown'), repository('pass')], 'pass', 'repository'],
  ] as const)('counts %s with «either-fails»', (_, verdicts, status, proof) => {
    expect(combine([...verdicts], 'either-fails')).toEqual({ status, proof })
  })
})
