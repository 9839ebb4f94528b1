import { gatherer } from '../core/item.ts'
import type { Settings } from '../core/target.ts'

/** The budgets in airworthy.json, milliseconds and megabytes. */
export const declaredBudgets = gatherer({
  id: 'declared-budgets',
  impact: 'read',
  from: 'settings',
  gather: ({ settings }): NonNullable<Settings['budgets']> => settings.budgets ?? {},
})
