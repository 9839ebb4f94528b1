import { X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeAuthority, type Authority } from './authority.ts'

/** What a client that trusts only this authority says to a server that shows the certificate of `host`. */
const visit = async (authority: Authority, host: string, asked: string): Promise<string> => {
  const context = await authority.contextFor(host)
  const server = createServer({ SNICallback: (_, answer) => answer(null, context), ALPNProtocols: ['http/1.1'] })
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername: asked, ca: authority.pem })
  const said = await new Promise<string>(resolve => {
    socket.once('secureConnect', () => resolve('trusted'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
  socket.destroy()
  server.close()
  return said
}

describe('makeAuthority', () => {
  it('signs what its own certificate verifies, for the name that was asked and for no other', async () => {
    const authority = await makeAuthority()
    expect(await visit(authority, 'api.example.com', 'api.example.com')).toBe('trusted')
    expect(await visit(authority, 'api.example.com', 'other.example.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('is another one each time', async () => {
    const [one, two] = await Promise.all([makeAuthority(), makeAuthority()])
    expect(new X509Certificate(one.pem).ca).toBe(true)
    expect(new X509Certificate(one.pem).fingerprint256).not.toBe(new X509Certificate(two.pem).fingerprint256)
    expect(one.pem).not.toContain('PRIVATE')
  })

  it('makes the certificate of a host once, and not without end', async () => {
    const authority = await makeAuthority()
    expect(authority.contextFor('a.example')).toBe(authority.contextFor('a.example'))
    const many = Array.from({ length: 100 }, (_, index) => authority.contextFor(`h${index}.example`))
    await expect(Promise.all(many)).rejects.toThrow('more than 100 host names')
    await Promise.allSettled(many)
  })
})
