import { mkdtemp, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Target } from '../../core/target.ts'
import { findExecutable } from '../../target/executable.ts'
import { startProcess } from '../../target/process.ts'
import { listenOnLoopback } from '../loopback.ts'

export interface Nginx {
  /** Where clients reach it, without a path. */
  origin: string
  stop: () => Promise<void>
}

const usualPlaces = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']
const startMs = 3000
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await new Promise(resolve => server.close(resolve))
  return port
}

const takesConnections = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

/** Quotes a value of the configuration; a variable in it stays text. */
const quoted = (value: string): string => `"${value.replaceAll(/[\\"]/g, '\\$&').replaceAll('$', '')}"`

const configuration = (folder: string, port: number, instance: URL, headers: Record<string, string>): string => `
daemon off;
master_process off;
pid ${quoted(join(folder, 'nginx.pid'))};
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map(name => `${name}_temp_path ${quoted(join(folder, name))};`).join('\n  ')}
  upstream instances { server ${instance.host}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass http://instances;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${Object.entries(headers)
        .map(([name, value]) => `proxy_set_header ${name} ${quoted(value)};`)
        .join('\n      ')}
      proxy_buffering off;
      proxy_redirect off;
    }
  }
}
`

/**
 * A real nginx on loopback before one instance of the server, with a configuration of its own in a directory of the audit,
 * and these headers in each request; null where none is installed or it does not start.
 */
export const openNginx = async (
  target: Target,
  instance: URL,
  headers: Record<string, string>,
): Promise<Nginx | null> => {
  const path = [process.env['PATH'] ?? '', ...usualPlaces].join(':')
  const command = process.platform === 'win32' ? null : findExecutable('nginx', '/', path)
  if (!command) return null
  const folder = await mkdtemp(join(target.scratch, 'nginx-'))
  const file = join(folder, 'nginx.conf')
  const port = await freePort()
  await writeFile(file, configuration(folder, port, instance, headers))
  const args = ['-e', 'stderr', '-p', folder, '-c', file]
  const running = startProcess(target, { command, args, cwd: folder, env: {}, origin: 'nginx' })
  for (const until = performance.now() + startMs; performance.now() < until && !running.exit; await setTimeout(30))
    if (await takesConnections(port)) return { origin: `http://127.0.0.1:${port}`, stop: () => running.stop() }
  await running.stop()
  return null
}
