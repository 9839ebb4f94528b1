import { exchange } from '../../target/exchange.ts'
import { isObject, type Json } from '../../target/connection.ts'
import { atPath, isLoopback } from '../../target/web.ts'
import { findResourceMetadata } from '../resource-metadata.ts'
import { note, type Session } from './asking.ts'

const maxServers = 3
const timeout = 3000

const isSafe = (url: string): boolean => new URL(url).protocol === 'https:' || isLoopback(url)

const bare = (url: string): string => url.replace(/\/$/, '')

/** Where the metadata of an authorization server may lie (RFC 8414, OpenID Connect Discovery). */
const placesOf = (issuer: string): string[] => {
  const path = bare(new URL(issuer).pathname)
  const names = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`]
  return [...names, ...(path === '' ? [] : [`${path}/.well-known/openid-configuration`])].map(place =>
    atPath(issuer, place),
  )
}

/** The metadata, or whether it is `missing` at all these places; `untold` where one of them could not be asked. */
export const metadataOf = async (issuer: string): Promise<Json | 'missing' | 'untold'> => {
  let otherwise: 'missing' | 'untold' = 'missing'
  for (const place of placesOf(issuer)) {
    const answer = await exchange(place, { method: 'GET', timeout })
    if (answer.outcome !== 'answered' || answer.status >= 500 || answer.status === 429) otherwise = 'untold'
    if (answer.outcome !== 'answered' || answer.status !== 200) continue
    try {
      const document: unknown = JSON.parse(answer.text)
      if (isObject(document)) return document
    } catch {
      if (!answer.complete) otherwise = 'untold'
    }
  }
  return otherwise
}

/** What is wrong with the metadata of an authorization server that is known by this issuer. */
export const metadataFaults = (issuer: string, document: Json): string[] => {
  const { issuer: said, code_challenge_methods_supported: methods } = document
  const endpoints = ['authorization_endpoint', 'token_endpoint'].flatMap(name => {
    const url = document[name]
    return typeof url === 'string' && (!URL.canParse(url) || !isSafe(url)) ? [`its ${name} is ${url}: not HTTPS`] : []
  })
  return [
    ...(typeof said === 'string' && bare(said) === bare(issuer)
      ? []
      : [`its issuer is ${JSON.stringify(said)}, not ${issuer}`]),
    ...(Array.isArray(methods) && methods.includes('S256')
      ? []
      : ['code_challenge_methods_supported does not name S256: clients have to refuse it']),
    ...endpoints,
  ]
}

/**
 * The authorization servers that protected-resource metadata names. Those at the origin of the server itself are asked; of
 * others nothing but their address is looked at.
 */
export const probeAuthorizationServers = async (session: Session): Promise<void> => {
  const url = session.connection.url
  if (url === undefined) return
  const found = await findResourceMetadata(url, null)
  const servers = Array.isArray(found?.document['authorization_servers'])
    ? (found.document['authorization_servers'] as unknown[])
    : []
  for (const server of servers.slice(0, maxServers)) {
    const issuer = typeof server === 'string' ? server : ''
    const faults: string[] = []
    let saw = JSON.stringify(server)
    if (!URL.canParse(issuer)) faults.push('it is no URL')
    else if (!isSafe(issuer)) faults.push('it is not HTTPS')
    else if (new URL(issuer).origin === new URL(url).origin) {
      const document = await metadataOf(issuer)
      if (document === 'untold') continue
      if (document === 'missing') faults.push('it has no metadata (RFC 8414) at the usual places')
      else faults.push(...metadataFaults(issuer, document))
      saw = `${issuer}, with metadata`
    } else continue
    note(session, {
      probe: 'authorization-server',
      at: `authorization server of ${found?.at}`,
      method: 'GET',
      reply: {
        kind: 'lost',
        because: 'not-json-rpc',
        saw: faults.length > 0 ? `${saw}: ${faults.join('; ')}` : saw,
        ms: 0,
      },
      mismatches: faults,
    })
  }
}
