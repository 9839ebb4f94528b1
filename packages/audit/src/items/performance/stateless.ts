import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import type { SpreadAnswer, SpreadClient, SpreadRequest } from '../../gather/scaling/spread-client.ts'
import { spread, type Spread } from '../../gather/spread.ts'

/** What an instance answered when it never served the request; null when it did, or was not asked. */
const refusalOf = ({ answers }: SpreadRequest, instance: number): SpreadAnswer | null => {
  const own = answers.filter(answer => answer.instance === instance)
  return own.every(({ served }) => !served) ? (own[0] ?? null) : null
}

const manner = ({ era, session }: SpreadClient): string =>
  era === 'modern'
    ? 'a client of revision 2026-07-28'
    : session
      ? 'a client with a session'
      : 'a client after initialize'

const faultsOf = (client: SpreadClient): Evidence[] =>
  client.requests.flatMap((request): Evidence[] => {
    const at = `${request.at} of ${manner(client)}`
    if (request.differs)
      return [{ at, saw: `two instances list different things, ${request.differs}`, wanted: 'the same list from both' }]
    const refused = [1, 2].flatMap(instance => refusalOf(request, instance) ?? [])
    // A call that neither serves may be refused by what stands behind both.
    if (refused.length === 0 || (refused.length === 2 && !request.at.endsWith('/list'))) return []
    return refused.slice(0, 1).map(({ instance, saw }) => ({
      at,
      saw: `instance ${instance} refuses it: ${saw}${instance === client.openedBy ? '' : `; the handshake was with instance ${client.openedBy}`}`,
      wanted: 'the same answer from every instance',
    }))
  })

const servedByBoth = ({ requests }: SpreadClient): string[] =>
  requests.flatMap(({ at, answers }) =>
    [1, 2].every(instance => answers.some(one => one.instance === instance && one.served)) ? [at] : [],
  )

const judge = ({ clients, closed, callable }: Spread): Verdict => {
  const broken = clients.flatMap(client => faultsOf(client).slice(0, 3))
  if (broken.length === 0 && closed[0]) return unknown(`behind a balancer ${closed[0]}`)
  const called = clients.some(client => servedByBoth(client).some(at => at.startsWith('tools/call')))
  if (broken.length === 0 && !called) return unknown(nothingCalled(callable))
  const proven = clients.flatMap(client => {
    const names = servedByBoth(client)
    const more = names.length > 6 ? ` and ${names.length - 6} more` : ''
    return names.length > 0
      ? [{ at: `two instances, ${manner(client)}`, saw: `both served ${names.slice(0, 6).join(', ')}${more}` }]
      : []
  })
  return judged(broken, proven, 'no request was served')
}

const item: Item = {
  id: 'stateless',
  area: 'performance',
  rows: [41],
  title: 'Any instance can answer any request',
  level: 'must',
  why: 'What one process knows of a client is lost with its next restart, and behind a balancer every second request comes to a process that never heard of it.',
  how: 'Serve without sessions: revision 2026-07-28 has none, and SDKs have a stateless mode for older clients (sessionIdGenerator: undefined, stateless_http=True). Where a session has to be, keep it in a store that all instances share.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management',
    'https://12factor.net/processes',
  ],
  applies: { profile: 'service', transport: 'http', capability: 'tools' },
  checks: [
    check({
      asks: 'Are the requests of one client served alike by two instances that take turns?',
      needs: { spread },
      judge: ({ spread }) => judge(spread),
    }),
  ],
}

export default item
