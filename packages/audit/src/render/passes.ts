import type { ItemResult, Report } from '../core/report.ts'
import type { Proof } from '../core/verdict.ts'
import { padded, type Paper } from './paper.ts'
import { heading, itemsAndRows, rowList } from './parts.ts'
import { requirements } from './requirements.ts'
import { visible } from '../core/visible.ts'

const kinds: [proof: Proof, words: string][] = [
  ['live', 'live'],
  ['repository', 'source'],
  ['attestation', 'attested'],
]

const restsOn = (page: Paper, item: ItemResult): void => {
  const evidence = item.verdicts.find(({ status, proof }) => status === 'pass' && proof === item.proof)?.evidence?.[0]
  const { style } = page
  page.line(`  ${style.green('✓')} `, `${style.bold(item.id)}  ${style.dim(`${rowList(item.rows)} · ${item.proof}`)}`)
  if (evidence && !item.verdicts.some(({ requirement }) => requirement)) {
    const at = visible(evidence.at, 120) + (evidence.line === undefined ? '' : `:${evidence.line}`)
    page.line('    ', `${style.cyan(at)}: ${visible(evidence.saw)}`)
  }
  requirements(page, item)
}

export const passes = (page: Paper, report: Report): void => {
  const passed = report.items.filter(({ status }) => status === 'pass')
  if (passed.length === 0) return
  heading(page, 'Proven', itemsAndRows(passed, report.summary.pass + report.summary.attested))
  page.blank()
  if (page.verbose) {
    for (const item of passed) restsOn(page, item)
    return
  }
  for (const [proof, words] of kinds) {
    const ids = passed.filter(item => item.proof === proof).map(({ id }) => id)
    if (ids.length > 0) page.line(`  ${page.style.green('✓')} ${page.style.dim(padded(words, 10))}`, ids.join(', '))
  }
}
