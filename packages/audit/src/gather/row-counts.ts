import { gatherer, Undecided } from '../core/item.ts'
import type { RowCounts } from '../core/report.ts'

/** How the rows of the checklist stand, without those that only count the others; the engine counts when all is judged. */
export const rowCounts = gatherer<RowCounts>({
  id: 'row-counts',
  impact: 'read',
  from: 'settings',
  gather: () => {
    throw new Undecided('the rows are counted when everything else has been judged')
  },
})
