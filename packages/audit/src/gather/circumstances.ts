import type { Circumstances } from '../core/circumstances.ts'
import { gatherer } from '../core/item.ts'
import { lists } from './lists.ts'

/** What decides which items apply, as the running server tells it. */
export const circumstances = gatherer({
  id: 'circumstances',
  impact: 'start',
  from: 'server',
  needs: { lists },
  gather: ({ settings }, { lists }): Circumstances => ({
    profile: settings.profile ?? (lists.transport === 'http' ? 'service' : 'local'),
    transport: lists.transport,
    capabilities: Object.keys(lists.capabilities),
    revision: lists.revision,
  }),
})
