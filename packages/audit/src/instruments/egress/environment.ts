import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rootCertificates } from 'node:tls'
import type { Target } from '../../core/target.ts'

// At the same distance from src/ and from dist/.
const preload = fileURLToPath(new URL('../../../preload/egress.cjs', import.meta.url))

// Without brackets around the last: httpx takes them for a port and fails before its first request.
const loopback = 'localhost,127.0.0.1,::1'

/** Node reads quoted words in NODE_OPTIONS, with backslashes before quotes and backslashes. */
const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&')}"`

const both = (name: string, value: string): Record<string, string> => ({
  [name.toUpperCase()]: value,
  [name.toLowerCase()]: value,
})

/**
 * The variables that lead a process to the proxy and let it trust its certificates, for Node from 18 (also without any
 * support for proxies), Python, curl, git, Go, Rust and what else reads them. Writes the certificates into the scratch
 * directory. `withPublic` adds the public authorities, for hosts that are passed on.
 */
export const egressEnvironment = async (
  target: Target,
  url: string,
  authority: string,
  withPublic: boolean,
): Promise<Record<string, string>> => {
  const directory = await mkdtemp(join(target.scratch, 'egress-'))
  const [own, bundle] = [join(directory, 'authority.pem'), join(directory, 'bundle.pem')]
  await writeFile(own, authority)
  await writeFile(bundle, withPublic ? `${authority}${rootCertificates.join('\n')}\n` : authority)
  const given = target.server?.launch?.env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? ''
  return {
    ...both('HTTP_PROXY', url),
    ...both('HTTPS_PROXY', url),
    ...both('ALL_PROXY', url),
    ...both('NO_PROXY', loopback),
    AIRWORTHY_EGRESS_PROXY: url,
    NODE_OPTIONS: `${given} --require ${quoted(preload)}`.trim(),
    NODE_EXTRA_CA_CERTS: own,
    DENO_CERT: own,
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    AWS_CA_BUNDLE: bundle,
    GIT_SSL_CAINFO: bundle,
  }
}
