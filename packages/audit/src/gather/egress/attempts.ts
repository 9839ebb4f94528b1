import { gatherer } from '../../core/item.ts'
import { describeReply } from '../../target/connection.ts'
import { succeeded } from '../trials.ts'
import { failingUpstream, type Exchanged, type FailingUpstream } from './failing.ts'
import { isLike, shownRequest } from './through.ts'

/** What became of a request that failed once. */
export interface Attempts {
  tool: string
  request: string
  failure: 'HTTP 503' | 'a reset'
  /** How often it was sent again. */
  again: number
  /** Milliseconds between the failure and the next request. */
  pauseMs: number | null
  /** Whether the call came to the answer it has when all is well; null where there was no good one before. */
  succeeded: boolean | null
  /** It reads, its tool only reads or is idempotent, or it has a key by which the other side knows it again. */
  mayRepeat: boolean
  saw: string
}

const asAttempts = (
  { tool, usual }: FailingUpstream,
  { reply, asked }: Exchanged,
  failure: Attempts['failure'],
): Attempts[] => {
  const [failed] = asked
  if (!failed) return []
  const same = asked.filter(one => isLike(one, failed))
  const usually = usual.asked.filter(one => isLike(one, failed)).length
  const again = Math.max(0, same.length - Math.max(1, usually))
  const next = same[1]
  const mayRepeat =
    !/^(POST|PATCH)$/.test(failed.method) ||
    tool.annotations['readOnlyHint'] === true ||
    tool.annotations['idempotentHint'] === true ||
    Object.keys(failed.headers).some(name => name.includes('idempotency'))
  return [
    {
      tool: tool.name,
      request: shownRequest(failed),
      failure,
      again,
      pauseMs: again > 0 && next ? Math.round(next.at - (failed.endedAt ?? failed.answeredAt ?? failed.at)) : null,
      succeeded: succeeded(usual.reply) ? succeeded(reply) : null,
      mayRepeat,
      saw: describeReply(reply),
    },
  ]
}

/** Requests that failed once, by a 503 or a reset, and whether they were sent again. */
export const attempts = gatherer({
  id: 'attempts',
  impact: 'call',
  from: 'server',
  needs: { failingUpstream },
  gather: (_, { failingUpstream }) =>
    failingUpstream.flatMap(one => [
      ...asAttempts(one, one.unavailableOnce, 'HTTP 503'),
      ...asAttempts(one, one.resetOnce, 'a reset'),
    ]),
})
