import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { handOn } from '../target/lending.ts'
import { startUp, withLegacy, type Keep } from '../target/startup.ts'
import { refuseWhatLacksSettings, type Startup } from '../target/startup-failures.ts'

/** What this work starts ends with it, but for the server it keeps: that is lent on. */
const handingOn = <T>(target: Target, work: (target: Target, keep: Keep) => Promise<T>): Promise<T> => {
  const scope = new AbortController()
  const end = (): void => scope.abort()
  target.signal.addEventListener('abort', end, { once: true })
  return work({ ...target, signal: scope.signal }, (running, connection) => {
    target.signal.removeEventListener('abort', end)
    return handOn(target, running, connection, end)
  })
}

/** The first start of the server, whether it came to a handshake or not. */
export const startup = gatherer<Startup>({
  id: 'startup',
  impact: 'start',
  from: 'server',
  alone: true,
  deadline: 300_000,
  gather: async target => {
    const seen = await handingOn(target, startUp)
    if (!target.repository) refuseWhatLacksSettings(seen)
    return seen
  },
})

/** The start of a server that got to its handshake: what everything else at the running server needs. */
export const opening = gatherer({
  id: 'opening',
  impact: 'start',
  from: 'server',
  needs: { startup },
  gather: (_, { startup }) => {
    if (!startup.ready) throw new Undecided(`the server did not start: ${startup.saw}`)
    return startup
  },
})

/** The same, with each era it speaks. */
export const eras = gatherer({
  id: 'eras',
  impact: 'start',
  from: 'server',
  needs: { opening },
  gather: (target, { opening }): Promise<Startup> => handingOn(target, (kept, keep) => withLegacy(kept, opening, keep)),
})
