import type { Check } from '../../../core/item.ts'
import { conformance } from '../../../gather/conformance.ts'
import { entriesOf } from '../../../gather/conformance/lists.ts'
import { isObject, type Observation, type Observed } from '../../../gather/conformance/observation.ts'
import { codeOf, evidenceOf, isError, onReplies, requirement, succeeds, type Findings } from './requirement.ts'

const memberOf = (method: string): string => method.split('/')[0] ?? ''

const isListed = ({ reply, method }: Observation): boolean =>
  reply.kind === 'result' && Array.isArray(reply.result[memberOf(method)])

const namesIn = (one: Observation): string[] =>
  entriesOf(one, memberOf(one.method)).map(({ name, uri }) => String(uri ?? name))

const handlers = (observed: Observed): Findings => {
  const { broken, met } = onReplies({
    probes: ['list'],
    wanted: 'the list, as the capability is declared',
    breaks: one => !isListed(one),
  })(observed)
  const missing = observed.seen.filter(one => one.probe === 'optional-method' && codeOf(one) === -32601)
  return {
    broken,
    met,
    also: missing.map(({ method }) => `${method} is not implemented although its capability is declared`),
  }
}

const cacheable = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
])

const isComplete = ({ reply }: Observation): boolean =>
  reply.kind === 'result' && (reply.result['resultType'] ?? 'complete') === 'complete'

const scopeOf = ({ reply }: Observation): unknown => (reply.kind === 'result' ? reply.result['cacheScope'] : undefined)

const hasHints = (one: Observation): boolean => {
  const ttl = one.reply.kind === 'result' ? one.reply.result['ttlMs'] : undefined
  return typeof ttl === 'number' && ttl >= 0 && ['public', 'private'].includes(String(scopeOf(one)))
}

const hints = (observed: Observed): Findings => {
  const first = (method: string): Observation | undefined =>
    observed.seen.find(one => one.probe === 'list' && one.method === method)
  return onReplies({
    probes: one => cacheable.has(one.method) && one.messages === undefined && isComplete(one),
    wanted: 'ttlMs of 0 or more and cacheScope public or private, the same on each page',
    breaks: one => {
      const page1 = one.probe === 'next-page' ? first(one.method) : undefined
      return !hasHints(one) || (page1 !== undefined && scopeOf(page1) !== scopeOf(one))
    },
  })(observed)
}

const contentsOf = ({ reply }: Observation): unknown[] | null => {
  const contents = reply.kind === 'result' ? reply.result['contents'] : undefined
  return Array.isArray(contents) ? contents : null
}

/** A server that gives something for every URI has no missing resource. */
const hidesMissing = (one: Observation): boolean => {
  if (one.era === 'legacy') return false
  if (!succeeds(one)) return !isError(one, [-32602])
  return isComplete(one) && contentsOf(one)?.length === 0
}

const missingAlso = (one: Observation): string | null => {
  if (contentsOf(one)?.length) return 'something was read although nothing is there'
  if (contentsOf(one)) return 'empty contents instead of an error'
  if (one.era === 'modern' || [-32002, -32602].includes(codeOf(one) ?? 0)) return null
  return `${evidenceOf(one).saw.slice(0, 80)} where -32002 is recommended`
}

const isAcknowledged = ({ messages, id }: Observation): boolean => {
  const [first] = messages ?? []
  if (!first) return false
  if ('error' in first) return true
  const params = isObject(first['params']) ? first['params'] : {}
  const meta = isObject(params['_meta']) ? params['_meta'] : {}
  return (
    first['method'] === 'notifications/subscriptions/acknowledged' &&
    meta['io.modelcontextprotocol/subscriptionId'] === id
  )
}

export const features: Check[] = [
  ...requirement({
    id: 'CAP-01',
    asks: 'a declared capability has a working handler',
    from: conformance,
    otherwise: 'no capability with a list is declared',
    findings: handlers,
  }),
  ...requirement({
    id: 'CAP-01',
    asks: 'lists are the same on each connection',
    from: conformance,
    era: 'modern',
    otherwise: 'no list was seen whole on two connections',
    findings: onReplies({
      probes: one => one.elsewhere !== undefined && isListed(one),
      wanted: one => `what another connection got: ${one.elsewhere?.slice(0, 8).join(', ')}`,
      breaks: one => namesIn(one).toSorted().join('\n') !== one.elsewhere?.toSorted().join('\n'),
    }),
  }),
  ...requirement({
    id: 'CACHE-01',
    asks: 'cacheable results carry ttlMs and cacheScope',
    from: conformance,
    era: 'modern',
    otherwise: 'no cacheable result came',
    findings: hints,
  }),
  ...requirement({
    id: 'PAGE-01',
    strength: 'should',
    asks: 'a made-up cursor is refused with -32602',
    from: conformance,
    otherwise: 'no capability with a list is declared',
    findings: onReplies({
      probes: one => one.probe === 'bad-cursor' && codeOf(one) !== -32601,
      wanted: 'error -32602',
      breaks: one => codeOf(one) !== -32602,
    }),
  }),
  ...requirement({
    id: 'RES-01',
    asks: 'a resource that does not exist is an error',
    from: conformance,
    capability: 'resources',
    otherwise: 'the read was not answered',
    findings: onReplies({
      probes: ['missing-resource'],
      wanted: 'error -32602, never empty contents',
      breaks: hidesMissing,
      also: missingAlso,
    }),
  }),
  ...requirement({
    id: 'PING-01',
    asks: 'ping is answered at once',
    from: conformance,
    era: 'legacy',
    otherwise: 'ping could not be sent',
    findings: onReplies({
      probes: ['ping'],
      wanted: 'an empty result',
      breaks: one => !succeeds(one),
      also: ({ reply }) =>
        reply.kind === 'result' && Object.keys(reply.result).some(name => name !== '_meta')
          ? 'the result is not empty'
          : null,
    }),
  }),
  ...requirement({
    id: 'SUB-01',
    asks: 'a subscription begins with its acknowledgement',
    from: conformance,
    era: 'modern',
    otherwise: 'the server declares no listChanged',
    findings: onReplies({
      probes: ['listen'],
      wanted: 'notifications/subscriptions/acknowledged with the subscriptionId of the request',
      breaks: one => !isAcknowledged(one),
      also: ({ messages }) =>
        messages?.[0] && 'error' in messages[0]
          ? `refused: ${JSON.stringify(messages[0]['error']).slice(0, 120)}`
          : null,
    }),
  }),
]
