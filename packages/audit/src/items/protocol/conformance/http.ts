import type { Check } from '../../../core/item.ts'
import { conformanceCalls } from '../../../gather/conformance-calls.ts'
import { conformanceDisconnect } from '../../../gather/conformance-disconnect.ts'
import { conformance } from '../../../gather/conformance.ts'
import type { Observation } from '../../../gather/conformance/observation.ts'
import { evidenceOf, isError, onReplies, requirement, statusOf, succeeds } from './requirement.ts'

const http = { from: conformance, transport: 'http', otherwise: 'the request was not answered' } as const

const typeOf = ({ reply }: Observation): string => reply.http?.headers['content-type']?.toLowerCase() ?? ''
const isStream = (one: Observation): boolean => typeOf(one).startsWith('text/event-stream')

/** A server of both eras may take a foreign version header for a legacy one. */
const toleratesHeader = (one: Observation, bothEras: boolean): boolean => {
  if (one.probe !== 'other-version-header') return !isError(one, [-32020], 400)
  return bothEras ? succeeds(one) : !isError(one, [-32020, -32022], 400)
}

const isAnswerToPost = (one: Observation): boolean =>
  !['GET', 'DELETE'].includes(one.method) && !one.method.startsWith('notifications/') && statusOf(one) === 200

const isReadable = (one: Observation): boolean => typeOf(one).startsWith('application/json') || isStream(one)

/** Neither a credential nor a limit is what the requirement is about. */
const isDecided = (one: Observation): boolean => ![undefined, 401, 403, 429].includes(statusOf(one))

const visible = /^[\x21-\x7e]+$/

const bitsOf = (text: string): number => {
  if (/^\d*$/.test(text)) return Math.log2(10)
  return /^[\da-f]*$/i.test(text) ? 4 : Math.log2(62)
}

/** At most how many bits the ids differ in: what all of them begin and end with does not count, nor do signs. */
const variedBits = (ids: string[]): number => {
  const [first = ''] = ids
  const shared = (at: (id: string, index: number) => string | undefined): number => {
    let length = 0
    while (length < first.length && ids.every(id => at(id, length) === at(first, length))) length++
    return length
  }
  const [head, tail] = [shared((id, index) => id[index]), shared((id, index) => id.at(-1 - index))]
  const varied = first.slice(head, Math.max(head, first.length - tail)).replaceAll(/[^\da-z]/gi, '')
  return varied.length * bitsOf(varied)
}

export const httpOnly: Check[] = [
  ...requirement({
    id: 'HTTP-03',
    asks: 'headers that are missing or contradict the body are refused with -32020',
    ...http,
    era: 'modern',
    findings: observed =>
      onReplies({
        probes: ['no-method-header', 'other-method-header', 'other-version-header'],
        wanted: 'HTTP 400 with error -32020',
        breaks: one => toleratesHeader(one, observed.eras.length > 1),
      })(observed),
  }),
  ...requirement({
    id: 'HTTP-03',
    asks: 'Mcp-Name is compared with the body, and read in base64',
    ...http,
    from: conformanceCalls,
    era: 'modern',
    otherwise: 'no tool was called with success',
    findings: onReplies({
      probes: ['other-name-header', 'encoded-name-header'],
      wanted: 'HTTP 400 with -32020 for another name, a result for the same name in base64',
      breaks: one => (one.probe === 'other-name-header' ? succeeds(one) : isError(one, [-32020])),
      also: one =>
        one.probe === 'other-name-header' && !isError(one, [-32020], 400) ? evidenceOf(one).saw.slice(0, 80) : null,
    }),
  }),
  ...requirement({
    id: 'HTTP-03',
    asks: 'Mcp-Param headers are compared with the body, and read in base64',
    ...http,
    from: conformanceCalls,
    era: 'modern',
    otherwise: 'no tool that was called with success declares a header for a parameter',
    findings: onReplies({
      probes: ['no-param-header', 'other-param-header', 'encoded-param-header'],
      wanted: 'HTTP 400 with -32020 without it and for another value, a result for the same value in base64',
      breaks: one => (one.probe === 'encoded-param-header' ? isError(one, [-32020]) : succeeds(one)),
      also: one =>
        one.probe !== 'encoded-param-header' && !isError(one, [-32020], 400) ? evidenceOf(one).saw.slice(0, 80) : null,
    }),
  }),
  ...requirement({
    id: 'HTTP-04',
    asks: 'an unsupported MCP-Protocol-Version is refused with 400',
    ...http,
    era: 'legacy',
    otherwise: 'the header came with revision 2025-06-18',
    findings: onReplies({
      probes: one => one.probe === 'bad-version-header' && one.revision >= '2025-06-18' && isDecided(one),
      wanted: 'HTTP 400',
      breaks: one => statusOf(one) !== 400,
    }),
  }),
  ...requirement({
    id: 'HTTP-05',
    asks: 'GET gives an event stream or 405',
    ...http,
    otherwise: 'GET was not answered',
    findings: observed =>
      onReplies({
        probes: one => one.probe === 'get' && isDecided(one),
        wanted: 'text/event-stream or HTTP 405',
        breaks: one => one.era === 'legacy' && statusOf(one) !== 405 && !(statusOf(one) === 200 && isStream(one)),
        also: one =>
          observed.eras.includes('legacy') || statusOf(one) === 405
            ? null
            : `HTTP ${statusOf(one)} where 405 is recommended`,
      })(observed),
  }),
  ...requirement({
    id: 'HTTP-06',
    asks: 'requests are answered in JSON or as an event stream',
    ...http,
    findings: onReplies({
      probes: isAnswerToPost,
      wanted: 'Content-Type application/json or text/event-stream',
      breaks: one => !isReadable(one),
    }),
  }),
  ...requirement({
    id: 'CAN-02',
    // The call must be cancelled; that its work ends, which is all that shows, is recommended where it can be done.
    strength: 'should',
    asks: 'closing the stream of a call ends its work',
    ...http,
    from: conformanceDisconnect,
    era: 'modern',
    otherwise: 'no call was seen to wait for another server, or it gave up by itself',
    findings: onReplies({
      probes: ['closed-stream'],
      wanted: 'the end of what the call asks of others',
      breaks: ({ goesOn }) => goesOn === true,
    }),
  }),
  ...requirement({
    id: 'AUTH-07',
    asks: 'the metadata of the authorization server is as it must be',
    ...http,
    otherwise: 'no authorization server is named, or it is on another machine, which is not asked',
    findings: onReplies({
      probes: ['authorization-server'],
      wanted: 'HTTPS, the issuer by which it is named, and S256 among code_challenge_methods_supported',
      breaks: ({ mismatches = [] }) => mismatches.length > 0,
    }),
  }),
  ...requirement({
    id: 'HTTP-08',
    asks: 'one process serves several clients',
    ...http,
    era: 'legacy',
    findings: onReplies({
      probes: one => one.probe === 'second-client' && isDecided(one),
      wanted: 'a result: the transport is for several clients',
      breaks: one => !succeeds(one),
    }),
  }),
  ...requirement({
    id: 'SES-01',
    asks: 'session ids are visible ASCII',
    ...http,
    era: 'legacy',
    otherwise: 'the server assigns no session id',
    findings: onReplies({
      probes: ['sessions'],
      wanted: 'characters from 0x21 to 0x7E',
      breaks: ({ sessions }) => sessions?.every(id => visible.test(id)) !== true,
    }),
  }),
  ...requirement({
    id: 'SES-01',
    strength: 'should',
    asks: 'session ids are unique and cannot be guessed',
    ...http,
    era: 'legacy',
    otherwise: 'the server assigns no session id',
    findings: onReplies({
      probes: one => one.probe === 'sessions' && (one.sessions?.length ?? 0) >= 4,
      wanted: 'ids that differ in at least 64 bits, best a random UUID',
      breaks: ({ sessions = [] }) => new Set(sessions).size < sessions.length || variedBits(sessions) < 64,
    }),
  }),
  ...requirement({
    id: 'SES-04',
    asks: 'a session is no credential',
    ...http,
    era: 'legacy',
    otherwise: 'the server assigns no session id, or asks for no credential that was given',
    findings: onReplies({
      probes: ['session-alone'],
      wanted: 'HTTP 401',
      breaks: one => succeeds(one),
    }),
  }),
  ...requirement({
    id: 'SES-02',
    strength: 'should',
    asks: 'a request without its session id is refused with 400',
    ...http,
    era: 'legacy',
    otherwise: 'the server assigns no session id',
    findings: onReplies({
      probes: one => one.probe === 'no-session' && isDecided(one),
      wanted: 'HTTP 400',
      breaks: one => statusOf(one) !== 400,
    }),
  }),
  ...requirement({
    id: 'SES-03',
    asks: 'a session that was ended is answered with 404',
    ...http,
    era: 'legacy',
    otherwise: 'no session could be ended by DELETE',
    findings: onReplies({
      probes: one => ['ended-session', 'unknown-session'].includes(one.probe) && isDecided(one),
      wanted: 'HTTP 404',
      breaks: one => one.probe === 'ended-session' && statusOf(one) !== 404,
      also: one =>
        one.probe === 'unknown-session' && statusOf(one) !== 404
          ? `HTTP ${statusOf(one)} where 404 is customary`
          : null,
    }),
  }),
  ...requirement({
    id: 'SES-06',
    strength: 'should',
    asks: 'the modern era knows no sessions',
    ...http,
    era: 'modern',
    findings: onReplies({
      probes: ['discover', 'list'],
      wanted: 'no Mcp-Session-Id',
      breaks: ({ reply }) => reply.http?.headers['mcp-session-id'] !== undefined,
    }),
  }),
]
