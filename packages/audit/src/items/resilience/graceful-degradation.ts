import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { databaseOutage, type DatabaseOutage } from '../../gather/database-outage.ts'
import { withoutOthers, type WithoutOthers } from '../../gather/egress/without-others.ts'

const refused = 'while every connection to others was refused'

const faults = ({
  startFailed,
  unlisted,
  listed,
  staying,
  asksAtStart,
  after,
  ended,
  storm,
}: WithoutOthers): Evidence[] => {
  if (startFailed !== null)
    return [{ at: `a start ${refused}`, saw: startFailed, wanted: 'a server that starts and lists its tools' }]
  if (listed === 0 && unlisted.length > 0)
    return [{ at: `tools/list ${refused}`, saw: 'no tools', wanted: unlisted.slice(0, 5).join(', ') }]
  const wanted = 'the answer it gives when others are there: this tool asks nothing of them'
  const alone = asksAtStart ? [] : staying.filter(({ good }) => !good)
  const spoiled = after.filter(({ tool, good }) => !good && staying.some(one => one.tool === tool && one.good))
  return [
    ...alone.map(({ tool, saw }) => ({ at: `tools/call ${tool} ${refused}`, saw, wanted })),
    ...(ended === null
      ? spoiled.map(({ tool, saw }) => ({
          at: `tools/call ${tool} after ${storm?.calls ?? 0} calls that failed`,
          saw,
          wanted: 'an answer as before',
        }))
      : [{ at: `${storm?.calls ?? 0} calls ${refused}`, saw: `the server ended with ${ended}`, wanted: 'it goes on' }]),
  ]
}

const proven = ({ going, staying, storm, recovered }: WithoutOthers): Evidence[] => [
  { at: `a start ${refused}`, saw: 'it started and listed its tools' },
  ...(staying.length > 0
    ? [
        {
          at: staying.map(({ tool }) => tool).join(', '),
          saw: `answered ${refused}, before and after the calls that failed`,
        },
      ]
    : []),
  {
    at: `${storm?.calls ?? 0} calls of ${going.slice(0, 3).join(', ')} ${refused}`,
    saw: `the server went on${recovered ? ', and they succeeded when the others were back' : ''}`,
  },
]

const undecided = ({ startFailed, staying, going, storm, recovered }: WithoutOthers): string | null => {
  if (startFailed !== null) return null
  if (storm === null) return 'no tool was seen to ask something of others, so no call could fail because of them'
  const silent = staying.find(({ good }) => !good)
  if (silent) return `${silent.tool} fails without what the server asks of others when it starts: ${silent.saw}`
  return recovered === false
    ? `${going[0] ?? 'a tool'} still fails 5 s after those it asks were back: a circuit breaker, or it never recovers`
    : null
}

const judgeOutage = ({ tool, away, backAfterMs, waitedMs }: DatabaseOutage): Verdict => {
  const at = `tools/call ${tool} while its database is away`
  const wanted = 'an error that says so, and a server that serves on'
  if (away.ended !== null) return fail({ at, saw: `the process ended with ${away.ended}`, wanted })
  if (!away.serves) return fail({ at, saw: `${away.saw}; the request after it was not answered`, wanted })
  if (!away.answered) return unknown(`${at} got no answer in time: ${away.saw}`)
  if (away.succeeded) return unknown(`${at} succeeded: it does not ask its database each time`)
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const then = `tools/call ${tool} after the database came back`
  if (backAfterMs === null)
    return fail({ at: then, saw: `still failed after ${seconds(waitedMs)}`, wanted: 'a new connection' })
  return pass({ at, saw: away.saw }, { at: then, saw: `served again after ${seconds(backAfterMs)}` })
}

const item: Item = {
  id: 'graceful-degradation',
  area: 'resilience',
  rows: [15],
  title: 'It goes on when others are down',
  level: 'must',
  why: 'When one upstream is away, a server that does not start, or dies of the failed calls, takes all its other tools with it.',
  how: 'Connect to others when a tool needs them, not at the start; catch what goes wrong in each handler and answer with isError; give places of pools and locks back in finally.',
  refs: [
    'https://sre.google/sre-book/addressing-cascading-failures/',
    'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_graceful_degradation.html',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does it start, list and answer while every connection to others is refused, and after many calls that failed?',
      needs: { withoutOthers },
      judge: ({ withoutOthers: seen }) => {
        const broken = faults(seen)
        const open = undecided(seen)
        return broken.length === 0 && open !== null ? unknown(open) : judged(broken, proven(seen), 'not reached')
      },
    }),
    check({
      asks: 'Does it serve on while its database is away, and use it again when it is back?',
      rows: [15],
      needs: { databaseOutage },
      judge: ({ databaseOutage }) => judgeOutage(databaseOutage),
    }),
  ],
}

export default item
