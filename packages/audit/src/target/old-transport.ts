import { setTimeout } from 'node:timers/promises'
import { exchange } from './exchange.ts'
import type { Running } from './handshake.ts'

const pauseMs = 400

/**
 * Whether a URL speaks the HTTP+SSE transport of revision 2024-11-05, which Streamable HTTP has replaced: a GET opens a
 * stream whose first event names where to post.
 */
export const speaksOldTransport = async (running: Running, again = 2): Promise<boolean> => {
  if (running.transport === 'stdio') return false
  let first: string | null = null
  const answer = await exchange(running.url, {
    method: 'GET',
    headers: { accept: 'text/event-stream', ...running.headers },
    timeout: 3000,
    event: data => {
      first ??= data
      return true
    },
  })
  // It may take one client at a time, and a moment to notice that the one before has gone.
  if (answer.outcome === 'answered' && answer.status === 409 && again > 0) {
    await setTimeout(pauseMs)
    return speaksOldTransport(running, again - 1)
  }
  return answer.outcome === 'answered' && answer.status === 200 && /^(\/|https?:\/\/)\S+$/.test(first ?? '')
}
