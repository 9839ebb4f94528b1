import { heldBy, shutBy, type Gate } from '../core/gate.ts'
import type { Report } from '../core/report.ts'
import type { Paper } from './paper.ts'
import { plural } from './ranges.ts'

const kinds: Record<Gate, string> = { none: 'item', must: 'must item', should: 'must or should item', all: 'item' }

/** Whether the gate was met, and where to read on: the lines a terminal shows last. */
export const closing = (page: Paper, report: Report, gate: Gate): void => {
  const { style } = page
  const shut = shutBy(report, gate)
  const open = report.items.filter(item => item.status === 'unknown' && heldBy(gate, item))
  const counted = (count: number, verb: [one: string, many: string]): string =>
    `${plural(count, kinds[gate])} ${verb[count === 1 ? 0 : 1]}`
  page.blank()
  page.rule()
  if (shut.length > 0)
    page.line(
      `  ${style.red('✗')} `,
      `${style.bold(`Gate ${gate}: not met`)}, ${counted(shut.length, ['fails', 'fail'])}`,
    )
  else if (gate !== 'none') {
    const rest = open.length > 0 ? `but ${counted(open.length, ['is', 'are'])} unknown` : `no ${kinds[gate]} fails`
    page.line(`  ${style.green('✓')} `, `${style.bold(`Gate ${gate}: met`)}, ${rest}`)
  }
  const example = shut[0] ?? report.items.find(({ status }) => status === 'fail')
  if (example) page.line('    ', `airworthy explain ${example.id}  ${style.dim('why, how it is proved and repaired')}`)
}
