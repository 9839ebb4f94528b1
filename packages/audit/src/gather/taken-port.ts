import { gatherer, Undecided } from '../core/item.ts'
import { observe } from '../instruments/observer/observe.ts'
import { atRest } from '../instruments/observer/rest.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import { holdPort } from '../target/held-port.ts'
import { startProcess, type Exit } from '../target/process.ts'
import { launchAt } from '../target/run.ts'
import { opening } from './startup.ts'

export interface TakenPort {
  port: number
  exit: Exit | null
  /** Milliseconds it was watched. */
  watchedMs: number
  /** Where it listens all the same, `HOST:PORT`. */
  listens: { host: string; port: number }[]
  /** Lines of its log that speak of the port. */
  says: string[]
  /** A line that says it serves at that port. */
  claims: string | null
}

const atLeastMs = 5000
const atMostMs = 20_000
const beatMs = 100
/** A start that goes on working may come to listen, or to its end, still. */
const busyMs = 40_000
const keptLines = 5

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const speaksOfPort = (line: string, port: number): boolean =>
  /EADDRINUSE|EADDRNOTAVAIL|address (is )?already in use|port .{0,20}(in use|taken|occupied|not available)|\[?(Errno|errno|error|WinError)\]? ?(98|48|10048)\b|only one usage of each socket address/i.test(
    line,
  ) ||
  (line.includes(String(port)) && /cannot|could not|can't|unable|fail|error|refus/i.test(line))

const claimsToServe = (line: string, port: number): boolean =>
  line.includes(String(port)) &&
  !speaksOfPort(line, port) &&
  /\b(listening|(is|now) running|running (on|at)|(server|service) (has )?(started|ready|up)|ready (on|at)|serving( \w+){0,3} (on|at))\b/i.test(
    line,
  )

/** A start on a port that is taken: how it ends, what it says, and where it listens instead. */
export const takenPort = gatherer({
  id: 'taken-port',
  impact: 'start',
  from: 'server',
  deadline: 90_000,
  needs: { opening },
  gather: async (target, { opening }): Promise<TakenPort> => {
    const { server } = target
    if (server?.transport !== 'http' || !server.launch)
      throw new Undecided('only a server that is started here and listens has a port that can be taken')
    if (!isOnThisMachine(target)) throw new Undecided('its port is not one of this machine')
    if (!server.url.includes('{port}'))
      throw new Undecided('its port is fixed: write {port} in its URL, and in its arguments or environment')
    const held = await holdPort()
    try {
      const process = startProcess(target, launchAt(server.launch, held.port), { stdoutIsLog: true })
      const started = performance.now()
      const longest = Math.min(atMostMs, Math.max(atLeastMs, opening.ms * 4 + 2000))
      const listensNow = async (): Promise<TakenPort['listens']> => {
        const { processes } = await observe(process, { sockets: true })
        return processes.flatMap(({ sockets }) =>
          (sockets ?? []).flatMap(({ state, protocol, local }) =>
            state === 'LISTEN' && protocol === 'tcp' && local ? [local] : [],
          ),
        )
      }
      let listens: TakenPort['listens'] = []
      while (!process.exit && listens.length === 0 && performance.now() - started < longest) {
        await pause(beatMs)
        listens = await listensNow()
      }
      if (!process.exit && listens.length === 0) {
        const rests = await atRest(process, busyMs)
        listens = await listensNow()
        if (!process.exit && listens.length === 0 && !rests)
          throw new Undecided(
            `a start on a taken port was still at work after ${Math.round((longest + busyMs) / 1000)} s`,
          )
      }
      // What it says last may still be on its way.
      if (process.exit) await pause(beatMs)
      const lines = process.log.lines.map(({ text }) => text)
      const watchedMs = performance.now() - started
      const { exit } = process
      await process.stop()
      return {
        port: held.port,
        exit,
        watchedMs,
        listens,
        says: lines.filter(line => speaksOfPort(line, held.port)).slice(0, keptLines),
        claims: lines.find(line => claimsToServe(line, held.port)) ?? null,
      }
    } finally {
      held.release()
    }
  },
})
