import type { Explanation } from '../core/explanation.ts'
import { padded, paper, type Look } from './paper.ts'
import { plural, ranges } from './ranges.ts'

const conditions = ({ applies }: Explanation): string =>
  applies
    ? [
        ...(applies.profile ? [`profile ${applies.profile}`] : []),
        ...(applies.transport ? [`transport ${applies.transport}`] : []),
        ...(applies.capability ? [`capability ${applies.capability}`] : []),
        ...(applies.from ? [`from revision ${applies.from}`] : []),
        ...(applies.until ? [`until revision ${applies.until}`] : []),
      ].join(', ')
    : 'to every server'

/** One item as a page for a person. */
export const explanation = (item: Explanation, look: Look = {}): string => {
  const page = paper(look)
  const { style } = page
  let last = ''
  const field = (name: string, text: string): void => {
    if (name !== last) page.blank()
    page.line(`  ${style.dim(padded(name === last ? '' : name, 10))}`, text)
    last = name
  }
  page.line('  ', `${style.bold(item.id)}  ${style.dim(`${item.level} · ${item.area}`)}`)
  page.line('  ', item.title)
  field('Why', item.why)
  field('Repair', item.how)
  for (const { asks, proof, impact, rows, gatherers } of item.checks) {
    field('Proved', asks)
    const own =
      item.checks.length > 1 && rows.length < item.rows.length ? ` · ${plural(rows.length, 'row')} ${ranges(rows)}` : ''
    field('Proved', style.dim(`${proof} · impact ${impact} · from ${gatherers.join(', ')}${own}`))
  }
  field('Applies', conditions(item))
  for (const { row, title } of item.rows) field('Rows', `${row}  ${title}`)
  if (item.rows.length === 0) field('Rows', 'none: it goes beyond the checklist')
  for (const file of item.files) field('Files', file)
  for (const ref of item.refs) field('Read on', style.underline(ref))
  return page.text()
}
