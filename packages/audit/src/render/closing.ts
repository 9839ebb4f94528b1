import { heldBy, shutBy, type Gate } from '../core/gate.ts'
import type { Report } from '../core/report.ts'
import type { Paper } from './paper.ts'
import { plural } from './ranges.ts'

/** Whether the gate was met, and where to read on: the lines a terminal shows last. */
export const closing = (page: Paper, report: Report, gate: Gate): void => {
  const { style } = page
  const shut = shutBy(report, gate)
  const open = report.items.filter(item => item.status === 'unknown' && heldBy(gate, item))
  page.blank()
  page.rule()
  if (shut.length > 0)
    page.line(
      `  ${style.red('✗')} `,
      `${style.bold(`Gate ${gate}: not met`)}, ${plural(shut.length, 'item')} of it failing`,
    )
  else if (gate !== 'none')
    page.line(
      `  ${style.green('✓')} `,
      `${style.bold(`Gate ${gate}: met`)}, ${open.length === 0 ? 'nothing of it fails' : `but ${plural(open.length, 'item')} of it unknown`}`,
    )
  const example = shut[0] ?? report.items.find(({ status }) => status === 'fail')
  if (example)
    page.line('    ', `airworthy explain ${example.id}  ${style.dim('why it matters, how it is proved and repaired')}`)
}
