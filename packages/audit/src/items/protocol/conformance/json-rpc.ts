import type { Check } from '../../../core/item.ts'
import { conformance } from '../../../gather/conformance.ts'
import type { Observation } from '../../../gather/conformance/observation.ts'
import { codeOf, hasResult, isError, onReplies, requirement, statusOf, withStatus } from './requirement.ts'

const echoes = ({ messages, id }: Observation): boolean =>
  messages?.some(message => !('method' in message) && message['id'] === id) === true

const isForbiddenCode = (one: Observation): boolean => {
  const code = codeOf(one) ?? 0
  const reserved = code <= -32020 && code >= -32099 && ![-32020, -32021, -32022].includes(code)
  return code === -32002 || code === -32042 || reserved
}

const isMethodNotFound = (one: Observation): boolean => isError(one, [-32601], one.era === 'modern' ? 404 : undefined)

const survivesMalformed = (one: Observation): boolean =>
  one.transport === 'stdio' ? one.alive !== false : statusOf(one) === 400

/** Over HTTP a server that cannot accept a notification may say so in an error without an id. */
const answersNotification = (one: Observation): boolean => {
  const status = statusOf(one)
  if (one.transport === 'stdio') return one.messages?.some(message => !('method' in message)) === true
  return status !== undefined && status < 400 && status !== 202 && status !== 204
}

export const jsonRpc: Check[] = [
  ...requirement({
    id: 'RPC-01',
    asks: 'ids come back as they were sent',
    from: conformance,
    otherwise: 'no request could be sent',
    findings: onReplies({
      probes: ['id'],
      wanted: 'an answer with the same id, of the same type',
      breaks: one => !echoes(one),
    }),
  }),
  ...requirement({
    id: 'RPC-02',
    asks: 'a request with id null has no result',
    from: conformance,
    otherwise: 'no request could be sent',
    findings: onReplies({
      probes: ['null-id'],
      wanted: 'no result: an id is a string or an integer',
      breaks: hasResult,
    }),
  }),
  ...requirement({
    id: 'RPC-03',
    asks: 'an unknown method is answered with -32601',
    from: conformance,
    otherwise: 'no request could be sent',
    findings: onReplies({
      probes: ['unknown-method'],
      wanted: withStatus('error -32601', 404, 'modern'),
      breaks: one => !isMethodNotFound(one),
    }),
  }),
  ...requirement({
    id: 'RPC-04',
    strength: 'custom',
    asks: 'malformed JSON does no harm',
    from: conformance,
    otherwise: 'no message could be sent',
    findings: onReplies({
      probes: ['malformed'],
      wanted: withStatus('error -32700', 400),
      breaks: one => !survivesMalformed(one),
    }),
  }),
  ...requirement({
    id: 'RPC-05',
    asks: 'one POST carries one message',
    from: conformance,
    transport: 'http',
    otherwise: 'no batch could be sent',
    findings: onReplies({
      probes: one => one.probe === 'batch' && one.revision !== '2025-03-26',
      wanted: 'a refusal, such as HTTP 400 with -32600',
      breaks: one => one.era === 'modern' && hasResult(one),
      also: one => (hasResult(one) ? `a batch is answered in revision ${one.revision}` : null),
    }),
  }),
  ...requirement({
    id: 'RPC-06',
    asks: 'a notification gets no response',
    from: conformance,
    otherwise: 'no notification could be sent',
    findings: onReplies({
      probes: ['notification'],
      wanted: 'no response; over HTTP status 202 without a body',
      breaks: answersNotification,
      also: one => (statusOf(one) === 204 ? 'HTTP 204 instead of 202' : null),
    }),
  }),
  ...requirement({
    id: 'RPC-07',
    asks: 'no error has a code that the specification reserves',
    from: conformance,
    era: 'modern',
    otherwise: 'no request led to an error',
    findings: onReplies({
      probes: one => codeOf(one) !== undefined && one.messages === undefined,
      wanted: 'neither -32002 nor -32042, and of -32020 to -32099 only -32020, -32021 and -32022',
      breaks: isForbiddenCode,
    }),
  }),
]
