import type { Report } from '../core/report.ts'
import { grouped } from './grouped.ts'
import { padded, type Paper } from './paper.ts'
import { heading } from './parts.ts'
import { plural, ranges } from './ranges.ts'

/** The rows that no item decides yet, by chapter of the checklist. */
export const uncovered = (page: Paper, report: Report): void => {
  const rows = report.rows.filter(({ status }) => status === 'not-covered')
  if (rows.length === 0) return
  heading(page, 'Not covered yet', plural(rows.length, 'row'))
  page.blank()
  for (const [chapter, open] of grouped(rows, ({ section }) => section.split(' / ')[0] ?? section))
    page.line(`  ${page.style.dim('·')} ${padded(chapter, 33)}`, page.style.dim(ranges(open.map(({ row }) => row))))
}
