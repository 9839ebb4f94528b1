import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'

export interface Authority {
  /** The certificate of the authority. */
  pem: string
  /** What a server of that name shows; made at the first call and kept. */
  contextFor(host: string): Promise<SecureContext>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000
/** Makes a target that asks for ever new names run into an error instead of our memory. */
const maxHosts = 100

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const serial = (): string => `00${randomBytes(15).toString('hex')}`

const validity = () => ({ notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 7 * day) })

/** A certificate authority of this run. Its key stays in memory: no certificate of it is worth anything afterwards. */
export const makeAuthority = async (): Promise<Authority> => {
  // The library is large, and most audits need none of it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { KeyUsageFlags: usage } = x509
  const keys = await makeKeys()
  const issuer = 'CN=Airworthy egress proxy, O=Airworthy'
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: issuer,
    ...validity(),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const leaf = await makeKeys()
  const exported = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${exported}\n-----END PRIVATE KEY-----\n`
  const pem = root.toString('pem')

  const issue = async (host: string): Promise<SecureContext> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: [{ CN: [host.slice(0, 64)] }],
      issuer,
      ...validity(),
      publicKey: leaf.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(usage.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: isIP(host) ? 'ip' : 'dns', value: host }]),
        // Python refuses a chain without both identifiers since 3.13.
        await x509.AuthorityKeyIdentifierExtension.create(root),
        await x509.SubjectKeyIdentifierExtension.create(leaf.publicKey),
      ],
    })
    return createSecureContext({ key, cert: `${certificate.toString('pem')}\n${pem}` })
  }

  const made = new Map<string, Promise<SecureContext>>()
  return {
    pem: `${pem}\n`,
    contextFor: host => {
      const known = made.get(host)
      if (known) return known
      if (made.size >= maxHosts) return Promise.reject(new Error(`more than ${maxHosts} host names`))
      const context = issue(host)
      made.set(host, context)
      return context
    },
  }
}
