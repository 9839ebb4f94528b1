import type { ServerResponse } from 'node:http'
import type { Answer, Asked, Rule } from './rules.ts'

/** How an exchange goes on: what is written, and whether it ends, breaks or stays open. */
export interface Course {
  head: { status: number; headers: Record<string, string> } | null
  body: Buffer
  after: 'end' | 'reset' | 'hang'
}

const plain: Answer = { status: 200, body: { message: 'answered by the audit: nothing left this machine' } }

const inWords = (status: number): object => ({ error: { code: status, message: `HTTP ${status} made by the audit` } })

const bytesOf = ({ status, body }: Answer): Buffer => {
  if (Buffer.isBuffer(body)) return body
  if (typeof body === 'string') return Buffer.from(body)
  return Buffer.from(JSON.stringify(body ?? (status >= 400 ? inWords(status) : {})))
}

const written = (answer: Answer, retryAfter: number | string | undefined): Pick<Course, 'head' | 'body'> => {
  const isEmpty = answer.status === 204 || answer.status === 304
  const body = isEmpty ? Buffer.alloc(0) : bytesOf(answer)
  const headers = {
    ...(isEmpty ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...answer.headers,
  }
  return { head: { status: answer.status, headers }, body }
}

/** What a rule means for one request. */
export const courseOf = (rule: Rule, asked: Asked): Course => {
  if ('refuse' in rule) return { head: null, body: Buffer.alloc(0), after: 'reset' }
  if ('answer' in rule) {
    const { answer, retryAfter } = rule
    const given =
      typeof answer === 'function' ? answer(asked) : typeof answer === 'number' ? { status: answer } : answer
    return { ...written(given, retryAfter), after: 'end' }
  }
  const after = 'hang' in rule ? 'hang' : 'reset'
  if (('hang' in rule ? rule.hang : rule.reset) === 'before') return { head: null, body: Buffer.alloc(0), after }
  const whole = written(plain, undefined)
  return { head: whole.head, body: whole.body.subarray(0, whole.body.length / 2), after }
}

/** Long enough that what was written arrives before the connection breaks. */
const settling = 30

/** Writes the answer as far as it goes. @returns whether the connection has to be broken now. */
export const perform = async (course: Course, method: string, response: ServerResponse): Promise<boolean> => {
  const { head, body, after } = course
  if (head) {
    response.writeHead(head.status, head.headers)
    if (after === 'end') response.end(method === 'HEAD' ? '' : body)
    else response.write(body)
  }
  if (after !== 'reset') return false
  if (head) await new Promise(resolve => setTimeout(resolve, settling))
  return true
}
