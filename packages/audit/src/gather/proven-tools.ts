import type { Evidence } from '../core/verdict.ts'
import type { BadArguments, Probe } from './bad-arguments.ts'
import type { Trials } from './trials.ts'

const wayOut = 'give arguments that work as "samples" in airworthy.json, or allow more tools with --allow-tools'

/** Why nothing about the answers of tools can be told, and what to do about it. */
export const nothingCalled = (callable: number): string =>
  callable === 0
    ? `no tool may be called unasked; ${wayOut}`
    : `none of the ${callable} tools that may be called gave a good answer; ${wayOut}`

/** The same for a proof that needs tools which answer soon. */
export const nothingQuick = ({ trials, good }: Trials, quick: string): string =>
  good.length === 0 ? nothingCalled(trials.length) : `none of the ${good.length} tools that answered ${quick}`

const shortened = (text: string, length: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

const answers: Record<Probe['fate'], string> = {
  accepted: 'answered as if it were right',
  refused: 'refused',
  worded: 'answered with a success that speaks of an error',
  broken: 'failed inside',
  closed: 'the process ended',
  silent: 'no answer',
  unclear: 'no clear answer',
}

/** One exchange as evidence: what was sent, and what came back. */
export const exchangeOf = (probe: Probe, wanted?: string): Evidence => {
  const { tool, kind, field, sends, fate, code, text } = probe
  const said = text === '' ? '' : `: ${shortened(text, 200)}`
  const answer = `${answers[fate]}${code === undefined ? '' : ` with error ${code}`}${said}`
  return {
    at: `tools/call ${tool}`,
    saw: `${sends}${kind === 'wrong-type' || kind === 'null' ? ` (${field})` : ''} → ${answer}`,
    ...(wanted === undefined ? {} : { wanted }),
  }
}

/** A refusal in any form: the server noticed. */
export const isRefusal = ({ fate }: Probe): boolean => fate === 'refused' || fate === 'worded' || fate === 'broken'

export const mostShown = 8

/** The first of a list as evidence, and how many there are besides. */
export const shown = (evidence: Evidence[]): Evidence[] => {
  const [first, ...rest] = evidence
  if (!first || rest.length < mostShown) return evidence
  return [{ ...first, saw: `${first.saw} (one of ${evidence.length} like it)` }, ...rest.slice(0, mostShown - 1)]
}

/** How far the proof reaches: `41 calls to 5 of 6 tools, all refused`. */
export const reach = ({ tools, callable, omitted }: BadArguments, probes: Probe[], ending: string): Evidence => {
  const count = new Set(probes.map(({ tool }) => tool)).size
  const idle = tools.length < callable ? `; ${callable - tools.length} tools gave no good answer within 3 s` : ''
  const left = omitted > 0 ? `; ${omitted} more calls were left out` : ''
  return { at: `${probes.length} bad calls to ${count} of ${callable} tools`, saw: `${ending}${idle}${left}` }
}
