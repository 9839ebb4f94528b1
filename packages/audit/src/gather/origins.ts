import { gatherer, Undecided } from '../core/item.ts'
import { exchange } from '../target/exchange.ts'
import {
  askEndpoint,
  endpointOf,
  isCredential,
  isLoopback,
  outerAddresses,
  ownHeaders,
  statusOf,
  wasRefused,
  wasServed,
} from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'

export interface OriginProbe {
  /** Such as `POST with Origin: null`. */
  at: string
  status: string
  served: boolean
  /** It was answered by a status of 400 to 499 that is no rate limit; no answer at all refuses nothing. */
  refused: boolean
}

export interface Origins {
  url: string
  loopback: boolean
  /** Requests with a foreign Origin. */
  origins: OriginProbe[]
  /** Requests for a foreign host name. */
  hosts: OriginProbe[]
  /** Whether it takes connections at another address of this machine; null when that cannot be tried. */
  outside: { address: string; reachable: boolean; withoutCredentials: boolean } | null
}

const foreign = 'http://evil.example'

const reachOutside = async (
  url: string,
  headers: Record<string, string>,
  era: 'legacy' | 'modern',
): Promise<Origins['outside']> => {
  const [address] = outerAddresses()
  if (!address || !isLoopback(url)) return null
  const outer = new URL(url)
  outer.hostname = address
  const answer = await exchange(outer.href, { method: 'GET', timeout: 1500, headOnly: true })
  const reachable = answer.outcome === 'answered'
  if (!reachable) return { address, reachable, withoutCredentials: false }
  const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)))
  const open = await askEndpoint(outer.href, era, { method: 'POST', headers: bare })
  return { address, reachable, withoutCredentials: wasServed(open) }
}

/** How requests of a foreign web page, or for a foreign host name, are met. */
export const origins = gatherer({
  id: 'origins',
  impact: 'start',
  from: 'server',
  borrows: 'rough',
  needs: { opening },
  gather: async (target, { opening }): Promise<Origins> => {
    const connection = await connectAnew(target, opening)
    const url = endpointOf(connection)
    const headers = ownHeaders(target)
    const probe = async (method: 'POST' | 'GET' | 'DELETE', extra: Record<string, string>): Promise<OriginProbe> => {
      const answer = await askEndpoint(url, connection.era, { method, headers: { ...headers, ...extra } })
      const named = Object.entries(extra).map(([name, value]) => `${name}: ${value}`)
      return {
        at: `${method} with ${named.join(', ')}`,
        status: statusOf(answer),
        served: wasServed(answer),
        refused: wasRefused(answer),
      }
    }
    const plain = await askEndpoint(url, connection.era, { method: 'POST', headers })
    if (!wasServed(plain)) throw new Undecided(`a plain POST to ${url} was answered by ${statusOf(plain)}`)
    const methods = ['POST', 'GET', 'DELETE'] as const
    const asked = [...methods.map(method => probe(method, { Origin: foreign })), probe('POST', { Origin: 'null' })]
    const result: Origins = {
      url,
      loopback: isLoopback(url),
      origins: await Promise.all(asked),
      hosts: isLoopback(url) ? [await probe('POST', { Host: 'evil.example' })] : [],
      outside: await reachOutside(url, headers, connection.era),
    }
    await connection.close()
    return result
  },
})
