import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { dataAccess } from '../../gather/data-access.ts'
import { databaseOutage } from '../../gather/database-outage.ts'
import { timeoutsOf, type DatabaseTimeouts } from '../../gather/data-access/timeouts.ts'
import { remoteClients, shown } from '../databases.ts'

const missing = ({ connect, statement }: DatabaseTimeouts): string[] => [
  ...(connect === null ? ['a connection'] : []),
  ...(statement === null ? ['a statement'] : []),
]

const asEvidence = (found: DatabaseTimeouts): Evidence => {
  const { client, connect, statement, wanted } = found
  const without = missing(found)
  const place = { at: client.file, line: client.line }
  return without.length > 0
    ? { ...place, saw: `${shown(client)}: nothing limits the wait for ${without.join(' and for ')}`, wanted }
    : { ...place, saw: `${shown(client)}: ${connect} for a connection, ${statement} for a statement` }
}

const item: Item = {
  id: 'database-timeouts',
  area: 'configuration',
  rows: [92],
  title: 'Timeouts on the database',
  level: 'should',
  why: 'A statement that waits for a lock holds its connection; soon the pool is empty and every tool hangs.',
  how: 'Limit both waits where the pool is made: connectionTimeoutMillis and statement_timeout (pg), timeout and command_timeout (asyncpg), connect_timeout and -c statement_timeout (psycopg), timeoutMS (MongoDB), socket_timeout (redis-py).',
  refs: [
    'https://node-postgres.com/apis/client',
    'https://magicstack.github.io/asyncpg/current/api/index.html',
    'https://www.postgresql.org/docs/current/runtime-config-client.html',
  ],
  checks: [
    check({
      asks: 'Is the wait for a connection and for a statement limited?',
      needs: { access: dataAccess },
      judge: ({ access }) => {
        const clients = remoteClients(access)
        if (!Array.isArray(clients)) return clients
        const found = clients.map(client => timeoutsOf(client, access))
        const known = found.filter(one => one !== null)
        const broken = known.filter(one => missing(one).length > 0)
        const sure = broken.filter(({ client }) => !client.open && client.library !== 'prisma')
        const [open] = broken
        if (sure.length === 0 && open)
          return unknown(
            `the options of ${open.client.library} in ${open.client.file}:${open.client.line} are not all in the source: whether they hold ${open.wanted} is open`,
          )
        return judged(
          sure.map(asEvidence),
          known.map(asEvidence),
          'how this library takes its timeouts is not known here',
        )
      },
    }),
    check({
      asks: 'Does a call end while the database takes everything and answers nothing?',
      needs: { databaseOutage },
      judge: ({ databaseOutage: { tool, hanging } }) => {
        if (!hanging) return unknown('no call succeeded any more, although the database was back')
        const at = `tools/call ${tool} while its database hangs`
        const after = `after ${(hanging.ms / 1000).toFixed(1)} s`
        if (hanging.succeeded) return unknown(`${at} succeeded: it does not ask its database each time`)
        return hanging.answered
          ? pass({ at, saw: `${after}: ${hanging.saw}` })
          : fail({ at, saw: `no answer ${after}`, wanted: 'an error when the time for the database is up' })
      },
    }),
  ],
}

export default item
