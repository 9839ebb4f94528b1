import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Files } from './repositories.ts'

export interface Registry {
  url: string
  /** From now on there is no package. */
  forget(): void
  close(): void
}

/** A registry of npm on loopback that has one package, packed from these files. */
export const openRegistry = async (files: Files): Promise<Registry> => {
  const folder = mkdtempSync(join(tmpdir(), 'airworthy-registry-'))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
  ) as { filename: string }[]
  const tarball = readFileSync(join(folder, packed?.filename ?? ''))
  rmSync(folder, { recursive: true })
  const manifest = JSON.parse(files['package.json'] ?? '{}') as { name: string; version: string }
  let isKnown = true
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    if (path.endsWith('.tgz')) return void response.end(tarball)
    if (!isKnown || path !== `/${manifest.name}`) return void response.writeHead(404).end('{}')
    const dist = {
      tarball: `http://${request.headers.host}/${manifest.name}.tgz`,
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    }
    const versions = { [manifest.version]: { ...manifest, dist } }
    const about = { name: manifest.name, 'dist-tags': { latest: manifest.version }, versions }
    return void response.setHeader('content-type', 'application/json').end(JSON.stringify(about))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    forget: () => void (isKnown = false),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
