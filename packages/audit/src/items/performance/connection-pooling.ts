import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { librariesThatCallOut } from '../../gather/calls/libraries.ts'
import { dataAccess, type DatabaseClient } from '../../gather/data-access.ts'
import { poolLimitOf } from '../../gather/data-access/pools.ts'
import { databaseOutage } from '../../gather/database-outage.ts'
import { pooledRequests } from '../../gather/egress/pooled.ts'
import { idleClients, type IdleClients } from '../../gather/idle-clients.ts'
import { project, type Project } from '../../gather/project.ts'
import { upstreamClients, type UpstreamClient, type UpstreamClients } from '../../gather/upstream-clients.ts'
import { remoteClients, shown } from '../databases.ts'

const place = ({ file, line }: { file: string; line: number }): Pick<Evidence, 'at' | 'line'> => ({ at: file, line })

/** Requests in turn that tell kept connections from new ones. */
const enough = 5

/** One connection beside a pool listens or locks; by itself it serves everything. */
const pooled = (clients: DatabaseClient[]): DatabaseClient[] =>
  clients.filter(
    ({ shape, product }) =>
      shape !== 'single' || !clients.some(other => other.shape !== 'single' && other.product === product),
  )

const poolFault = (client: DatabaseClient): Evidence[] => {
  if (client.mayBePool) return []
  if (client.perCall)
    return [
      {
        ...place(client),
        saw: `${shown(client)} is opened anew for each call`,
        wanted: 'one pool for the whole process',
      },
    ]
  return client.shape === 'single'
    ? [{ ...place(client), saw: `${shown(client)}: one connection without a pool`, wanted: 'a pool' }]
    : []
}

/** Undecided as long as no client is at fault. */
const decided = (clients: DatabaseClient[], verdict: Verdict): Verdict => {
  const settled = clients.find(({ mayBePool }) => mayBePool)
  if (settled && verdict.status !== 'fail')
    return unknown(
      `whether ${shown(settled)} in ${settled.file}:${settled.line} has a pool is said by settings that were not followed`,
    )
  const unpooled = clients.find(({ shape }) => shape === 'unpooled')
  if (unpooled && verdict.status !== 'fail')
    return unknown(
      `${shown(unpooled)} in ${unpooled.file}:${unpooled.line} keeps no connection, which is right where a pooler such as PgBouncer stands in front of the database`,
    )
  const open = clients.find(({ perCall }) => perCall === null)
  return open && verdict.status !== 'fail'
    ? unknown(`${shown(open)} in ${open.file}:${open.line} is made once on one way and for each call on another`)
    : verdict
}

const limitFault = (client: DatabaseClient): Evidence[] => {
  const found = poolLimitOf(client)
  return found?.limit === null
    ? [{ ...place(client), saw: `${shown(client)}: nothing limits the number of connections`, wanted: found.wanted }]
    : []
}

const requests = (
  { clients, files }: UpstreamClients,
  project: Project,
  judge: (clients: UpstreamClient[]) => Verdict,
): Verdict => {
  if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
  if (clients.length > 0) return judge(clients)
  const libraries = librariesThatCallOut(project)
  return libraries.length > 0
    ? unknown(`its libraries make the requests (${libraries.slice(0, 5).join(', ')}), and keep connections as they do`)
    : notApplicable('no HTTP request was found in the source')
}

const judgeIdle = ({
  wanted,
  opened,
  open,
  before,
  among,
  after,
  sessions,
  perSession,
  ended,
}: IdleClients): Verdict => {
  const at = `a new client beside ${opened} idle connections`
  if (!before.served) return unknown(`a client was not served before either: ${before.saw}`)
  if (ended !== null) return fail({ at, saw: `the process ended with ${ended}`, wanted: 'a server that goes on' })
  if (!among.served && after.served)
    return fail({ at, saw: `${among.saw}; served again when they had gone`, wanted: 'an answer as before' })
  if (!among.served) return fail({ at, saw: `${among.saw}, when they had gone too`, wanted: 'an answer as before' })
  if (opened < wanted * 0.9) return unknown(`only ${opened} of ${wanted} idle connections came about`)
  const memory =
    perSession === null
      ? ''
      : `, with ${Math.max(0, Math.round(perSession / 1024))} kB of memory for each of ${sessions} clients`
  return pass(
    { at, saw: `served in ${Math.round(among.ms)} ms, ${Math.round(before.ms)} ms before${memory}` },
    { at: 'the idle connections', saw: `${open} of ${opened} were still open then` },
  )
}

const item: Item = {
  id: 'connection-pooling',
  area: 'performance',
  rows: [40, 89],
  title: 'Connections are pooled, and their number is limited',
  level: 'should',
  why: 'A connection for each call costs a handshake each time, and a burst of calls uses up what the database or the upstream allows.',
  how: 'Make one pool or one client when the server starts and share it: new Pool({ max }), asyncpg.create_pool(max_size=...), create_engine(pool_size=...), one httpx.AsyncClient in the lifespan, an undici Agent with connections.',
  refs: [
    'https://node-postgres.com/features/pooling',
    'https://www.python-httpx.org/advanced/resource-limits/',
    'https://docs.sqlalchemy.org/en/20/core/pooling.html',
  ],
  checks: [
    check({
      asks: 'Does the database have a pool that all calls share?',
      rows: [40],
      needs: { access: dataAccess },
      judge: ({ access }) => {
        const clients = remoteClients(access)
        if (!Array.isArray(clients)) return clients
        const proven = pooled(clients).map(client => ({
          ...place(client),
          saw: `${shown(client)}: ${client.shape === 'shared' ? 'one connection for all' : 'a pool'}, made once`,
        }))
        return decided(clients, judged(pooled(clients).flatMap(poolFault), proven, 'not reached'))
      },
    }),
    check({
      asks: 'Are connections to other machines kept between calls?',
      rows: [40],
      applies: { profile: 'service' },
      needs: { upstream: upstreamClients, project },
      judge: ({ upstream, project }) =>
        requests(upstream, project, clients => {
          const broken = clients.filter(({ reuse }) => reuse === 'none' || reuse === 'per-call')
          const open = clients.find(({ reuse }) => reuse === 'open')
          if (broken.length === 0 && open)
            return unknown(`how long ${open.what} in ${open.file}:${open.line} lives was not decided`)
          const because = ({ reuse }: UpstreamClient): string =>
            reuse === 'none' ? 'opens a connection for each request' : 'is made anew for each call'
          return judged(
            broken.map(one => ({
              ...place(one),
              saw: `${one.what} ${because(one)}`,
              wanted: 'one client for the whole process',
            })),
            clients.map(one => ({ ...place(one), saw: `${one.what} keeps its connections` })),
            'not reached',
          )
        }),
    }),
    check({
      asks: 'Is the number of connections to the database limited?',
      rows: [89],
      needs: { access: dataAccess },
      judge: ({ access }) => {
        const clients = remoteClients(access)
        if (!Array.isArray(clients)) return clients
        const faults = pooled(clients).flatMap(client => [...limitFault(client), ...poolFault(client)])
        const proven = pooled(clients).flatMap(client => {
          const limit = poolLimitOf(client)?.limit
          return limit ? [{ ...place(client), saw: `${shown(client)}: ${limit}` }] : []
        })
        return decided(clients, judged(faults, proven, 'how this library limits its connections is not known here'))
      },
    }),
    check({
      asks: 'Is the number of connections to other machines limited?',
      rows: [89],
      applies: { profile: 'service' },
      needs: { upstream: upstreamClients, project },
      judge: ({ upstream, project }) =>
        requests(upstream, project, clients => {
          const broken = clients.filter(({ limit, reuse }) => limit === null || reuse === 'per-call')
          const open = clients.find(({ limit }) => limit === undefined)
          if (broken.length === 0 && open)
            return unknown(
              `${open.what} in ${open.file}:${open.line} opens as many connections as there are requests; what limits those shows in a live run`,
            )
          return judged(
            broken.map(one => ({
              ...place(one),
              saw: `${one.what}: nothing limits the number of connections${one.reuse === 'per-call' ? ' of all calls together' : ''}`,
              wanted: 'one client with a limit',
            })),
            clients.map(one => ({ ...place(one), saw: `${one.what}: ${one.limit}` })),
            'not reached',
          )
        }),
    }),
    check({
      asks: 'Do calls in turn share their connections to other machines?',
      rows: [40],
      applies: { profile: 'service' },
      needs: { pooled: pooledRequests },
      judge: ({ pooled: { tool, inTurn } }) => {
        const { requests, connections } = inTurn
        const seen = { at: `tools/call ${tool}`, saw: `${requests} requests in turn over ${connections} connections` }
        if (requests < enough) return unknown(`calls of ${tool} led to ${requests} requests: too few to tell`)
        if (connections >= requests) return fail({ ...seen, wanted: 'connections that are kept between calls' })
        return connections * 2 <= requests ? pass(seen) : unknown(seen.saw)
      },
    }),
    check({
      asks: 'Does something limit the connections that many calls at one time open?',
      rows: [89],
      applies: { profile: 'service' },
      needs: { pooled: pooledRequests },
      judge: ({ pooled: { tool, atOnce } }) => {
        const { calls, connections, ended } = atOnce
        const seen = {
          at: `tools/call ${tool}`,
          saw: `${calls} calls at one time waited on ${connections} connections`,
        }
        if (connections >= calls * 0.9) return fail({ ...seen, wanted: 'a pool with a limit' })
        if (connections === 0 || ended > calls * 0.1)
          return unknown(`of ${calls} calls of ${tool} at one time ${ended} ended before they waited for an upstream`)
        return connections <= calls * 0.75 ? pass(seen) : unknown(`${seen.saw}: too close to tell`)
      },
    }),
    check({
      asks: 'Do calls in turn share their connections to the database?',
      rows: [40],
      needs: { databaseOutage },
      judge: ({ databaseOutage: { tool, inTurn } }) => {
        const seen: Evidence = {
          at: `${inTurn.calls} × tools/call ${tool}, one after the other`,
          saw: `${inTurn.opened} new connections to the database`,
        }
        if (inTurn.opened >= inTurn.calls) return fail({ ...seen, wanted: 'connections that are used again' })
        if (inTurn.good < inTurn.calls)
          return unknown(`only ${inTurn.good} of ${inTurn.calls} calls one after the other succeeded`)
        return inTurn.opened * 2 <= inTurn.calls ? pass(seen) : unknown(`${seen.at}: ${seen.saw}`)
      },
    }),
    check({
      asks: 'Does something limit the connections to the database that many calls at one time open?',
      rows: [89],
      needs: { databaseOutage },
      judge: ({ databaseOutage: { tool, atOnce } }) => {
        const { calls, good, most, opened } = atOnce
        const seen: Evidence = {
          at: `${calls} × tools/call ${tool} at one time, while the database answered nothing`,
          saw: `at most ${most} connections to it at a time`,
        }
        if (most >= calls / 2) return fail({ ...seen, wanted: 'a pool with a limit' })
        // Those that gave up made room for others.
        if (opened >= calls / 2) return unknown(`${seen.at}: ${opened} were opened in all, ${seen.saw}`)
        return good < calls / 2 ? unknown(`only ${good} of ${calls} calls at one time succeeded`) : pass(seen)
      },
    }),
    check({
      asks: 'Do many idle clients leave it serving others?',
      rows: [89],
      applies: { profile: 'service', transport: 'http' },
      needs: { idleClients },
      judge: ({ idleClients }) => judgeIdle(idleClients),
    }),
  ],
}

export default item
