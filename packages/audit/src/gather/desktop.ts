import { gatherer, Undecided } from '../core/item.ts'
import { describeReply } from '../target/connection.ts'
import { attempt } from '../target/startup.ts'
import { lastWords } from '../target/startup-failures.ts'
import { bareEnvironment, bound, placeless } from '../target/desktop.ts'
import { opening } from './startup.ts'
import { succeeded, trials } from './trials.ts'

export interface Desktop {
  /** Why this start command cannot be tried elsewhere; null when it was tried. */
  bound: string | null
  started: boolean
  ms: number
  tools: number
  /** The call that was made, and what came. */
  call: string | null
  callFailed: boolean
  /** The last line on stderr when it did not start. */
  words: string
  /** Milliseconds from the end of its input to its end; null when it had to be ended. */
  endedAfter: number | null
}

const notTried = (bound: string | null): Desktop => ({
  bound,
  started: false,
  ms: 0,
  tools: 0,
  call: null,
  callFailed: false,
  words: '',
  endedAfter: null,
})

/** The server as a desktop client starts it: few variables, another directory, no terminal. */
export const desktop = gatherer({
  id: 'desktop',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Desktop> => {
    const { server } = target
    if (server?.transport !== 'stdio') throw new Undecided('a desktop client starts servers over stdio')
    const reason = bound(server.launch)
    if (reason) return notTried(reason)
    const elsewhere = { ...target, server: { ...server, launch: placeless(server.launch) } }
    const options = { environment: bareEnvironment(), cwd: target.scratch }
    const { connection, running } = await attempt(elsewhere, opening, undefined, options)
    if (!connection?.process) {
      const words = lastWords(running)
      // one that lives and says nothing may be slow: then it is slow in its own place as well
      if (words === '' && !running.process?.exit) {
        const again = await attempt(target, opening, undefined)
        await again.running.process?.stop()
        if (!again.connection) throw new Undecided('the server did not start again')
      }
      return { ...notTried(null), words: words || 'no handshake' }
    }
    const listed = await connection.request('tools/list', undefined, { timeout: 10_000 })
    const tools = listed.kind === 'result' && Array.isArray(listed.result['tools']) ? listed.result['tools'].length : 0
    const [trial] = trials.good.toSorted((a, b) => a.reply.ms - b.reply.ms)
    const reply = trial
      ? await connection.request('tools/call', { name: trial.tool.name, arguments: trial.arguments })
      : null
    const at = performance.now()
    connection.process.endInput()
    await Promise.race([connection.process.exited, new Promise(resolve => setTimeout(resolve, 4000))])
    const endedAfter = connection.process.exit ? performance.now() - at : null
    connection.process.kill()
    return {
      bound: null,
      started: true,
      ms: connection.openedMs,
      tools,
      call: trial && reply ? `${trial.tool.name}: ${describeReply(reply, 80)}` : null,
      callFailed: reply ? !succeeded(reply) : false,
      words: '',
      endedAfter,
    }
  },
})
