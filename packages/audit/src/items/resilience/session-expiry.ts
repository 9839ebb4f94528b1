import { check, type Item } from '../../core/item.ts'
import { fail, notApplicable, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { abandonedSessions, growsEachRound } from '../../gather/abandoned-sessions.ts'
import { keptSessions } from '../../gather/kept-sessions.ts'

const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const item: Item = {
  id: 'session-expiry',
  area: 'resilience',
  rows: [],
  title: 'Sessions that nobody uses come to an end',
  level: 'must',
  why: 'Few clients end their session: they are closed, they crash, they lose the network. What is kept for each of them, streams and their events included, adds up until the server has no memory left.',
  how: 'Note when each session was last used, close those that were idle for long (server, transport and event store), bound how many there may be, and answer 404 afterwards so that clients begin anew. Or serve without sessions.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management'],
  applies: { transport: 'http' },
  checks: [
    check({
      applies: { profile: 'service' },
      asks: 'Is a session gone some time after its client has gone, and with it what was kept for it?',
      needs: { abandonedSessions },
      judge: ({ abandonedSessions: { none, found } }) => {
        if (none) return notApplicable(none)
        if (!found)
          return unknown(
            'it gives its clients sessions; tell how soon an unused one ends as "sessions": { "env": …, "idleMs": … } in airworthy.json, with an environment in which that is a matter of seconds',
          )
        const { idleMs, each, goneAfterMs, answer, waitedMs, perSession, after } = found
        const cost = perSession === null || perSession <= 0 ? '' : `; each took about ${mb(perSession)} of memory`
        const old: Evidence = { at: `a session that was not used for ${seconds(waitedMs)}`, saw: `${answer}${cost}` }
        if (goneAfterMs === null)
          return fail({ ...old, wanted: `HTTP 404: it was declared to end after ${seconds(idleMs)}` })
        const kept: Evidence = {
          at: `resident memory after rounds of ${each} sessions that their clients left, and the time in which they end`,
          saw: after.map(mb).join(', '),
        }
        if (growsEachRound(after)) return fail({ ...kept, wanted: 'as much as after the first round' }, old)
        return after.length > 0 ? pass(old, kept) : pass(old)
      },
    }),
    check({
      asks: 'Does something look at how many sessions there are before another one is kept?',
      needs: { keptSessions },
      judge: ({ keptSessions: { kept, bound } }) => {
        const [first, ...more] = kept.map(({ collection, file, line }): Evidence => ({
          at: file,
          line,
          saw: `each client that initializes is kept in ${collection}, and nothing looks at how many there are`,
          wanted: 'a largest number of sessions, beyond which the oldest is closed or the new one refused',
        }))
        if (!first) return notApplicable('the source keeps no sessions of its own over Streamable HTTP')
        if (bound === null) return fail(first, ...more)
        return unknown(`${bound}; whether unused sessions end in time shows in use`)
      },
    }),
  ],
}

export default item
