import { gatherer, Undecided } from '../core/item.ts'
import { startUp } from '../target/startup.ts'
import { refuseWhatLacksSettings, type Startup } from '../target/startup-failures.ts'

/** The first start of the server, whether it came to a handshake or not. */
export const startup = gatherer<Startup>({
  id: 'startup',
  impact: 'start',
  from: 'server',
  alone: true,
  deadline: 300_000,
  gather: async target => {
    const seen = await startUp(target)
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
