import type { Report, RowCounts, RowStatus } from '../core/report.ts'
import { glued, padded, type Paper, type Style } from './paper.ts'
import { visible } from '../core/visible.ts'

interface Mark {
  status: RowStatus
  sign: string
  words: string
  tint: (style: Style) => (text: string) => string
}

export const marks: readonly Mark[] = [
  { status: 'pass', sign: '█', words: 'proven', tint: style => style.green },
  { status: 'attested', sign: '▒', words: 'attested', tint: style => style.cyan },
  { status: 'fail', sign: '✗', words: 'failing', tint: style => style.red },
  { status: 'unknown', sign: '?', words: 'unknown', tint: style => style.yellow },
  { status: 'not-applicable', sign: '-', words: 'not applicable', tint: style => style.dim },
  { status: 'not-covered', sign: '·', words: 'not covered', tint: style => style.dim },
]

/** How many of `cells` each count gets: by share, at least one where there is anything. */
export const shares = (counts: readonly number[], cells: number): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return counts.map(() => 0)
  const given = counts.map(count => (count === 0 ? 0 : Math.max(1, Math.floor((count / total) * cells))))
  let left = cells - given.reduce((sum, cell) => sum + cell, 0)
  while (left !== 0) {
    const want = (index: number): number => ((counts[index] ?? 0) / total) * cells - (given[index] ?? 0)
    const order = given.map((_, index) => index).toSorted((a, b) => want(b) - want(a))
    const change = left > 0 ? order[0] : order.findLast(index => (given[index] ?? 0) > 1)
    if (change === undefined) break
    given[change] = (given[change] ?? 0) + Math.sign(left)
    left -= Math.sign(left)
  }
  return given
}

const bar = (page: Paper, summary: RowCounts): string => {
  const cells = shares(
    marks.map(({ status }) => summary[status]),
    page.width - 4,
  )
  return marks.map(({ sign, tint }, index) => tint(page.style)(sign.repeat(cells[index] ?? 0))).join('')
}

const legend = ({ style }: Paper, summary: RowCounts): string =>
  marks
    .filter(({ status }) => status !== 'attested' || summary.attested > 0)
    .map(({ status, sign, words, tint }) => `${tint(style)(sign)}${glued(` ${summary[status]} ${words}`)}`)
    .join('  ')

const serverLine = ({ server, target, impact }: Report): string | null => {
  if (!server && target.server) return impact === 'read' ? 'not started at impact read' : 'not reached'
  return server
    ? [
        `${visible(server.name, 60)} ${visible(server.version, 30)}`.trim(),
        server.transport,
        `${server.era} era, revision ${visible(server.revision, 20)}`,
        `ready after ${Math.round(server.startupMs)} ms`,
      ].join(' · ')
    : null
}

export const headline = (page: Paper, report: Report): void => {
  const { style } = page
  const { target, summary } = report
  const field = (name: string, text: string | null | undefined): void => {
    if (text) page.line(`  ${style.dim(padded(name, 10))}`, text)
  }
  page.line('  ', `${style.bold(visible(target.name, 100))} ${style.dim(`· airworthy ${report.tool.version}`)}`)
  page.blank()
  field('Server', serverLine(report))
  field('Started', target.server && visible(target.server))
  field('Found in', target.startedBy && visible(target.startedBy))
  field('Source', target.repository && visible(target.repository))
  field('Judged', `profile ${report.profile} · impact ${report.impact} · ${report.run.seconds.toFixed(1)} s`)
  page.blank()
  page.line('  ', style.bold(`${summary.pass + summary.attested} of ${summary.total} rows proven`))
  page.line('  ', bar(page, summary))
  page.line('  ', legend(page, summary))
}
