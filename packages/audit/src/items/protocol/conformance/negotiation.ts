import type { Check } from '../../../core/item.ts'
import { conformanceCalls } from '../../../gather/conformance-calls.ts'
import { conformance } from '../../../gather/conformance.ts'
import { isObject, type Observation, type Observed } from '../../../gather/conformance/observation.ts'
import { alsoOnce, isError, onReplies, requirement, succeeds, withStatus } from './requirement.ts'

const strings = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(one => typeof one === 'string')

const isDiscovery = ({ reply }: Observation): boolean =>
  reply.kind === 'result' && strings(reply.result['supportedVersions']) && isObject(reply.result['capabilities'])

const namesSupported = ({ reply }: Observation): boolean =>
  reply.kind === 'error' && isObject(reply.data) && strings(reply.data['supported'])

const fallsBack = ({ reply }: Observation): boolean => {
  const agreed = reply.kind === 'result' ? reply.result['protocolVersion'] : undefined
  return reply.kind === 'error' || (typeof agreed === 'string' && agreed !== '1999-01-01')
}

const namesVersion = ({ reply }: Observation): boolean =>
  reply.kind === 'error' && /\d{4}-\d\d-\d\d/.test(`${reply.message} ${JSON.stringify(reply.data)}`)

/** Without a version a request to a server of both eras over stdio may as well be a legacy one. */
const acceptsIncomplete = (one: Observation, bothEras: boolean): boolean => {
  if (one.probe === 'no-client-info') return !succeeds(one)
  if (one.probe === 'no-capabilities') return !isError(one, [-32602], 400)
  if (one.transport === 'stdio' && bothEras) return false
  return !isError(one, one.transport === 'http' ? [-32602, -32020] : [-32602], 400)
}

const incomplete = (probe: Observation['probe'], wanted: string): Check[] =>
  requirement({
    id: 'NEG-05',
    asks: wanted,
    from: conformance,
    era: 'modern',
    otherwise: 'the request was not answered at all',
    findings: observed =>
      onReplies({
        probes: [probe],
        wanted: probe === 'no-client-info' ? 'a result' : withStatus('error -32602', 400),
        breaks: one => acceptsIncomplete(one, observed.eras.length > 1),
        also: one => (probe === 'no-version' && succeeds(one) ? 'it was served' : null),
      })(observed),
  })

const worksLater = ({ method }: Observation, { seen }: Observed): boolean =>
  seen.some(one => one.probe === 'list' && one.method === method && succeeds(one))

const typedResults = onReplies({
  probes: one => succeeds(one) && one.messages === undefined,
  wanted: 'a resultType in the result',
  breaks: ({ reply }) => reply.kind === 'result' && typeof reply.result['resultType'] !== 'string',
  also: ({ reply }) => {
    const meta = reply.kind === 'result' && isObject(reply.result['_meta']) ? reply.result['_meta'] : {}
    return 'io.modelcontextprotocol/serverInfo' in meta ? null : 'no serverInfo in _meta of the result'
  },
})

export const negotiation: Check[] = [
  ...requirement({
    id: 'NEG-01',
    asks: 'server/discover tells versions and capabilities',
    from: conformance,
    era: 'modern',
    otherwise: 'server/discover was not answered',
    findings: onReplies({
      probes: ['discover'],
      wanted: 'a result with supportedVersions and capabilities',
      breaks: one => !isDiscovery(one),
    }),
  }),
  ...requirement({
    id: 'NEG-02',
    asks: 'an unsupported version is refused with -32022, at first and later',
    from: conformance,
    era: 'modern',
    otherwise: 'the request was not answered at all',
    findings: onReplies({
      probes: ['unsupported-version'],
      wanted: withStatus('error -32022 and data.supported', 400),
      breaks: one => !isError(one, [-32022], 400) || !namesSupported(one),
    }),
  }),
  ...requirement({
    id: 'NEG-03',
    strength: 'should',
    asks: 'a server of the modern era alone names its versions to a legacy client',
    from: conformance,
    era: 'modern',
    otherwise: 'the server speaks the legacy era too',
    findings: onReplies({
      probes: ['initialize'],
      wanted: 'an error that names its versions',
      breaks: one => !namesVersion(one),
    }),
  }),
  ...requirement({
    id: 'NEG-04',
    asks: 'initialize with an unknown revision is not echoed',
    from: conformance,
    era: 'legacy',
    otherwise: 'initialize was not answered',
    findings: onReplies({
      probes: ['unknown-revision'],
      wanted: 'a revision that the server supports',
      breaks: one => !fallsBack(one),
      also: ({ reply }) => (reply.kind === 'error' ? 'refused instead of offering another revision' : null),
    }),
  }),
  ...incomplete('no-version', 'a request without protocolVersion is refused with -32602'),
  ...incomplete('no-capabilities', 'a request without clientCapabilities is refused with -32602'),
  ...incomplete('no-client-info', 'a request without clientInfo is served'),
  ...requirement({
    id: 'NEG-06',
    asks: 'a request needs none before it',
    from: conformance,
    era: 'modern',
    otherwise: 'no capability with a list is declared',
    findings: observed =>
      onReplies({
        // A list that fails later too says nothing about what came before it.
        probes: one => one.probe === 'without-discover' && worksLater(one, observed),
        wanted: 'a result',
        breaks: one => !succeeds(one),
      })(observed),
  }),
  ...requirement({
    id: 'NEG-06',
    asks: 'a call of a tool needs no request before it',
    from: conformanceCalls,
    era: 'modern',
    capability: 'tools',
    otherwise: 'no tool was called with success',
    findings: onReplies({ probes: ['without-discover'], wanted: 'a result', breaks: one => !succeeds(one) }),
  }),
  ...requirement({
    id: 'NEG-07',
    asks: 'every result has a resultType',
    from: conformance,
    era: 'modern',
    otherwise: 'no request had a result',
    findings: observed => alsoOnce(typedResults(observed)),
  }),
  ...requirement({
    id: 'NEG-07',
    asks: 'every result of a tool has a resultType',
    from: conformanceCalls,
    era: 'modern',
    capability: 'tools',
    otherwise: 'no call had a result',
    findings: observed => alsoOnce(typedResults(observed)),
  }),
]
