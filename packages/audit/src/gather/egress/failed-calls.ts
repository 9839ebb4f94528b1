import { gatherer } from '../../core/item.ts'
import { describeReply, isObject, type Reply } from '../../target/connection.ts'
import { succeeded } from '../trials.ts'
import { failingUpstream } from './failing.ts'
import { withoutOthers } from './without-others.ts'

/** A call that cannot have what it needs from others. */
export interface FailedCall {
  tool: string
  situation: string
  /**
   * `error`: it says that it failed, with isError or a JSON-RPC error. `success`: its text says so, in a result that is
   * none. `open`: it did not end, or may have answered from elsewhere.
   */
  told: 'error' | 'success' | 'open'
  saw: string
}

const admission =
  /\b50[0-9]\b|service unavailable|made by the audit|ECONN(REFUSED|RESET)|socket hang up|connection (was )?(refused|reset|error)|fetch failed|^\W{0,3}(error|failed|failure|exception)\b|\b(failed|unable|could ?n[o']t|cannot|can't) (to )?(be )?(fetch|reach|connect|load|get|retriev|request)|did not answer|not reached|unavailable/i

const textOf = (reply: Reply): string => {
  if (reply.kind !== 'result') return ''
  const content = Array.isArray(reply.result['content']) ? (reply.result['content'] as unknown[]) : []
  return content.flatMap(part => (isObject(part) && typeof part['text'] === 'string' ? [part['text']] : [])).join('\n')
}

/** An answer without the statuses in it: whoever looks at pages says them. */
const withoutStatus = (text: string): string => text.replaceAll(/\b[1-5]\d\d\b( [A-Z][A-Za-z]*){0,3}/g, '#')

/** How a failed call says so, held against what the same tool says when all is well. */
export const toldBy = (reply: Reply, usual: Reply | undefined): FailedCall['told'] => {
  if (reply.kind === 'lost') return 'open'
  if (reply.kind === 'error' || reply.result['isError'] === true) return 'error'
  const before = usual && succeeded(usual) ? textOf(usual) : ''
  if (withoutStatus(before) === withoutStatus(textOf(reply))) return 'open'
  return admission.test(textOf(reply).slice(0, 2000)) && !admission.test(before) ? 'success' : 'open'
}

/** Calls of tools whose upstream refuses connections or answers with 503. */
export const failedCalls = gatherer({
  id: 'failed-calls',
  impact: 'call',
  from: 'server',
  needs: { failingUpstream, withoutOthers },
  gather: (_, { failingUpstream, withoutOthers: { storm } }): FailedCall[] => {
    const usualOf = (tool: string): Reply | undefined =>
      failingUpstream.find(one => one.tool.name === tool)?.usual.reply
    const refused = (storm?.replies ?? []).map(({ tool, reply }) => ({
      tool,
      situation: 'while its upstream refuses connections',
      reply,
    }))
    const unavailable = failingUpstream
      .filter(({ unavailable: { asked } }) => asked.length > 0)
      .map(({ tool, unavailable: { reply } }) => ({
        tool: tool.name,
        situation: 'while its upstream answers with 503',
        reply,
      }))
    return [...refused, ...unavailable].map(({ tool, situation, reply }) => ({
      tool,
      situation,
      told: toldBy(reply, usualOf(tool)),
      saw: describeReply(reply),
    }))
  },
})
