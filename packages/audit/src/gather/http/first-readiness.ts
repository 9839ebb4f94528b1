import { setTimeout } from 'node:timers/promises'
import type { Target } from '../../core/target.ts'
import { exchange, type Exchanged } from '../../target/exchange.ts'
import type { Startup } from '../../target/startup-failures.ts'
import { askEndpoint, atPath, ownHeaders, statusOf, wasServed } from '../../target/web.ts'

/** The first 200 of a readiness endpoint after a start, and the request that was sent with it. */
export interface FirstReadiness {
  path: string
  /** Milliseconds since the start of the process. */
  ms: number
  /** What it had answered before, each status once. */
  before: string[]
  /** How a client's first message was answered then. */
  saw: string
  /** False when that was refused, although the same was served a moment later. */
  served: boolean
}

const pollMs = 25
const askMs = 2000

export const isReady = (answer: Exchanged): boolean => answer.outcome === 'answered' && answer.status === 200

const isRefused = (answer: Exchanged): boolean =>
  answer.outcome === 'failed'
    ? /^ECONN(REFUSED|RESET)$/.test(answer.code)
    : [404, 500, 502, 503].includes(answer.status)

/**
 * Asks a starting server over and over whether it is ready. `begin` is told its URL; `seen`, once it is open, has it asked
 * once more and gives the first time that it said so, `running` when it was not started here, null when it never did
 * or when what it served then was not decided.
 */
export const watchReadiness = (
  target: Target,
  opening: Startup,
  paths: readonly string[],
): { begin: (url: string) => void; seen: () => Promise<FirstReadiness | 'running' | null> } => {
  const opened = new AbortController()
  let watching: Promise<FirstReadiness | 'running' | null> = Promise.resolve('running')
  const open = (url: string): Promise<Exchanged> =>
    askEndpoint(url, opening.eras[0] ?? 'legacy', { method: 'POST', headers: ownHeaders(target) })
  const watch = async (url: string): Promise<FirstReadiness | null> => {
    const started = performance.now()
    const before = new Set<string>()
    while (!target.signal.aborted) {
      const last = opened.signal.aborted
      for (const path of paths) {
        const answer = await exchange(atPath(url, path), { method: 'GET', timeout: askMs })
        if (answer.outcome === 'failed') break
        if (!isReady(answer)) {
          if (answer.status !== 404) before.add(statusOf(answer))
          continue
        }
        const ms = performance.now() - started
        const first = await open(url)
        if (!wasServed(first) && !isRefused(first)) return null
        const told = { path, ms, before: [...before], saw: statusOf(first) }
        if (wasServed(first)) return { ...told, served: true }
        while (!opened.signal.aborted && !target.signal.aborted) await setTimeout(pollMs)
        return wasServed(await open(url)) ? { ...told, served: false } : null
      }
      if (last) return null
      await setTimeout(pollMs)
    }
    return null
  }
  return {
    begin: url => void (watching = watch(url)),
    seen: () => {
      opened.abort()
      return watching
    },
  }
}
