import { gatherer } from '../core/item.ts'
import { exchange, type Exchanged } from '../target/exchange.ts'
import { nowhere, withMeta } from '../target/connection.ts'
import { askEndpoint, endpointOf, isCredential, isLoopback, ownHeaders, statusOf, wasServed } from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { findResourceMetadata } from './resource-metadata.ts'
import { opening } from './startup.ts'

export interface CredentialProbe {
  at: string
  status: number
  saw: string
  served: boolean
  /** The WWW-Authenticate header; null when there is none. */
  challenge: string | null
}

export interface Credentials {
  url: string
  loopback: boolean
  /** Header names of the credentials the user gave. */
  given: string[]
  /** Requests that must be refused. */
  refusals: CredentialProbe[]
  /** Where protected-resource metadata was found, and whether it names authorization servers. */
  metadata: { at: string; servers: number } | null
}

const probeOf = (at: string, answer: Exchanged): CredentialProbe => ({
  at,
  status: answer.outcome === 'answered' ? answer.status : 0,
  saw: statusOf(answer),
  served: wasServed(answer),
  challenge: answer.outcome === 'answered' ? (answer.headers['www-authenticate'] ?? null) : null,
})

const findMetadata = async (url: string, challenge: string | null): Promise<Credentials['metadata']> => {
  const found = await findResourceMetadata(url, challenge)
  const servers = found?.document['authorization_servers']
  return found && { at: found.at, servers: Array.isArray(servers) ? servers.length : 0 }
}

/** What must be refused before anyone looks at its method. */
const methods = ['tools/list', 'tools/call', 'airworthy/unknown']
const nowhereCall = { name: `${nowhere}-such-tool`, arguments: {} }

/** How requests without, with wrong and with unfit credentials are met. */
export const credentials = gatherer({
  id: 'credentials',
  impact: 'start',
  from: 'server',
  borrows: 'rough',
  needs: { opening },
  gather: async (target, { opening }): Promise<Credentials> => {
    const connection = await connectAnew(target, opening)
    const url = endpointOf(connection)
    const headers = ownHeaders(target)
    const given = Object.keys(headers).filter(isCredential)
    const open = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)))
    const withValue = (value: string): Record<string, string> => ({
      ...open,
      ...Object.fromEntries(
        (given.length > 0 ? given : ['authorization']).map(name => [
          name,
          /^authorization$/i.test(name) ? `Bearer ${value}` : value,
        ]),
      ),
    })
    const ask = async (
      at: string,
      method: 'POST' | 'GET' | 'DELETE',
      sent: Record<string, string>,
      to = url,
    ): Promise<CredentialProbe> => probeOf(at, await askEndpoint(to, connection.era, { method, headers: sent }))

    const askMethod = (method: string): Promise<Exchanged> => {
      const sent = { ...connection.headersOf?.(method), ...open }
      const params = withMeta(connection.era, connection.revision, method === 'tools/call' ? nowhereCall : {}, {})
      const bare = Object.entries(sent).filter(([name]) => !isCredential(name) && name !== 'mcp-session-id')
      const body = JSON.stringify({ jsonrpc: '2.0', id: 'open', method, params })
      return exchange(url, {
        method: 'POST',
        headers: Object.fromEntries(bare),
        body,
        timeout: 5000,
        event: () => true,
      })
    }

    const refusals = await Promise.all([
      ...(['POST', 'GET', 'DELETE'] as const).map(method => ask(`${method} without a credential`, method, open)),
      ...(['POST', 'GET', 'DELETE'] as const).map(method =>
        ask(`${method} with a wrong credential`, method, withValue('airworthy-wrong-credential')),
      ),
      ...methods.map(async method => probeOf(`POST ${method} without a credential`, await askMethod(method))),
      ask('POST with an empty credential', 'POST', withValue('')),
    ])
    const { expired, foreignAudience } = target.settings.credentials ?? {}
    if (expired) refusals.push(await ask('POST with an expired credential', 'POST', withValue(expired)))
    if (foreignAudience)
      refusals.push(await ask('POST with a credential for another audience', 'POST', withValue(foreignAudience)))
    const bearer = /^Bearer (\S+)$/i.exec(
      Object.entries(headers).find(([name]) => /^authorization$/i.test(name))?.[1] ?? '',
    )?.[1]
    if (bearer) {
      const query = new URL(url)
      query.searchParams.set('access_token', bearer)
      refusals.push(await ask('POST with the right credential in the query string', 'POST', open, query.href))
    }
    await connection.close()
    const challenge = refusals.find(probe => probe.challenge)?.challenge ?? null
    return { url, loopback: isLoopback(url), given, refusals, metadata: await findMetadata(url, challenge) }
  },
})
