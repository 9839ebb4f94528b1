import type { ItemResult, VerdictRecord } from '../core/report.ts'
import type { Requirement } from '../core/requirement.ts'
import { grouped } from './grouped.ts'
import type { Paper } from './paper.ts'
import { visible } from '../core/visible.ts'

type Asked = VerdictRecord & { requirement: Requirement }

const shortened = 90

const where = ({ era, transport }: Requirement): string => `${era} era${transport ? `, ${transport}` : ''}`

const signOf = ({ style }: Paper, { status, requirement }: Asked): string => {
  if (status === 'pass') return style.green('✓')
  if (status === 'unknown') return style.yellow('?')
  return requirement.strength === 'must' ? style.red('✗') : style.yellow('!')
}

const recommended = ({ strength }: Requirement): string =>
  ({ must: '', should: ' (recommended)', custom: ' (customary)' })[strength]

const answered = (page: Paper, record: Asked): void => {
  const { style } = page
  const { asks, requirement, evidence, because = '' } = record
  const [first] = evidence ?? []
  const saw = first ? `${style.cyan(visible(first.at, 120))}: ${visible(first.saw, shortened)}` : visible(because)
  page.line(
    `      ${signOf(page, record)} `,
    `${asks}${recommended(requirement)} ${style.dim(`· ${where(requirement)} ·`)} ${saw}`,
  )
}

/** The demands of a specification one by one, as an item has them; those that do not apply by their reason. */
export const requirements = (page: Paper, { verdicts }: ItemResult): void => {
  const asked = verdicts.filter((record): record is Asked => record.requirement !== undefined)
  for (const record of asked.filter(({ status }) => status !== 'not-applicable')) answered(page, record)
  const idle = asked.filter(({ status }) => status === 'not-applicable')
  for (const [because, group] of grouped(idle, ({ because }) => because ?? '')) {
    const ids = [...new Set(group.map(({ requirement }) => requirement.id))]
    page.line(`      ${page.style.dim('-')} `, page.style.dim(`${ids.join(', ')}: ${visible(because)}`))
  }
}
