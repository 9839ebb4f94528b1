import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { metadataFaults, metadataOf } from './authorization.ts'

const issuer = 'https://as.example'
const good = {
  issuer,
  token_endpoint: 'https://as.example/token',
  code_challenge_methods_supported: ['plain', 'S256'],
}

it.each([
  ['good metadata', {}, '^$'],
  ['a slash at the end', { issuer: `${issuer}/` }, '^$'],
  ['endpoints of this machine', { token_endpoint: 'http://127.0.0.1:9/token' }, '^$'],
  ['another issuer', { issuer: 'https://other.example' }, 'its issuer'],
  ['no issuer', { issuer: undefined }, 'its issuer'],
  ['no S256', { code_challenge_methods_supported: ['plain'] }, 'S256'],
  ['no methods', { code_challenge_methods_supported: undefined }, 'S256'],
  ['an endpoint without TLS', { token_endpoint: 'http://as.example/token' }, 'token_endpoint'],
])('judges %s', (_, change, fault) => {
  expect(metadataFaults(issuer, { ...good, ...change }).join('; ')).toMatch(new RegExp(fault))
})

it.each([
  ['is there', 200, good],
  ['is nowhere', 404, 'missing'],
  ['cannot be had now', 503, 'untold'],
  ['is asked for too often', 429, 'untold'],
])('tells when metadata %s', async (_, status, wanted) => {
  const server = createServer((__, response) => response.writeHead(status).end(JSON.stringify(good)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await metadataOf(`http://127.0.0.1:${port}`)).toEqual(wanted)
  server.close()
  server.closeAllConnections()
})
