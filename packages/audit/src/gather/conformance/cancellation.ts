import { answers, note, type Session } from './asking.ts'
import { until } from './raw.ts'
import type { GoodTrial } from './tools.ts'

const maxWaitMs = 250
// A call that keeps the whole process busy for longer would look like one that hangs.
const maxUsualMs = 2000

/** Cancels the slowest good call at once and looks whether it is answered nevertheless, and whether others still are. */
export const probeCancellation = async (session: Session, good: GoodTrial[]): Promise<void> => {
  const slowest = good.filter(({ reply }) => reply.ms < maxUsualMs).toSorted((a, b) => b.reply.ms - a.reply.ms)[0]
  if (!slowest) return
  const { connection } = session
  const { tool, arguments: sample, reply: usual } = slowest
  const id = 'airworthy-cancelled'
  const waits = Math.min(maxWaitMs, usual.ms + 50)
  const mark = connection.received.length
  const call = connection.request('tools/call', { name: tool.name, arguments: sample }, { id, timeout: waits })
  await connection.notify('notifications/cancelled', { requestId: id, reason: 'no longer needed' })
  const [reply, alive] = await Promise.all([call, answers(session)])
  await until(() => connection.received.length > mark, 20)
  const at = `tools/call ${tool.name} (usually ${Math.round(usual.ms)} ms), cancelled at once`
  const messages = connection.received.slice(mark).map(({ message }) => message)
  note(session, { probe: 'cancelled', at, method: 'tools/call', reply, alive, id, messages })
}
