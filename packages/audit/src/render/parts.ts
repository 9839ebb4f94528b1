import stringWidth from 'string-width'
import type { ItemResult, RowResult } from '../core/report.ts'
import type { Paper } from './paper.ts'
import { plural, ranges } from './ranges.ts'

/** A title in a rule across the page. */
export const heading = (page: Paper, title: string, detail: string): void => {
  const { style, width } = page
  const rest = width - 6 - stringWidth(`${title} ${detail}`)
  page.blank()
  page.line('  ', `${style.bold(title)} ${style.dim(`${detail} ${'─'.repeat(Math.max(0, rest))}`)}`)
}

export const rowList = (rows: readonly number[]): string =>
  rows.length === 0 ? 'beyond the checklist' : `${rows.length === 1 ? 'row' : 'rows'} ${ranges(rows)}`

export const itemsAndRows = (items: readonly ItemResult[], rows: number): string =>
  `${plural(items.length, 'item')}, ${plural(rows, 'row')}`

export const beyond = 'Beyond the checklist'

/** The rows that a failing item fails; all of its rows unless its questions decide them apart. */
export const failingRows = ({ rows, verdicts }: ItemResult): number[] => {
  const failing = new Set(verdicts.filter(({ status }) => status === 'fail').flatMap(verdict => verdict.rows ?? rows))
  return rows.filter(row => failing.has(row))
}

/** Where a failing item belongs in the checklist. */
export const sectionOf = (item: ItemResult, rows: readonly RowResult[]): string =>
  rows.find(({ row }) => row === failingRows(item)[0])?.section ?? beyond
