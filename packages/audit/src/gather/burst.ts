import { gatherer } from '../core/item.ts'
import { isRateRefusal } from '../instruments/load/outcomes.ts'
import type { Connection, Reply } from '../target/connection.ts'
import { reconnect } from '../target/startup.ts'
import { endpointOf, isCredential, ownHeaders } from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'

export interface Burst {
  request: string
  sent: number
  seconds: number
  /** Requests that got their result before the first refusal, or at all when there was none. */
  servedBefore: number
  refused: number
  /** How the first refusal looked. */
  refusal: string | null
  /** Whether a refusal told when to come again. */
  retryTold: boolean
  /** Slow traffic before the burst that was refused all the same. */
  refusedBefore: number
  /** Served on a new connection right after the refusals, of as many as had been served before; null when not tried. */
  servedAnew: number | null
  /** Whether another principal was served meanwhile; null when only one credential is known. */
  otherServed: boolean | null
}

const most = 1000
const together = 48
const enoughRefusals = 20
/** Milliseconds: as long as a burst lasts, and as long as a slow server is given to come to its limit. */
const longest = 5000
const longestSlow = 20_000
const manyServed = 300

const tellsRetry = (reply: Reply): boolean =>
  reply.http?.headers['retry-after'] !== undefined ||
  Object.keys(reply.http?.headers ?? {}).some(name => /ratelimit.*reset|^ratelimit$/.test(name)) ||
  (reply.kind === 'error' && /retry/i.test(JSON.stringify(reply.data ?? '') + reply.message))

const send = async (connection: Connection, count: number, headers?: Record<string, string>) => {
  const started = performance.now()
  const replies: Reply[] = []
  let sent = 0
  let refused = 0
  let served = 0
  const isOver = (): boolean => {
    const ms = performance.now() - started
    return ms >= longestSlow || (ms >= longest && served >= manyServed)
  }
  const lane = async (): Promise<void> => {
    while (sent < count && !isOver()) {
      if (refused >= enoughRefusals) return
      sent++
      const options = { impatient: true, timeout: 5000, ...(headers ? { headers } : {}) } as const
      const reply = await connection.request('tools/list', undefined, options)
      if (isRateRefusal(reply)) refused++
      else if (reply.kind === 'result') served++
      replies.push(reply)
    }
  }
  await Promise.all(Array.from({ length: Math.min(together, count) }, lane))
  const firstRefusal = replies.findIndex(isRateRefusal)
  const before = firstRefusal < 0 ? replies : replies.slice(0, firstRefusal)
  const servedBefore = before.filter(({ kind }) => kind === 'result').length
  return { replies, servedBefore, seconds: (performance.now() - started) / 1000 }
}

/** As many light requests as a limiter has to refuse, and what reconnecting does to it. */
export const burst = gatherer({
  id: 'burst',
  impact: 'call',
  from: 'server',
  lasts: 5,
  needs: { opening },
  gather: async (target, { opening }): Promise<Burst> => {
    const connection = await connectAnew(target, opening)
    const calm = await send(connection, 3)
    const { replies, servedBefore, seconds } = await send(connection, most)
    const refusals = replies.filter(isRateRefusal)
    const limited = refusals.length > 0
    const anew = limited && servedBefore >= 10 ? await reconnect(target, opening, endpointOf(connection)) : null
    const again = anew ? await send(anew, servedBefore) : null
    const lesser = target.settings.credentials?.lesser
    const name = Object.keys(ownHeaders(target)).find(isCredential)
    const other =
      limited && lesser && name
        ? await send(connection, 1, { [name]: /^authorization$/i.test(name) ? `Bearer ${lesser}` : lesser })
        : null
    await connection.close()
    return {
      request: 'tools/list',
      sent: replies.length,
      seconds,
      servedBefore,
      refused: refusals.length,
      refusal: refusals[0]
        ? refusals[0].http?.status === 429
          ? 'HTTP 429'
          : `error ${'code' in refusals[0] ? refusals[0].code : ''}`
        : null,
      retryTold: refusals.some(tellsRetry),
      refusedBefore: calm.replies.filter(isRateRefusal).length,
      servedAnew: again?.servedBefore ?? null,
      otherServed: other ? other.replies[0]?.kind === 'result' : null,
    }
  },
})
