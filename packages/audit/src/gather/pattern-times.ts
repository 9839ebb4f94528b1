import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import { interleaved } from '../instruments/mutations.ts'
import { patternForms, takesPattern, type PatternForm } from '../instruments/pattern-forms.ts'
import type { Connection } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { aimsOf, takesText } from './aims.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface PatternProbe {
  tool: string
  parameter: string
  isPattern: boolean
  form: string
  sends: string
  /** Milliseconds of the good call, and of this one; null when no answer came within `limit`, twice. */
  usual: number
  ms: number | null
  limit: number
  /** Whether another request was answered while this one was not; null when that was not asked. */
  served: boolean | null
}

export interface PatternTimes {
  probes: PatternProbe[]
  callable: number
  good: number
  takesText: boolean
  /** A server that only its URL is known of cannot be started again after it hangs. */
  mayHang: boolean
}

const maxProbes = 24
const leastMs = 3000
const maxHung = 3
/** A call that takes longer than this is watched: another request is sent meanwhile. */
const watchMs = 250

interface Planned extends PatternForm {
  tool: string
  parameter: string
  isPattern: boolean
  usual: number
  limit: number
}

const tryOne = async (
  connection: Connection,
  { tool, arguments: given, limit }: Planned,
): Promise<{ ms: number | null; served: boolean | null; closed: boolean }> => {
  const call = connection.request('tools/call', { name: tool, arguments: given }, { timeout: limit })
  const first = await Promise.race([call, setTimeout(watchMs, null)])
  if (first) return { ms: first.ms, served: null, closed: first.kind === 'lost' && first.because === 'closed' }
  const other = connection.request('tools/list', {}, { timeout: limit })
  const [reply, meanwhile] = await Promise.all([call, other])
  const isLate = reply.kind === 'lost' && reply.because === 'timeout'
  return {
    ms: isLate ? null : reply.ms,
    served: isLate ? meanwhile.kind !== 'lost' : null,
    closed: reply.kind === 'lost' && reply.because === 'closed',
  }
}

/** Texts and patterns on which an engine that backtracks never ends, and whether anything was answered meanwhile. */
export const patternTimes = gatherer({
  id: 'pattern-times',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 3,
  deadline: 120_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<PatternTimes> => {
    const around = {
      callable: trials.trials.length,
      good: trials.good.length,
      takesText: takesText(lists),
      mayHang: target.server?.launch !== undefined,
    }
    const plan = interleaved(
      aimsOf(trials).map(aims =>
        aims
          .toSorted((a, b) => Number(takesPattern(b.parameter)) - Number(takesPattern(a.parameter)))
          .flatMap(({ tool, parameter, usual }): Planned[] => {
            const others = aims.filter(other => other.parameter !== parameter).map(other => other.parameter)
            return patternForms(parameter, others).map(form => ({
              ...form,
              tool: tool.name,
              parameter: parameter.name,
              isPattern: takesPattern(parameter),
              usual,
              limit: Math.max(leastMs, 20 * usual),
            }))
          }),
      ),
    ).slice(0, maxProbes)
    const probes: PatternProbe[] = []
    if (!around.mayHang || plan.length === 0) return { ...around, probes }
    let connection = await reopen(target, opening, undefined)
    const anew = async (): Promise<void> => {
      connection?.process?.kill()
      await connection?.close()
      connection = await reopen(target, opening, undefined)
    }
    for (const planned of plan) {
      if (!connection) throw new Undecided('the server did not start again')
      if (probes.filter(({ ms }) => ms === null).length >= maxHung) break
      let seen = await tryOne(connection, planned)
      if (seen.ms === null) {
        await anew()
        if (!connection) throw new Undecided('the server did not start again')
        seen = await tryOne(connection, planned)
        if (seen.ms === null) await anew()
      } else if (seen.closed) await anew()
      const { tool, parameter, isPattern, form, sends, usual, limit } = planned
      const { ms, served } = seen
      probes.push({ tool, parameter, isPattern, form, sends, usual, limit, ms, served })
    }
    await connection?.close()
    return { ...around, probes }
  },
})
