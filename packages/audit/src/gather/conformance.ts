import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { askAll, type Session } from './conformance/asking.ts'
import { probeAuthorizationServers } from './conformance/authorization.ts'
import { headerAsks, legacyHeaderAsks, probeGet } from './conformance/http-headers.ts'
import { probeIds, probeMisuse, unknownMethod } from './conformance/json-rpc.ts'
import { entriesOf, listAsks, nextPages } from './conformance/lists.ts'
import { negotiationAsks } from './conformance/negotiation.ts'
import type { Era, Observed, ToolSchema } from './conformance/observation.ts'
import { openLegacySession, openModernSession } from './conformance/opening.ts'
import { pingAsks } from './conformance/ping.ts'
import { openPlace, type Place } from './conformance/place.ts'
import { unaskedOn } from './conformance/progress.ts'
import { resourceAsks } from './conformance/resources.ts'
import { probeSecondClient, probeSessions } from './conformance/sessions.ts'
import { probeSilence } from './conformance/silence.ts'
import { probeListen } from './conformance/subscriptions.ts'
import { schemasOf } from './conformance/tools.ts'
import { lists, type Lists } from './lists.ts'
import { eras } from './startup.ts'

const firstList = ({ capabilities }: Lists): { method: string } | undefined => {
  const capability = ['tools', 'prompts', 'resources'].find(name => name in capabilities)
  return capability === undefined ? undefined : { method: `${capability}/list` }
}

const probeModern = async (target: Target, place: Place, lists: Lists): Promise<Session | null> => {
  const session = await openModernSession(target, place, firstList(lists))
  if (!session) return null
  const { capabilities } = session.connection
  await askAll(session, [
    ...negotiationAsks(place.startup.eras),
    unknownMethod,
    ...listAsks(capabilities, 'modern'),
    ...resourceAsks(capabilities, lists.resources),
    ...(place.transport === 'http' ? headerAsks : []),
  ])
  await askAll(session, nextPages(session.seen))
  await probeListen(session)
  await probeAuthorizationServers(session)
  if (place.transport === 'http' && !place.startup.eras.includes('legacy')) await probeGet(session)
  await probeIds(session)
  await probeMisuse(session)
  return session
}

const probeLegacy = async (target: Target, place: Place, lists: Lists): Promise<Session | null> => {
  const session = await openLegacySession(target, place)
  if (!session) return null
  const { capabilities } = session.connection
  await askAll(session, [
    ...pingAsks,
    unknownMethod,
    ...listAsks(capabilities, 'legacy'),
    ...resourceAsks(capabilities, lists.resources),
    ...(place.transport === 'http' ? legacyHeaderAsks : []),
  ])
  await askAll(session, nextPages(session.seen))
  if (place.transport === 'http') {
    await probeGet(session)
    await probeAuthorizationServers(session)
    await probeSecondClient(session, place)
    await probeSessions(session, () => place.open('legacy'))
  }
  await probeIds(session)
  await probeMisuse(session)
  return session
}

/** A list of the modern era depends on who asks, not on the connection. */
const compareLists = ({ seen }: Session, lists: Lists): void => {
  for (const one of seen) {
    const { probe, method, reply, era } = one
    const [kind = ''] = method.split('/')
    const other = lists.listings[kind]
    if (probe !== 'list' || era !== lists.era || !other || other.faults.length > 0 || reply.kind !== 'result') continue
    if (reply.result['nextCursor'] === undefined)
      one.elsewhere = other.entries.map(({ name, uri }) => String(uri ?? name))
  }
}

const schemasIn = (sessions: Session[], lists: Lists): ToolSchema[] =>
  sessions.flatMap(({ connection: { era, revision }, seen }) => {
    const listed = seen.find(({ probe, method }) => probe === 'list' && method === 'tools/list')
    const entries = era === lists.era ? lists.listings['tools']?.entries : listed && entriesOf(listed, 'tools')
    return schemasOf(entries ?? [], era, revision)
  })

/** How the server meets the requirements of the protocol that need no call of a tool, in each era it speaks. */
export const conformance = gatherer({
  id: 'conformance',
  impact: 'start',
  from: 'server',
  deadline: 120_000,
  needs: { eras, lists },
  gather: async (target, { eras: opening, lists }): Promise<Observed> => {
    const place = openPlace(target, opening)
    const probe = (era: Era): Promise<Session | null> =>
      era === 'modern' ? probeModern(target, place, lists) : probeLegacy(target, place, lists)
    const sessions = (await Promise.all(opening.eras.map(probe))).filter(session => session !== null)
    if (sessions.length < opening.eras.length) throw new Undecided('the server did not come to a handshake again')
    await Promise.all(sessions.slice(0, 1).map(session => probeSilence(session, place)))
    for (const session of sessions) compareLists(session, lists)
    const connections = sessions.flatMap(({ connections }) => connections)
    await place.close(connections)
    return {
      transport: place.transport,
      eras: opening.eras,
      capabilities: Object.keys(lists.capabilities),
      seen: sessions.flatMap(({ seen }) => seen),
      unasked: unaskedOn(connections),
      schemas: schemasIn(sessions, lists),
      tokens: [],
    }
  },
})
