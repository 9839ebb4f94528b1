import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { askAll, note, startSession, type Session } from './conformance/asking.ts'
import { probeHandles, probeLesser } from './conformance/authority.ts'
import { probeCancellation } from './conformance/cancellation.ts'
import { nameHeaderAsks, paramHeaderAsks } from './conformance/http-headers.ts'
import { probeInputs } from './conformance/inputs.ts'
import type { Era, Observed } from './conformance/observation.ts'
import { openUndiscovered } from './conformance/opening.ts'
import { openPlace, type Place } from './conformance/place.ts'
import { unaskedOn } from './conformance/progress.ts'
import { probeResumption } from './conformance/streams.ts'
import { callAll, missingArgument, ownFaults, quickTrials, unknownTool } from './conformance/tools.ts'
import { reopen } from '../target/reopen.ts'
import { slowCallOf } from './slow-call.ts'
import { eras } from './startup.ts'
import { lists, type Lists } from './lists.ts'
import { succeeded, trials, type Trials } from './trials.ts'

/** A call as the very first request; left out when the same call fails after a discovery too. */
const probeFirstCall = async (
  session: Session,
  { good }: Trials,
  limit: number,
  openAgain: () => Promise<Session>,
): Promise<void> => {
  const [first] = good
  if (!first) return
  const params = { name: first.tool.name, arguments: first.arguments }
  const timeout = limit + first.reply.ms * 2
  const call = () => session.connection.request('tools/call', params, { timeout })
  let reply = await call()
  // it may only have been slow to start
  if (reply.kind === 'lost' && reply.because === 'timeout')
    reply = await (await openAgain()).connection.request('tools/call', params, { timeout: 3 * timeout })
  if (!succeeded(reply)) {
    if (!(await session.renew()) || !succeeded(await call())) return
  }
  const at = `tools/call ${first.tool.name} as the first request`
  note(session, { probe: 'without-discover', at, method: 'tools/call', reply })
}

const openSession = async (target: Target, place: Place, era: Era, lists: Lists): Promise<Session | null> => {
  if (era === 'modern') return openUndiscovered(target, place, lists.capabilities)
  const isOwn = place.transport === 'stdio'
  const connection = isOwn ? await reopen(target, place.startup, 'legacy') : await place.open('legacy')
  return connection && startSession(target, connection, () => place.open('legacy'))
}

/** How the server meets the requirements of the protocol about calls of tools, in each era it speaks. */
export const conformanceCalls = gatherer({
  id: 'conformance-calls',
  impact: 'call',
  from: 'server',
  borrows: 'first',
  lasts: 2,
  deadline: 120_000,
  needs: { eras, lists, trials },
  gather: async (target, { eras: opening, lists, trials }): Promise<Observed> => {
    const place = openPlace(target, opening)
    const capabilities = Object.keys(lists.capabilities)
    const empty = {
      transport: place.transport,
      eras: opening.eras,
      capabilities,
      seen: [],
      unasked: [],
      schemas: [],
      tokens: [],
    }
    if (!capabilities.includes('tools')) return empty
    const quick = quickTrials(trials.good)

    const probe = async (era: Era): Promise<Session & { answered: Map<string, number> }> => {
      const session = await openSession(target, place, era, lists)
      if (!session) throw new Undecided('the server did not come to a handshake again')
      if (era === lists.era)
        for (const { tool, reply } of ownFaults(trials.trials))
          note(session, { probe: 'own-fault', method: 'tools/call', at: `tools/call ${tool}`, reply })
      if (era === 'modern')
        await probeFirstCall(session, trials, place.limit, () => openUndiscovered(target, place, lists.capabilities))
      const answered = await callAll(session, quick)
      const [first] = quick
      await askAll(session, [
        unknownTool,
        ...missingArgument(trials.good),
        ...(first && era === 'modern' && place.transport === 'http'
          ? [...nameHeaderAsks(first.tool.name, first.arguments), ...paramHeaderAsks(trials.good)]
          : []),
      ])
      if (era === 'modern' && lists.era === 'modern') await probeInputs(session, trials.trials)
      if (era === lists.era) await probeLesser(session, opening, quick)
      if (era === 'modern' && era === lists.era) await probeHandles(session, trials.trials)
      await probeResumption(session, slowCallOf(trials))
      if (place.transport === 'stdio') await probeCancellation(session, trials.good)
      return { ...session, answered }
    }
    const sessions = await Promise.all(opening.eras.map(probe))
    await place.close(sessions.flatMap(({ connections }) => connections))
    return {
      ...empty,
      seen: sessions.flatMap(({ seen }) => seen),
      unasked: sessions.flatMap(({ connections, answered }) => unaskedOn(connections, answered)),
      tokens: sessions.flatMap(({ answered }) => [...answered.keys()]),
    }
  },
})
