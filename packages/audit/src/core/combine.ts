import type { Proof, Status } from './verdict.ts'

export interface Decided {
  status: Status
  proof: Proof
}

export interface Combined {
  status: Status
  /** The kind of proof that decided; null while nothing is decided. */
  proof: Proof | null
}

const severity: Status[] = ['fail', 'unknown', 'pass', 'not-applicable']

/** Any failure fails, any unknown leaves it unknown, otherwise a pass passes. */
export const worst = (verdicts: { status: Status; proof: Proof | null }[]): Combined => {
  for (const status of severity) {
    const found = verdicts.find(verdict => verdict.status === status)
    if (found) return { status, proof: status === 'pass' || status === 'fail' ? found.proof : null }
  }
  return { status: 'unknown', proof: null }
}

const isDecided = ({ status }: Combined): boolean => status === 'pass' || status === 'fail'

/**
 * One status out of several verdicts on the same question: the worst of them. With `live-outranks-repo` the live ones alone
 * count once they decide, else those from the repository once they do, else what people attest.
 */
export const combine = (verdicts: Decided[], how: 'live-outranks-repo' | 'all' = 'live-outranks-repo'): Combined => {
  if (how === 'all') return worst(verdicts)
  for (const kind of ['live', 'repository', 'attestation']) {
    const found = worst(verdicts.filter(({ proof }) => proof === kind))
    if (isDecided(found)) return found
  }
  return worst(verdicts)
}
