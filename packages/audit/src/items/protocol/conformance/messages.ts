import type { Check } from '../../../core/item.ts'
import { conformance } from '../../../gather/conformance.ts'
import { isObject, type Observed } from '../../../gather/conformance/observation.ts'
import { evidenceOf, onReplies, requirement, type Findings } from './requirement.ts'
import { calls } from './tools.ts'

const isProgress = ({ message }: Observed['unasked'][number]): boolean => message['method'] === 'notifications/progress'

const progressed = ({ unasked, tokens }: Observed): Findings => {
  const last = new Map<string, number>()
  const findings: Findings = { broken: [], met: [], also: [] }
  for (const { message, late, era } of unasked.filter(isProgress)) {
    const { progressToken, progress } = isObject(message['params']) ? message['params'] : {}
    const token = String(progressToken)
    const before = last.get(token) ?? Number.NEGATIVE_INFINITY
    const amount = Number(progress)
    const at = `notifications/progress ${token}, ${era} era`
    if (!tokens.includes(token))
      findings.broken.push({ at, saw: 'a token that no request carried', wanted: 'the token of an active request' })
    else if (!(amount > before))
      findings.broken.push({ at, saw: `progress ${amount} after ${before}`, wanted: 'a progress that increases' })
    else if (late)
      findings.broken.push({
        at,
        saw: `progress ${amount} after the call was answered`,
        wanted: 'none after completion',
      })
    else findings.met.push({ at, saw: `progress ${amount}` })
    last.set(token, amount)
  }
  return findings
}

const silentLog = ({ unasked, seen }: Observed): Findings => {
  const logged = unasked.filter(({ message }) => message['method'] === 'notifications/message')
  const made = seen.filter(({ probe }) => probe === 'call').length
  return {
    broken: logged.map(({ message }) => ({
      at: 'notifications/message, modern era',
      saw: JSON.stringify(message['params']).slice(0, 200),
      wanted: 'none: no request carried a logLevel',
    })),
    met: made > 0 ? [{ at: `${made} calls`, saw: 'no notifications/message' }] : [],
    also: [],
  }
}

const requestsOf = ({ unasked, seen }: Observed): Findings => {
  const sent = unasked.filter(({ message }) => 'id' in message)
  return {
    broken: sent.map(({ message }) => ({
      at: `${String(message['method'])}, sent by the server in the modern era`,
      saw: JSON.stringify(message).slice(0, 200),
      wanted: 'no request of the server',
    })),
    met: seen
      .slice(0, 1)
      .map(one => ({ at: `${seen.length} requests`, saw: `no request of the server, such as during ${one.at}` })),
    also: [],
  }
}

/** What the server says of its own accord, and after a cancellation. */
export const messages: Check[] = [
  ...requirement({
    id: 'INIT-01',
    asks: 'nothing is said before a client speaks',
    from: conformance,
    transport: 'stdio',
    otherwise: 'no first message was answered',
    findings: onReplies({
      probes: ['unprompted', 'unknown-revision', 'unsupported-version'],
      wanted: 'no message before the first one of the client',
      breaks: ({ probe, messages }) => probe === 'unprompted' && messages?.length !== 0,
      also: ({ reply }) => (reply.after ? `${reply.after} messages of the server came before the answer` : null),
    }),
  }),
  ...requirement({
    id: 'PROG-01',
    asks: 'progress is for a token that was given, increases and ends with the call',
    ...calls,
    otherwise: 'no call that was made led to progress',
    findings: progressed,
  }),
  ...requirement({
    id: 'LOG-01',
    asks: 'no log messages without a logLevel in the request',
    ...calls,
    era: 'modern',
    findings: silentLog,
  }),
  ...requirement({
    id: 'REQ-01',
    asks: 'the server sends no requests',
    from: conformance,
    era: 'modern',
    otherwise: 'no request was answered',
    findings: requestsOf,
  }),
  ...requirement({
    id: 'REQ-01',
    asks: 'the server sends no requests during calls',
    ...calls,
    era: 'modern',
    findings: requestsOf,
  }),
  ...requirement({
    id: 'CAN-01',
    asks: 'a cancelled call leaves the server answering',
    ...calls,
    transport: 'stdio',
    findings: onReplies({
      probes: ['cancelled'],
      wanted: 'an answer to the next request',
      breaks: ({ alive }) => alive === false,
      also: one =>
        one.reply.kind === 'lost' ? null : `answered although cancelled: ${evidenceOf(one).saw.slice(0, 120)}`,
    }),
  }),
]
