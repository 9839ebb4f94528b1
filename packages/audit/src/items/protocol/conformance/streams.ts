import type { Check } from '../../../core/item.ts'
import type { Observation } from '../../../gather/conformance/observation.ts'
import { onReplies, requirement, succeeds } from './requirement.ts'
import { calls } from './tools.ts'

const stream = {
  ...calls,
  era: 'legacy',
  transport: 'http',
  otherwise: 'no event with an id came before an answer: streams are not taken up again',
} as const

const repeats = ({ events = [] }: Observation): boolean => new Set(events).size < events.length

/** The answer to another request than the one whose stream was lost. */
const isOfAnother = ({ messages = [], id }: Observation): boolean =>
  messages.some(message => !('method' in message) && 'id' in message && message['id'] !== id)

/** What becomes of a call whose connection is lost. */
export const streams: Check[] = [
  ...requirement({
    id: 'SES-05',
    asks: 'ids of events are unique in their session',
    ...stream,
    otherwise: 'events have no ids',
    findings: onReplies({ probes: ['event-ids'], wanted: 'each id once in a session', breaks: repeats }),
  }),
  ...requirement({
    id: 'SES-05',
    asks: 'a stream that is taken up again holds its own messages',
    ...stream,
    findings: onReplies({
      probes: ['resumed'],
      wanted: 'no message of another stream',
      breaks: isOfAnother,
    }),
  }),
  ...requirement({
    id: 'CAN-03',
    strength: 'should',
    asks: 'a lost connection does not cancel its call',
    ...stream,
    findings: onReplies({
      probes: ({ probe, outlives }) => probe === 'resumed' && outlives === true,
      wanted: 'the answer on the stream that was taken up again',
      breaks: one => !succeeds(one),
    }),
  }),
]
