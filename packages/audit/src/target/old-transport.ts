import { exchange } from './exchange.ts'
import type { Running } from './handshake.ts'

/**
 * Whether a URL speaks the HTTP+SSE transport of revision 2024-11-05, which Streamable HTTP has replaced: a GET opens a
 * stream whose first event names where to post.
 */
export const speaksOldTransport = async (running: Running): Promise<boolean> => {
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
  return answer.outcome === 'answered' && answer.status === 200 && /^(\/|https?:\/\/)\S+$/.test(first ?? '')
}
