import { exchange } from '../target/exchange.ts'
import { isObject, type Json } from '../target/connection.ts'
import { atPath } from '../target/web.ts'

/** The protected-resource metadata of a server (RFC 9728): where a challenge says, else at the known places. */
export const findResourceMetadata = async (
  url: string,
  challenge: string | null,
): Promise<{ at: string; document: Json } | null> => {
  const named = /resource_metadata="?([^",\s]+)/.exec(challenge ?? '')?.[1]
  const known = '/.well-known/oauth-protected-resource'
  const places = [...(named ? [named] : []), atPath(url, `${known}${new URL(url).pathname}`), atPath(url, known)]
  for (const place of places) {
    // Only the audited server is asked, whatever a challenge names.
    if (!URL.canParse(place) || new URL(place).origin !== new URL(url).origin) continue
    const answer = await exchange(place, { method: 'GET', timeout: 3000 })
    if (answer.outcome !== 'answered' || answer.status !== 200) continue
    try {
      const document: unknown = JSON.parse(answer.text)
      return { at: place, document: isObject(document) ? document : {} }
    } catch {
      continue
    }
  }
  return null
}
