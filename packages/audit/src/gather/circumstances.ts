import type { Circumstances } from '../core/circumstances.ts'
import { gatherer } from '../core/item.ts'
import type { Report } from '../core/report.ts'
import { declaredNames } from './declared-names.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'

/** What decides which items apply, as the running server tells it, and what the report says of it. */
export const circumstances = gatherer({
  id: 'circumstances',
  impact: 'start',
  from: 'server',
  // A wrong name in the settings has to come out before the first call.
  needs: { lists, opening, declaredNames },
  gather: ({ settings }, { lists, opening }): Circumstances & Pick<Report, 'server'> => {
    const { transport, era, revision, serverInfo } = lists
    const { name, version } = serverInfo
    const capabilities = Object.keys(lists.capabilities)
    return {
      profile: settings.profile ?? (transport === 'http' ? 'service' : 'local'),
      transport,
      capabilities,
      revision,
      server: { name, version, transport, era, revision, capabilities, startupMs: Math.round(opening.ms) },
    }
  },
})
