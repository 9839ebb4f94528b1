import type { ItemResult, Report } from '../core/report.ts'
import type { Status } from '../core/verdict.ts'
import { grouped } from './grouped.ts'
import type { Paper } from './paper.ts'
import { heading, itemsAndRows } from './parts.ts'
import { plural, ranges } from './ranges.ts'
import { requirements } from './requirements.ts'
import { visible } from '../core/visible.ts'

const reasonOf = ({ verdicts, status }: ItemResult): string =>
  visible(verdicts.find(verdict => verdict.status === status && verdict.because)?.because ?? 'no reason was given')

const withRows = (page: Paper, { id, rows }: ItemResult): string =>
  rows.length > 0 ? `${id}\u00A0${page.style.dim(`(${ranges(rows).replaceAll(' ', '\u00A0')})`)}` : id

/** Items that share a status, one line each, or one paragraph where several share their reason. */
const byReason = (page: Paper, sign: string, items: ItemResult[]): void => {
  // «add security-review to the attestations» is one reason, whichever item it names.
  const groups = grouped(items, item => reasonOf(item).replaceAll(item.id, 'ITEM')).toSorted(
    ([, a], [, b]) => b.length - a.length,
  )
  for (const [because, group] of groups) {
    const [only] = group
    if (group.length === 1 && only) {
      page.line(`  ${sign} `, `${withRows(page, only)}: ${reasonOf(only)}`)
      continue
    }
    page.line(`  ${sign} `, `${page.style.bold(plural(group.length, 'item'))}: ${because}`)
    page.line('      ', group.map(item => withRows(page, item)).join(', '))
  }
}

const section = (page: Paper, report: Report, status: Status, title: string, sign: string): void => {
  const items = report.items.filter(item => item.status === status)
  if (items.length === 0) return
  heading(page, title, itemsAndRows(items, report.rows.filter(row => row.status === status).length))
  page.blank()
  byReason(page, sign, items)
  if (page.verbose && status === 'unknown') for (const item of items) requirements(page, item)
}

export const unknowns = (page: Paper, report: Report): void =>
  section(page, report, 'unknown', 'Unknown', page.style.yellow('?'))

export const notApplicables = (page: Paper, report: Report): void =>
  section(page, report, 'not-applicable', 'Not applicable', page.style.dim('-'))
