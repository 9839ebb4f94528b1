import { gatherer } from '../core/item.ts'
import { exchange, type Exchanged } from '../target/exchange.ts'
import { atPath, endpointOf, statusOf } from '../target/web.ts'
import { watchReadiness, type FirstReadiness } from './http/first-readiness.ts'
import { slowCallOf } from './slow-call.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface Endpoint {
  path: string
  status: string
}

export interface Health {
  live: Endpoint | null
  ready: Endpoint | null
  asked: string[]
  /** What a path that does not exist was answered; anything but a 404 makes the others prove nothing. */
  elsewhere: string
  answersAnything: boolean
  /** What it served when it first said that it was ready; null when that was not seen. */
  starting: FirstReadiness | 'running' | null
  /** Readiness while it drained with a call in flight; null when that could not be seen. */
  draining: { drainedMs: number; statuses: string[]; readyUntilTheEnd: boolean } | null
}

const livePaths = ['/healthz', '/health', '/livez', '/live', '/health/live', '/api/health', '/-/healthy', '/status']
export const readyPaths = ['/readyz', '/ready', '/health/ready', '/api/ready', '/-/ready']

const get = (url: string): Promise<Exchanged> => exchange(url, { method: 'GET', timeout: 2000 })

const isOk = (answer: Exchanged): boolean => answer.outcome === 'answered' && answer.status === 200

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Health endpoints, and what readiness says while the server ends with a call in flight. */
export const health = gatherer({
  id: 'health',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Health> => {
    const { paths = {} } = target.settings
    const lives = paths.health ? [paths.health] : livePaths
    const readies = paths.ready ? [paths.ready] : readyPaths
    const start = watchReadiness(target, opening, readies)
    const connection = await connectAnew(target, opening, { starting: start.begin })
    const starting = await start.seen()
    const url = endpointOf(connection)
    const find = async (candidates: string[]): Promise<Endpoint | null> => {
      for (const path of candidates) {
        const answer = await get(atPath(url, path))
        if (isOk(answer)) return { path, status: statusOf(answer) }
      }
      return null
    }
    const nowhere = await get(atPath(url, '/airworthy-no-such-path'))
    const live = await find(lives)
    const ready = await find(readies)

    const slow = slowCallOf(trials)
    let draining: Health['draining'] = null
    if (connection.process && ready && slow && slow.ms > 200) {
      const pending = connection.request(
        'tools/call',
        { name: slow.tool, arguments: slow.arguments },
        { timeout: 5000 },
      )
      await pause(100)
      connection.process.signal('SIGTERM', 'server')
      const at = performance.now()
      const statuses: string[] = []
      let last = false
      await pause(100)
      while (!connection.process.exit && performance.now() - at < 5000) {
        const answer = await get(atPath(url, ready.path))
        last = isOk(answer)
        statuses.push(statusOf(answer))
        await pause(50)
      }
      await pending
      draining = { drainedMs: performance.now() - at, statuses: [...new Set(statuses)], readyUntilTheEnd: last }
    }
    await connection.close()
    return {
      live,
      ready,
      asked: [...lives, ...readies],
      elsewhere: statusOf(nowhere),
      answersAnything: isOk(nowhere),
      starting,
      draining,
    }
  },
})
