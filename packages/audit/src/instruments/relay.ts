import { connect, createServer, type Socket } from 'node:net'
import type { Target } from '../core/target.ts'
import type { Statements } from './postgres-statements.ts'

export interface Relay {
  /** `host:port` on loopback. */
  address: string
  /** Connections that are open, the most that were at one time, and all there ever were. */
  seen(): { open: number; most: number; all: number }
  /** Counts the most from what is open now. */
  recount(): void
  /** `pass` passes bytes on; `hang` takes connections and bytes and passes nothing on; `cut` ends what is open and takes nothing. */
  behave(how: 'pass' | 'hang' | 'cut'): Promise<void>
  close(): Promise<void>
}

/** The declared environment of a server, with `{address}` filled in. */
export const databaseEnv = ({ env }: { env: Record<string, string> }, address: string): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll('{address}', address)]))

const placeOf = (address: string): { host: string; port: number } => {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}

const mostHeld = 1024 * 1024

/** Passes nothing on and goes on reading, so that it shows when the near side leaves. Returns what lets go again. */
const hold = (near: Socket, away: Socket): (() => void) => {
  const kept: Buffer[] = []
  let size = 0
  const keep = (bytes: Buffer): void => {
    kept.push(bytes)
    size += bytes.length
    if (size > mostHeld) near.pause()
  }
  for (const socket of [near, away]) socket.unpipe()
  near.on('data', keep).resume()
  return () => {
    near.off('data', keep)
    for (const bytes of kept) away.write(bytes)
    near.pipe(away)
    away.pipe(near)
  }
}

/** Looks on without taking what is held while it hangs. */
const watchWriting = (socket: Socket, look: (bytes: Buffer) => void): void => {
  const write = socket.write.bind(socket)
  socket.write = (bytes: Buffer, ...more: []) => {
    look(bytes)
    return write(bytes, ...more)
  }
}

/** Whether something listens at an address, `host:port`. */
export const isReached = (address: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ ...placeOf(address), timeout: 3000 })
    const finish = (is: boolean): void => {
      socket.destroy()
      resolve(is)
    }
    socket
      .once('connect', () => finish(true))
      .once('error', () => finish(false))
      .once('timeout', () => finish(false))
  })

/**
 * Stands between a server and a database, whatever its protocol, and counts connections. Null when nothing listens at `to`
 * (`host:port`). Ends with the scope of the target at the latest. `looksOn` gets what each connection sends there, and what
 * comes back.
 */
export const openRelay = async (
  target: Target,
  to: string,
  looksOn?: Pick<Statements, 'heard' | 'answered'>,
): Promise<Relay | null> => {
  if (!(await isReached(to))) return null
  const far = placeOf(to)
  const pairs = new Map<Socket, Socket>()
  const held = new Map<Socket, () => void>()
  let how: 'pass' | 'hang' | 'cut' = 'pass'
  let [most, all] = [0, 0]
  const listener = createServer(near => {
    if (how === 'cut') {
      near.destroy()
      return
    }
    const away = connect(far)
    pairs.set(near, away)
    all++
    most = Math.max(most, pairs.size)
    const end = (): void => {
      near.destroy()
      away.destroy()
      pairs.delete(near)
      held.delete(near)
    }
    for (const socket of [near, away]) socket.on('error', end).on('close', end)
    near.pipe(away)
    away.pipe(near)
    watchWriting(away, bytes => looksOn?.heard(near, bytes))
    watchWriting(near, bytes => looksOn?.answered(near, bytes))
    if (how === 'hang') held.set(near, hold(near, away))
  })
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', () => {
        const address = listener.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  const port = await listen(0)
  const stop = async (): Promise<void> => {
    const stopped = new Promise<void>(resolve => (listener.listening ? listener.close(() => resolve()) : resolve()))
    for (const [near, away] of pairs) [near, away].forEach(socket => socket.destroy())
    await stopped
  }
  target.signal.addEventListener('abort', () => void stop(), { once: true })
  return {
    address: `127.0.0.1:${port}`,
    seen: () => ({ open: pairs.size, most, all }),
    recount: () => void (most = pairs.size),
    behave: async next => {
      how = next
      if (next === 'cut') return stop()
      if (!listener.listening) await listen(port)
      if (next === 'hang') for (const [near, away] of pairs) if (!held.has(near)) held.set(near, hold(near, away))
      if (next === 'pass') {
        for (const release of held.values()) release()
        held.clear()
      }
    },
    close: stop,
  }
}
