import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, type Evidence, type Verdict } from '../../core/verdict.ts'
import { callPiles, type HeldKind, type Pile, type Piles } from '../../gather/call-piles.ts'
import { clientPiles } from '../../gather/client-piles.ts'

const words: Partial<Record<HeldKind, string>> = { socket: 'sockets', pipe: 'pipes', other: 'other descriptors' }

const judge = (what: string, { each, waitedMs, piles }: Piles): Verdict => {
  const held = piles.filter(({ kind }) => kind in words)
  const waited = waitedMs > 0 ? `, ${Math.round(waitedMs / 1000)} s of waiting included` : ''
  const grown = ({ kind, after, examples }: Pile): Evidence => ({
    at: `${words[kind]} that the server holds, after batches of ${each} ${what}`,
    saw: `${after.join(', ')}${waited}${examples.length > 0 ? `; new ones such as ${examples.join(', ')}` : ''}`,
    wanted: 'as many as after the first batch',
  })
  const level = held.map(({ kind, after }) => `${words[kind]} ${after.join(', ')}`).join('; ')
  return judged(
    held.filter(({ grows }) => grows).map(grown),
    [{ at: `after batches of ${each} ${what}`, saw: level }],
    'not reached',
  )
}

const item: Item = {
  id: 'connection-cleanup',
  area: 'resilience',
  rows: [20],
  title: 'Connections are closed when they are no longer needed',
  level: 'must',
  why: 'Each connection that stays open holds a descriptor, here or at the other end. After some thousand of them the server can neither open a file nor accept a client.',
  how: 'Share one client or pool for all calls, close in finally (`with`, `await using`) what you open for one call, and end all that belongs to a client when its connection closes or its session is deleted.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management',
    'https://nodejs.org/api/http.html#class-httpagent',
    'https://www.python-httpx.org/advanced/clients/',
  ],
  checks: [
    check({
      asks: 'Do calls leave the sockets and pipes of the server where they were?',
      applies: { capability: 'tools' },
      needs: { callPiles },
      judge: ({ callPiles }) => judge(`calls each of ${callPiles.tools.join(', ')}`, callPiles),
    }),
    check({
      asks: 'Do clients that leave, and clients that vanish, leave them where they were?',
      applies: { transport: 'http' },
      needs: { clientPiles },
      judge: ({ clientPiles }) => judge('clients that left and as many that vanished', clientPiles),
    }),
    check({
      asks: 'Is a session gone that its client has ended?',
      applies: { transport: 'http' },
      needs: { clientPiles },
      judge: ({ clientPiles: { ended, revision } }) => {
        if (!ended) return notApplicable(`the server has no sessions that a client of ${revision} could end`)
        const evidence: Evidence = {
          at: `a request in a session after DELETE was answered with HTTP ${ended.status}`,
          saw: `HTTP ${ended.after}${ended.served ? ', served as before' : ''}`,
        }
        return ended.served ? fail({ ...evidence, wanted: 'HTTP 404' }) : pass(evidence)
      },
    }),
  ],
}

export default item
