import type { Check } from '../../../core/item.ts'
import { isObject, type Observation } from '../../../gather/conformance/observation.ts'
import { evidenceOf, isError, onReplies, requirement, withStatus } from './requirement.ts'
import { calls } from './tools.ts'

const input = { ...calls, era: 'modern', otherwise: 'no tool asks for input' } as const
const methods = new Set(['tools/call', 'prompts/get', 'resources/read'])

const asksForInput = ({ reply }: Observation): boolean =>
  reply.kind === 'result' && reply.result['resultType'] === 'input_required'

const isFormed = ({ method, reply }: Observation): boolean => {
  if (reply.kind !== 'result' || !methods.has(method)) return false
  const { inputRequests, requestState } = reply.result
  const requests = isObject(inputRequests) ? Object.values(inputRequests) : []
  const named = requests.every(request => isObject(request) && typeof request['method'] === 'string')
  return named && (requests.length > 0 || typeof requestState === 'string')
}

/** Only what the capabilities are needed for may be asked for; a state alone needs none. */
const asksForMore = ({ reply }: Observation): boolean =>
  reply.kind === 'result' &&
  isObject(reply.result['inputRequests']) &&
  Object.keys(reply.result['inputRequests']).length > 0

const namesCapabilities = ({ reply }: Observation): boolean =>
  reply.kind === 'error' && isObject(reply.data) && isObject(reply.data['requiredCapabilities'])

/** What tools ask of the client before they go on. */
export const inputs: Check[] = [
  ...requirement({
    id: 'CAP-02',
    asks: 'what needs a capability that the client has not is refused with -32021',
    ...input,
    findings: onReplies({
      probes: one => one.probe === 'without-capability' && (!asksForInput(one) || asksForMore(one)),
      wanted: withStatus('error -32021 and data.requiredCapabilities', 400),
      breaks: one => asksForInput(one) || !isError(one, [-32021], 400),
      also: one =>
        asksForInput(one) || namesCapabilities(one)
          ? null
          : `${evidenceOf(one).saw.slice(0, 80)}: no capability is named`,
    }),
  }),
  ...requirement({
    id: 'MRTR-01',
    asks: 'input is asked for by inputRequests or requestState, of three methods alone',
    ...input,
    findings: onReplies({
      probes: asksForInput,
      wanted: 'inputRequests with a method each, or a requestState',
      breaks: one => !isFormed(one),
    }),
  }),
]
