import { note, type Session } from './asking.ts'
import type { Place } from './place.ts'
import { until } from './raw.ts'

const maxWaitMs = 3000

/** What a server says that nobody has spoken to; asked only where it had said something before its first answer. */
export const probeSilence = async (session: Session, place: Place): Promise<void> => {
  const first = session.seen.find(({ probe }) => probe === 'unknown-revision' || probe === 'unsupported-version')
  if (!first?.reply.after || place.transport !== 'stdio') return
  const running = await place.start()
  if (running.transport !== 'stdio') return
  const { received } = running.pipe
  await until(() => received.length > 0, Math.min(maxWaitMs, place.startup.ms * 2 + 500))
  const messages = received.map(({ message }) => message)
  const saw = JSON.stringify(messages[0] ?? '').slice(0, 200)
  const reply = {
    kind: 'lost' as const,
    because: 'not-json-rpc' as const,
    saw,
    ms: performance.now() - running.startedAt,
  }
  note(session, { probe: 'unprompted', at: 'stdout of a server that was sent nothing', method: '', reply, messages })
}
