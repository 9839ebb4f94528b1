import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../core/verdict.ts'
import type { Flow, Taint } from '../gather/taint.ts'

export interface Wanted {
  /** The places that are asked about. */
  kinds: Flow['kind'][]
  /** What they are called together: `file`, `database`. */
  places: string
  /** What is wanted instead, and what is wanted where a tool passes on the whole of what it is given. */
  instead: string
  purpose?: string
}

const maxShown = 12

const toolOf = ({ entry, parameter }: Flow): string =>
  parameter === null
    ? 'what a request carries'
    : `${parameter || 'an argument'} of ${entry?.kind} ${entry?.name ?? '(one of several)'}`

const failing = (flow: Flow, { instead, purpose }: Wanted): Evidence => ({
  at: flow.file,
  line: flow.line,
  saw: `${toolOf(flow)} → ${flow.steps.slice(1, -1).join(' → ') || 'its handler'} → ${flow.what}; ${JSON.stringify(flow.attack?.sample)} (${flow.attack?.form}) arrives as ${JSON.stringify(flow.arrived)}${flow.passed.length > 0 ? `; let through in ${flow.passed.join(', ')}` : ''}`,
  wanted: flow.isWhole && purpose ? purpose : instead,
})

const passing = (flow: Flow): Evidence => ({
  at: flow.file,
  line: flow.line,
  saw: `${flow.what}: ${flow.parameter === null ? '' : `${toolOf(flow)}: `}${flow.because}`,
})

/** The worst for each place, those that something of a request comes to first. */
const byPlace = (flows: Flow[]): Flow[] => {
  const found = new Map<string, Flow>()
  for (const flow of flows.toSorted((a, b) => Number(b.parameter !== null) - Number(a.parameter !== null)))
    if (!found.has(`${flow.file}:${flow.line}`)) found.set(`${flow.file}:${flow.line}`, flow)
  return [...found.values()]
}

/** What requests carry to places of some kinds, judged. */
export const judgeFlows = (taint: Taint, wanted: Wanted): Verdict => {
  const flows = taint.flows.filter(({ kind }) => wanted.kinds.includes(kind))
  const open = byPlace(flows.filter(({ fate }) => fate === 'open')).map(flow => failing(flow, wanted))
  const [first, ...more] = open
  if (first) return fail(first, ...more.slice(0, maxShown))
  if (taint.handlers === 0) return unknown('no handler of a tool, a prompt or a resource was found in the source')
  const undecided = byPlace(flows.filter(({ fate }) => fate === 'undecided'))
  const [doubt] = undecided
  if (doubt) {
    const others = undecided.length > 1 ? `, and ${undecided.length - 1} other places` : ''
    return unknown(
      `whether ${toolOf(doubt)} does harm in ${doubt.what} (${doubt.file}:${doubt.line}) was not decided because of ${doubt.because}${others}`,
    )
  }
  const [behind] = taint.hidden
  if (behind) return unknown(behind)
  const [lost] = taint.lost
  if (lost)
    return unknown(
      `the function that serves ${lost.kind} ${lost.name ?? '(named at run time)'} (${lost.file}:${lost.line}) was not found`,
    )
  if (taint.cut) return unknown('more functions are reached from the handlers, or by more ways, than are followed')
  const read = `${taint.handlers} handlers and the ${taint.functions} functions they reach were read`
  if (flows.length === 0) return pass({ at: 'source', saw: `${read}; none calls a ${wanted.places}` })
  const [one, ...others] = byPlace(flows).slice(0, maxShown).map(passing)
  return judged([], one ? [one, ...others, { at: 'source', saw: read }] : [], 'not reached')
}
