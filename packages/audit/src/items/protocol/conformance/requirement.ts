import { check, type Check, type Gatherer } from '../../../core/item.ts'
import type { Requirement } from '../../../core/requirement.ts'
import { fail, notApplicable, pass, type Evidence, type Verdict } from '../../../core/verdict.ts'
import {
  describeReply,
  type Era,
  type Observation,
  type Observed,
  type Probe,
} from '../../../gather/conformance/observation.ts'

export interface Findings {
  broken: Evidence[]
  met: Evidence[]
  /** What is only recommended, or only customary, and was not met. */
  also: string[]
}

export interface Demand {
  /** Its number, such as `RPC-03`. */
  id: string
  /** `must` unless told. */
  strength?: Requirement['strength']
  /** What it demands, in words. */
  asks: string
  from: Gatherer<Observed>
  /** Both unless told. */
  era?: Era
  transport?: 'stdio' | 'http'
  capability?: string
  findings(observed: Observed): Findings
  /** Why nothing was found either way. */
  otherwise: string
}

const outOfScope = (era: Era, { transport, capability }: Demand, observed: Observed): string | null => {
  if (!observed.eras.includes(era)) return `the server does not speak the ${era} era of the protocol`
  if (transport && transport !== observed.transport) return `it concerns ${transport}`
  if (capability && !observed.capabilities.includes(capability)) return `the server does not declare ${capability}`
  return null
}

/** What was observed in one era. */
const within = (era: Era, { seen, unasked, schemas, ...rest }: Observed): Observed => ({
  ...rest,
  seen: seen.filter(one => one.era === era),
  unasked: unasked.filter(one => one.era === era),
  schemas: schemas.filter(one => one.era === era),
})

const shownBroken = 5
const shownMet = 3

const once = (evidence: Evidence[]): Evidence[] => [
  ...new Map(evidence.map(one => [`${one.at}\n${one.saw}`, one])).values(),
]

const judgeIn = (era: Era, demand: Demand, observed: Observed): Verdict => {
  const because = outOfScope(era, demand, observed)
  if (because) return notApplicable(because)
  const { also, ...found } = demand.findings(within(era, observed))
  const [broken, met] = [once(found.broken), once(found.met)]
  const [first, ...more] = broken
  if (first) return fail(first, ...more.slice(0, shownBroken - 1))
  const [one, ...others] = met
  if (!one) return notApplicable(demand.otherwise)
  const seen = [...new Set(also)].slice(0, shownBroken)
  const besides = seen.map(saw => ({ at: 'also seen, recommended or customary only', saw }))
  return pass(one, ...others.slice(0, shownMet - 1), ...besides)
}

/** One check for each era a requirement holds in. What cannot be observed on this server does not apply to it. */
export const requirement = (demand: Demand): Check[] => {
  const { id, strength = 'must', asks, transport } = demand
  const eras: Era[] = demand.era ? [demand.era] : ['legacy', 'modern']
  return eras.map(era =>
    check({
      asks: `${id}: ${asks}`,
      requirement: { id, strength, era, ...(transport ? { transport } : {}) },
      needs: { observed: demand.from },
      judge: ({ observed }) => judgeIn(era, demand, observed),
    }),
  )
}

export const evidenceOf = (one: Observation, wanted?: string): Evidence => ({
  at: `${one.at} (${one.revision})`,
  saw: describeReply(one.reply).slice(0, 400),
  ...(wanted ? { wanted } : {}),
})

export interface OnReplies {
  probes: Probe[] | ((one: Observation) => boolean)
  wanted: string | ((one: Observation) => string)
  breaks: (one: Observation) => boolean
  also?: (one: Observation) => string | null
}

/** Findings of a requirement that each observation meets or breaks by itself. */
export const onReplies =
  ({ probes, wanted, breaks, also }: OnReplies) =>
  ({ seen }: Observed): Findings => {
    const concerns = typeof probes === 'function' ? probes : ({ probe }: Observation) => probes.includes(probe)
    const concerned = seen.filter(concerns)
    const broken = concerned.filter(breaks)
    return {
      broken: broken.map(one => evidenceOf(one, typeof wanted === 'function' ? wanted(one) : wanted)),
      met: concerned.filter(one => !broken.includes(one)).map(one => evidenceOf(one)),
      also: concerned.flatMap(one => {
        const words = also?.(one)
        return words ? [`${one.at}: ${words}`] : []
      }),
    }
  }

export const codeOf = ({ reply }: Observation): number | undefined => (reply.kind === 'error' ? reply.code : undefined)
export const statusOf = ({ reply }: Observation): number | undefined => reply.http?.status
/** An error with one of these codes; over HTTP with this status. */
export const isError = (one: Observation, codes: number[], status?: number): boolean =>
  codes.includes(codeOf(one) ?? Number.NaN) &&
  (status === undefined || one.transport === 'stdio' || statusOf(one) === status)
export const succeeds = ({ reply }: Observation): boolean => reply.kind === 'result'
export const hasResult = ({ messages }: Observation): boolean => messages?.some(message => 'result' in message) === true

/** Many observations lack the same thing: said once. */
export const alsoOnce = (findings: Findings): Findings => ({ ...findings, also: findings.also.slice(0, 1) })

/** What is wanted, with the HTTP status that has to come with it. */
export const withStatus = (words: string, status: number, era?: Era) => (one: Observation) =>
  one.transport === 'http' && (era === undefined || one.era === era) ? `HTTP ${status} with ${words}` : words
