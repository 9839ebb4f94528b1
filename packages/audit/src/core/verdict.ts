/** What a person can look at again: a place, what was seen there, what was wanted. All of it is untrusted text. */
export interface Evidence {
  /** A file path relative to the repository, a request such as `tools/call add`, a process, or a figure's name. */
  at: string
  line?: number
  saw: string
  wanted?: string
}

export type Verdict =
  | { status: 'pass'; evidence: [Evidence, ...Evidence[]] }
  | { status: 'fail'; evidence: [Evidence, ...Evidence[]] }
  | { status: 'not-applicable' | 'unknown'; because: string }

export type Status = Verdict['status']

export type Proof = 'live' | 'repository' | 'attestation'

export const pass = (...evidence: [Evidence, ...Evidence[]]): Verdict => ({ status: 'pass', evidence })
export const fail = (...evidence: [Evidence, ...Evidence[]]): Verdict => ({ status: 'fail', evidence })
export const unknown = (because: string): Verdict => ({ status: 'unknown', because })
export const notApplicable = (because: string): Verdict => ({ status: 'not-applicable', because })

/** Fails with `broken` if there is any, else passes with `proven`; with neither nothing was decided. */
export const judged = (broken: Evidence[], proven: Evidence[], otherwise: string): Verdict => {
  const [firstBroken, ...moreBroken] = broken
  if (firstBroken) return fail(firstBroken, ...moreBroken)
  const [first, ...more] = proven
  return first ? pass(first, ...more) : unknown(otherwise)
}
