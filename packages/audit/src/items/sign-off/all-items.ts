import { check, type Item } from '../../core/item.ts'
import type { RowCounts } from '../../core/report.ts'
import { fail, pass, unknown, type Verdict } from '../../core/verdict.ts'
import { rowCounts } from '../../gather/row-counts.ts'

const judge = (rows: RowCounts): Verdict => {
  const open = rows.unknown + rows['not-covered']
  const proven = `${rows.pass} proven, ${rows.attested} attested, ${rows['not-applicable']} not applicable`
  const saw = `of ${rows.total} other rows: ${proven}, ${rows.fail} failing, ${open} undecided`
  if (rows.fail > 0) return fail({ at: 'the checklist', saw, wanted: 'none failing' })
  return open > 0 ? unknown(saw) : pass({ at: 'the checklist', saw })
}

const item: Item = {
  id: 'all-items',
  area: 'sign-off',
  rows: [160],
  title: 'Every row of the checklist is settled',
  level: 'may',
  why: 'A checklist with open boxes says nothing about the boxes that matter on the day something breaks.',
  how: 'Repair what fails; for what is undecided, give the audit what the row asks for: the directory, the running server, a setting, an attestation.',
  refs: ['https://sre.google/sre-book/reliable-product-launches/'],
  checks: [
    check({
      asks: 'Is every other row proven, attested or not applicable?',
      needs: { rowCounts },
      judge: ({ rowCounts }) => judge(rowCounts),
    }),
  ],
}

export default item
