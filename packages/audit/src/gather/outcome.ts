import { isObject, type Reply } from '../target/connection.ts'

/**
 * What became of a call, as its client can tell: `refused` is an error result or a JSON-RPC error, `worded` a success
 * whose text says that it is an error, `broken` an HTTP answer of 500 and above.
 */
export type Fate = 'accepted' | 'refused' | 'worded' | 'broken' | 'closed' | 'silent' | 'unclear'

export interface Outcome {
  fate: Fate
  /** The JSON-RPC error code. */
  code?: number
  /** What it said, at most 4,000 characters. */
  text: string
  ms: number
}

const maxText = 4000

/** The text blocks of a tool result, a line each. */
export const textOf = (result: Record<string, unknown>): string => {
  const content = Array.isArray(result['content']) ? result['content'].filter(isObject) : []
  const texts = content.flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
  return texts.join('\n')
}

/** A result without text; empty when there is nothing in it. */
const withoutText = (result: Record<string, unknown>): string => {
  const { content, structuredContent } = result
  return structuredContent === undefined && Array.isArray(content) && content.length === 0 ? '' : JSON.stringify(result)
}

const saysError = (text: string): boolean =>
  /^\W*(\w+ )?(error|invalid|missing|failed)\b/i.test(text) ||
  /\b(is|are) required\b|\bvalidation error|\bmust be (a|an)\b|"(error|isError)"\s*:/i.test(text.slice(0, 500))

const ofReply = (reply: Reply): Omit<Outcome, 'ms'> => {
  if (reply.kind === 'error') {
    const details = reply.data === undefined ? '' : ` ${JSON.stringify(reply.data)}`
    return { fate: 'refused', code: reply.code, text: reply.message + details }
  }
  if (reply.kind === 'result') {
    const { isError, resultType } = reply.result
    const text = textOf(reply.result)
    if (isError === true) return { fate: 'refused', text }
    if (resultType !== undefined && resultType !== 'complete')
      return { fate: 'unclear', text: JSON.stringify(resultType) }
    return { fate: saysError(text) ? 'worded' : 'accepted', text: text || withoutText(reply.result) }
  }
  if (reply.because === 'timeout') return { fate: 'silent', text: '' }
  const status = reply.http?.status
  if (status === undefined) return { fate: reply.because === 'closed' ? 'closed' : 'unclear', text: reply.saw }
  const text = `HTTP ${status} ${reply.saw}`
  if (status >= 500) return { fate: 'broken', text }
  return { fate: status >= 400 && ![401, 403, 429].includes(status) ? 'refused' : 'unclear', text }
}

export const outcomeOf = (reply: Reply): Outcome => {
  const { text, ...rest } = ofReply(reply)
  return { ...rest, text: text.slice(0, maxText), ms: reply.ms }
}
