import { gatherer } from '../core/item.ts'

/** How the server is started; command is null when only a URL is known. */
export interface StartedBy {
  command: string | null
  origin: string
  /** Milliseconds the owner allows for a start; 30,000 unless the settings tell. */
  budgetMs: number
}

export const startedBy = gatherer<StartedBy>({
  id: 'started-by',
  impact: 'start',
  from: 'server',
  gather: ({ server, settings }) => {
    const launch = server?.launch
    const command = launch ? [launch.command, ...launch.args].join(' ') : null
    return { command, origin: launch?.origin ?? 'a URL', budgetMs: settings.budgets?.startupMs ?? 30_000 }
  },
})
