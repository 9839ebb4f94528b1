import { gatherer, Undecided } from '../core/item.ts'
import { isAlive } from '../target/processes.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'

export interface Ending {
  how: 'end of input' | 'SIGTERM' | 'client killed'
  /** Milliseconds until nothing of the process tree was left; null when something was left after the grace time. */
  goneAfter: number | null
  /** Commands that were left. */
  left: string[]
  /** How many processes there were before. */
  processes: number
}

/** Milliseconds in which everything has to be gone. */
export const grace = 5000

const beat = 50

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** What is left of the process tree after each way in which a client goes away. */
export const endings = gatherer({
  id: 'endings',
  impact: 'start',
  from: 'server',
  borrows: 'last',
  lasts: 2,
  needs: { opening },
  gather: async (target, { opening }): Promise<Ending[]> => {
    const end = async (how: Ending['how']): Promise<Ending> => {
      const { connection, process } = await startAnew(target, opening)
      if ('tools' in connection.capabilities) await connection.request('tools/list', undefined, { timeout: 5000 })
      const processes = process.family().length
      if (process.exit || processes === 0) throw new Undecided(`it ended by itself before the ${how}`)
      if (how === 'SIGTERM') process.signal('SIGTERM')
      else if (how === 'client killed') process.dropPipes()
      else process.endInput()
      const started = performance.now()
      const isOver = (): boolean => performance.now() - started >= grace
      // To look for one process costs much less than to look for a whole family.
      while (isAlive(process.pid) && !isOver()) await pause(beat)
      let left = process.family()
      while (left.length > 0 && !isOver()) {
        await pause(beat)
        left = process.family()
      }
      const goneAfter = left.length === 0 ? performance.now() - started : null
      process.kill()
      return {
        how,
        goneAfter,
        left: left.map(({ command, pid }) => `${command.slice(0, 120)} (pid ${pid})`),
        processes,
      }
    }
    if (target.server?.transport === 'http') return [await end('SIGTERM')]
    return Promise.all([end('end of input'), end('SIGTERM'), end('client killed')])
  },
})
