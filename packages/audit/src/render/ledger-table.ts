import type { Row } from '../core/ledger.ts'
import { grouped } from './grouped.ts'
import { glued, paper, type Look } from './paper.ts'

interface Entry extends Row {
  items: string[]
  covered: boolean
}

/** The checklist as a page for a person: each row with the items that decide it. */
export const ledgerTable = (entries: readonly Entry[], look: Look = {}): string => {
  const page = paper(look)
  const { style } = page
  const covered = entries.filter(entry => entry.covered).length
  page.line(
    '  ',
    `${style.bold(`${covered} of ${entries.length} rows are decided`)} ${style.dim('by at least one item')}`,
  )
  for (const [section, rows] of grouped(entries, entry => entry.section)) {
    page.blank()
    page.line('  ', style.underline(section))
    for (const { row, title, items, covered } of rows) {
      const sign = covered ? style.green('✓') : style.dim('·')
      const by = items.map(glued).join(', ')
      page.line(`  ${String(row).padStart(4)} ${sign} `, `${title}${by && `  ${style.cyan(by)}`}`)
    }
  }
  return page.text()
}
