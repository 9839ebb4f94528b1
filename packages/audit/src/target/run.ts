import { connect as connectSocket, createServer } from 'node:net'
import type { Launch, Target } from '../core/target.ts'
import { exchange } from './exchange.ts'
import type { Running } from './handshake.ts'
import { settleProcesses, startProcess, type ServerProcess, type SpawnOptions } from './process.ts'
import { openPipe } from './stdio.ts'
import { awaited } from './waiting.ts'

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })

const listens = (host: string, port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connectSocket({ host, port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

/** Waits until the port takes connections; false when the process ends or the time is up first. */
const untilListening = async (url: URL, process: ServerProcess, deadline: number): Promise<boolean> => {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const host = url.hostname.replace(/^\[|\]$/g, '')
  while (performance.now() < deadline && !process.exit) {
    if (await listens(host, port)) return true
    await new Promise(resolve => setTimeout(resolve, 40))
  }
  return false
}

const maxUnready = 5000

/** Waits while a server whose port is open still says that it is not ready. */
const untilReady = async (url: string, headers: Record<string, string>, target: Target): Promise<void> => {
  const end = performance.now() + maxUnready
  for (;;) {
    const asked = { method: 'GET', headers: { ...headers, accept: 'text/event-stream' }, timeout: 2000, headOnly: true }
    const answer = await exchange(url, { ...asked, signal: target.signal })
    if (answer.outcome === 'failed' || answer.status !== 503 || performance.now() > end) return
    await new Promise(resolve => setTimeout(resolve, 40))
  }
}

const withPort = (text: string, port: number): string => text.replaceAll('{port}', String(port))

/** The launch with its port put in. */
export const launchAt = (launch: Launch, port: number): Launch => ({
  ...launch,
  args: launch.args.map(arg => withPort(arg, port)),
  env: Object.fromEntries(Object.entries(launch.env).map(([name, value]) => [name, withPort(value, port)])),
})

/** Whether several instances can run side by side. */
export const canRunSideBySide = ({ server }: Target): boolean =>
  server?.launch === undefined || server.transport === 'stdio' || server.url.includes('{port}')

export interface RunOptions extends SpawnOptions {
  /** Milliseconds a server behind a URL may take until its port takes connections. */
  startup?: number
  /** Replaces the headers of the target. */
  headers?: Record<string, string>
  /** Told where a server behind a URL will listen, as soon as its process is there. */
  starting?: (url: string) => void
}

/** Starts the server of the target, or points at the one that runs already. Nothing is said to it yet. */
export const run = async (target: Target, options: RunOptions = {}): Promise<Running> => {
  const { server } = target
  if (!server) throw new Error('the target has no server')
  if (server.transport === 'stdio') {
    const process = startProcess(target, server.launch, options)
    return {
      transport: 'stdio',
      process,
      pipe: openPipe(target, process),
      startedAt: process.startedAt,
      listening: true,
    }
  }
  const headers = options.headers ?? server.headers
  if (!server.launch)
    return { transport: 'http', url: server.url, headers, startedAt: performance.now(), listening: true }
  const port = server.url.includes('{port}') ? await freePort() : 0
  // A fixed port is free again only when the server before has gone.
  if (!port) await settleProcesses()
  const url = withPort(server.url, port)
  const process = startProcess(target, launchAt(server.launch, port), { ...options, stdoutIsLog: true })
  options.starting?.(url)
  const deadline = performance.now() + (options.startup ?? 30_000)
  const listening = await awaited(target.journal, untilListening(new URL(url), process, deadline))
  if (listening) await awaited(target.journal, untilReady(url, headers, target))
  return { transport: 'http', url, headers, process, startedAt: process.startedAt, listening }
}
