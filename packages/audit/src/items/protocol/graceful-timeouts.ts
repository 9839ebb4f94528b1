import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { abandonedCalls, longEnough, type AbandonedCalls } from '../../gather/abandoned-calls.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'

const abandoned = ({ cancelled, left, tool }: AbandonedCalls): string =>
  `${cancelled.sent} calls of ${tool} cancelled and ${left} left while they ran`

const faults = (calls: AbandonedCalls): Evidence[] => [
  ...(calls.exit
    ? [
        {
          at: abandoned(calls),
          saw: `the process ended with ${calls.exit.signal ? `signal ${calls.exit.signal}` : `exit code ${calls.exit.code}`}`,
          wanted: 'a server that goes on serving',
        },
      ]
    : []),
  ...(calls.after.good < calls.after.asked
    ? [
        {
          at: `tools/call ${calls.after.tool}, after ${abandoned(calls)}`,
          saw: `${calls.after.asked - calls.after.good} of ${calls.after.asked} good calls failed: ${calls.after.instead}`,
          wanted: 'the answers from before',
        },
      ]
    : []),
]

const proven = (calls: AbandonedCalls): Evidence[] => {
  const { silent, refused, answered } = calls.cancelled
  return [
    {
      at: abandoned(calls),
      saw: `${calls.after.asked} good calls of ${calls.after.tool} were answered meanwhile and afterwards; of the cancelled ones ${silent} got no answer, ${refused} an error, ${answered} an answer all the same`,
    },
  ]
}

const item: Item = {
  id: 'graceful-timeouts',
  area: 'protocol',
  rows: [93],
  title: 'Calls that are given up disturb nothing',
  level: 'must',
  why: 'Clients give up slow calls all day. A server that throws in a cancelled handler, or keeps its lock, dies or goes deaf for everybody.',
  how: 'Take the abort signal (TypeScript `ctx.mcpReq.signal`, Python CancelledError) as a normal end: release locks and connections in finally, and let nothing of it reach the process as an unhandled error.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation',
    'https://docs.python.org/3/library/asyncio-task.html#task-cancellation',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does the server go on serving after calls were cancelled and left?',
      needs: { trials, abandonedCalls },
      judge: ({ trials, abandonedCalls: calls }) => {
        if (!calls) return unknown(nothingCalled(trials.trials.length))
        const broken = faults(calls)
        if (broken.length === 0 && calls.takes < longEnough)
          return unknown(
            `no call takes long enough to be cancelled while it runs (the slowest, ${calls.tool}, ${Math.round(calls.takes)} ms): give arguments of a slow one as "samples" in airworthy.json`,
          )
        return judged(broken, proven(calls), 'not reached')
      },
    }),
  ],
}

export default item
