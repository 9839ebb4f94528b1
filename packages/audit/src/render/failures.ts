import type { ItemResult, Report } from '../core/report.ts'
import { counts } from '../core/requirement.ts'
import type { Evidence } from '../core/verdict.ts'
import { grouped } from './grouped.ts'
import type { Paper } from './paper.ts'
import { failingRows, heading, itemsAndRows, rowList, sectionOf } from './parts.ts'
import { requirements } from './requirements.ts'
import { visible } from '../core/visible.ts'

const shown = 3

const evidenceOf = ({ verdicts, proof }: ItemResult): Evidence[] =>
  verdicts
    .filter(verdict => verdict.status === 'fail' && counts(verdict))
    .toSorted((a, b) => Number(b.proof === proof) - Number(a.proof === proof))
    .flatMap(({ evidence, requirement }) =>
      (evidence ?? []).map(one => (requirement ? { ...one, at: `${requirement.id} ${one.at}` } : one)),
    )

const place = ({ at, line }: Evidence): string => visible(at, 120) + (line === undefined ? '' : `:${line}`)

const evidenceLines = (page: Paper, evidence: Evidence[]): void => {
  const { style } = page
  const some = page.verbose ? evidence : evidence.slice(0, shown)
  for (const [index, one] of some.entries()) {
    page.line(`    ${style.dim('•')} `, `${style.cyan(place(one))}: ${visible(one.saw, page.verbose ? 2000 : 240)}`)
    if (one.wanted && one.wanted !== some[index + 1]?.wanted)
      page.line(`      ${style.dim('wanted:')} `, visible(one.wanted))
  }
  if (evidence.length > some.length)
    page.line('      ', style.dim(`+${evidence.length - some.length} more; --verbose shows all`))
}

/** The item's title, or the question that failed while the title holds. */
const headOf = ({ title, rows, verdicts }: ItemResult): string => {
  const failed = verdicts.filter(({ status }) => status === 'fail')
  const isAside = failed.every(verdict => verdict.rows !== undefined && verdict.rows[0] !== rows[0])
  return (isAside && failed[0]?.asks) || title
}

const failure = (page: Paper, item: ItemResult): void => {
  const { style } = page
  const facts = [rowList(failingRows(item)), item.proof].filter(fact => fact).join(' · ')
  page.line(`  ${style.red('✗')} `, `${style.bold(item.id)}  ${item.level} ${style.dim(`· ${facts}`)}`)
  page.line('    ', headOf(item))
  evidenceLines(page, evidenceOf(item))
  if (page.verbose) requirements(page, item)
  if (item.how) page.line(`    ${style.green('→')} `, item.how)
}

/** What failed, by section of the checklist, the musts of each section first. */
export const failures = (page: Paper, report: Report): void => {
  const failed = report.items.filter(({ status }) => status === 'fail')
  if (failed.length === 0) return
  heading(page, 'Failing', itemsAndRows(failed, report.summary.fail))
  const bySection = grouped(failed, item => sectionOf(item, report.rows))
  const order = [...new Set(report.rows.map(({ section }) => section))]
  const rank = (section: string): number => (order.includes(section) ? order.indexOf(section) : order.length)
  const weight = ['must', 'should', 'may']
  for (const [section, items] of bySection.toSorted(([a], [b]) => rank(a) - rank(b))) {
    page.blank()
    page.line('  ', page.style.underline(section))
    for (const item of items.toSorted((a, b) => weight.indexOf(a.level) - weight.indexOf(b.level))) {
      page.blank()
      failure(page, item)
    }
  }
}
