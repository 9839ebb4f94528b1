import type { Report } from '../core/report.ts'
import { grouped } from './grouped.ts'
import { padded, type Paper } from './paper.ts'
import { heading } from './parts.ts'
import { visible } from '../core/visible.ts'

const mostCalled = 12

const cost = ({ run, server, impact }: Report): string =>
  [
    `${run.seconds.toFixed(1)} s`,
    ...(run.waitingSeconds > 0 ? [`${run.waitingSeconds.toFixed(1)} s of it waiting for the server`] : []),
    ...(run.processes > 0 ? [`${run.processes} ${run.processes === 1 ? 'process' : 'processes'} started`] : []),
    ...(run.processes > 0 && run.leftovers.length === 0 ? ['none left running'] : []),
    ...(impact === 'read' && run.processes === 0 && !server ? ['nothing of the target was executed'] : []),
  ].join(', ')

/** What was done to the server, what was not and why, and what it cost. */
export const whatWasDone = (page: Paper, report: Report): void => {
  const { style, verbose } = page
  const { run } = report
  let last = ''
  const field = (name: string, text: string): void => {
    page.line(`  ${style.dim(padded(name === last ? '' : name, 12))}`, text)
    last = name
  }
  heading(page, 'What the audit did', `impact ${report.impact}`)
  page.blank()
  const called = verbose ? run.called : run.called.slice(0, mostCalled)
  for (const { tool, arguments: sent, count } of called)
    field('Called', `${visible(tool, 64)} ×${count}  ${style.dim(visible(sent, verbose ? 1000 : 64))}`)
  if (run.called.length > called.length) field('Called', style.dim(`+${run.called.length - called.length} more tools`))
  if (called.length === 0 && report.server) field('Called', 'no tool')
  for (const [because, tools] of grouped(run.notCalled, ({ because }) => because)) {
    const some = verbose ? tools : tools.slice(0, mostCalled)
    const more = tools.length > some.length ? ` and ${tools.length - some.length} more` : ''
    field('Not called', `${some.map(({ tool }) => visible(tool, 64)).join(', ')}${more}: ${visible(because)}`)
  }
  field('Cost', cost(report))
  for (const leftover of run.leftovers) field('Left', visible(leftover))
  for (const note of run.notes) field('Note', visible(note, verbose ? 2000 : 400))
}
