import { gatherer, Undecided } from '../../core/item.ts'
import { describeReply } from '../../target/connection.ts'
import { opening } from '../startup.ts'
import { succeeded } from '../trials.ts'
import { outgoingCalls, type OutgoingCall } from './outgoing.ts'
import { openThrough, type Through } from './through.ts'

export interface HangingUpstream {
  /** Milliseconds a call may take. */
  limit: number
  /** Calls whose requests are taken and never answered; `ms` is null for one that had not ended at the limit. */
  calls: { tool: string; asked: string; ms: number | null; saw: string }[]
  /** Calls of other tools meanwhile. */
  beside: { tool: string; good: boolean; saw: string }[]
  /** The first of the calls, in a server with the declared setting; null where none is declared. */
  withSetting: { setting: string; declaredMs: number; ms: number | null } | null
}

const usualLimit = 60_000
const maxTools = 2

/** What a call does while its upstream is silent. */
const wait = async (through: Through, { tool, arguments: given }: OutgoingCall, limit: number) => {
  const before = through.proxy.requests().length
  const started = performance.now()
  const reply = await through.call(tool, given, limit)
  const isLate = reply.kind === 'lost' && reply.because === 'timeout'
  const [first] = through.askedSince(before)
  return {
    tool: tool.name,
    asked: first ? `${first.method} ${first.scheme}://${first.host}` : '',
    ms: isLate ? null : performance.now() - started,
    saw: describeReply(reply),
  }
}
const silent = { before: (proxy: Through['proxy']) => proxy.rule('*', { hang: 'before' }) }

/** How long calls take whose upstream takes the request and never answers. */
export const hangingUpstream = gatherer({
  id: 'hanging-upstream',
  impact: 'stress',
  from: 'server',
  does: 'lets what its tools ask of others wait for an answer that never comes, at a proxy of the audit, for a minute at most',
  lasts: 30,
  deadline: 100_000,
  needs: { opening, outgoingCalls },
  gather: async (
    target,
    { opening, outgoingCalls: { going, staying, nothing, atStart } },
  ): Promise<HangingUpstream> => {
    const [first] = going
    if (nothing !== null || !first) throw new Undecided(nothing ?? 'no tool goes out')
    const limit = Math.min(target.settings.budgets?.outboundMs ?? usualLimit, usualLimit)
    const setting = target.settings.outbound?.timeout
    const usually = async (): Promise<Pick<HangingUpstream, 'calls' | 'beside'>> => {
      const through = await openThrough(target, opening, atStart > 0 ? {} : silent)
      through.proxy.rule('*', { hang: 'before' })
      const waiting = going.slice(0, maxTools).map(one => wait(through, one, limit))
      const beside = await Promise.all(
        staying.slice(0, 3).map(async ({ tool, arguments: given }) => {
          const reply = await through.call(tool, given)
          return { tool: tool.name, good: succeeded(reply), saw: describeReply(reply) }
        }),
      )
      const calls = await Promise.all(waiting)
      await through.close()
      return { calls, beside }
    }
    const differently = async (): Promise<HangingUpstream['withSetting']> => {
      if (!setting) return null
      const through = await openThrough(target, opening, { ...(atStart > 0 ? {} : silent), env: setting.env })
      through.proxy.rule('*', { hang: 'before' })
      const { ms } = await wait(through, first, limit)
      await through.close()
      return { setting: Object.keys(setting.env).join(', '), declaredMs: setting.ms, ms }
    }
    const [usual, withSetting] = await Promise.all([usually(), differently()])
    return { limit, ...usual, withSetting }
  },
})
