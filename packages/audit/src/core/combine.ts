import type { Proof, Status } from './verdict.ts'

export interface Combined {
  status: Status
  /** The kind of proof that decided; null while nothing is decided. */
  proof: Proof | null
}

const severity: Status[] = ['fail', 'unknown', 'pass', 'not-applicable']

/** Any failure fails, any unknown leaves it unknown, otherwise a pass passes. */
export const worst = (verdicts: Combined[]): Combined => {
  for (const status of severity) {
    const found = verdicts.find(verdict => verdict.status === status)
    if (found) return { status, proof: status === 'pass' || status === 'fail' ? found.proof : null }
  }
  return { status: 'unknown', proof: null }
}

const isDecided = ({ status }: Combined): boolean => status === 'pass' || status === 'fail'

/** How the verdicts on one question are combined. */
export type Combination = 'live-outranks-repo' | 'either-fails' | 'all'

/**
 * One status out of several verdicts on the same question: the worst of them. With `live-outranks-repo` the live ones alone
 * count once they decide, else those from the repository once they do, else what people attest; where
 * none decides, one that tells why it does not apply is worth more than one that could not be tried. With `either-fails` it
 * is the same, unless one of them fails: where both are samples, what one did not meet does not undo what the other found.
 */
export const combine = (verdicts: Combined[], how: Combination = 'live-outranks-repo'): Combined => {
  if (how === 'all') return worst(verdicts)
  if (how === 'either-fails' && verdicts.some(({ status }) => status === 'fail')) return worst(verdicts)
  const byKind = ['live', 'repository', 'attestation'].flatMap(kind => {
    const ofKind = verdicts.filter(({ proof }) => proof === kind)
    return ofKind.length > 0 ? [worst(ofKind)] : []
  })
  const doesNotApply = byKind.find(({ status }) => status === 'not-applicable')
  return byKind.find(isDecided) ?? doesNotApply ?? worst(verdicts)
}
