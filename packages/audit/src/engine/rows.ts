import { combine } from '../core/combine.ts'
import type { Item } from '../core/item.ts'
import { ledger, type Row } from '../core/ledger.ts'
import type { ItemResult, RowCounts, RowResult, RowStatus } from '../core/report.ts'

const statusOf = (row: number, results: ItemResult[], items: Item[]): RowStatus => {
  // Within an item by the item's own rule; among items what runs outranks what is written.
  const decided = results.flatMap(({ id, rows, verdicts }) => {
    const mine = rows.includes(row) ? verdicts.filter(verdict => !verdict.rows || verdict.rows.includes(row)) : []
    const [first] = mine
    if (!first) return []
    const { status, proof } = combine(mine, items.find(item => item.id === id)?.combine)
    return [{ status, proof: proof ?? mine.find(verdict => verdict.status === status)?.proof ?? first.proof }]
  })
  if (decided.length === 0) return 'not-covered'
  const { status, proof } = combine(decided)
  return status === 'pass' && proof === 'attestation' ? 'attested' : status
}

/** Every row of the ledger with what was found out about it. */
export const rowsOf = (results: ItemResult[], items: Item[]): RowResult[] =>
  ledger.map(({ row, section, title }) => ({
    row,
    section,
    title,
    status: statusOf(row, results, items),
    items: results.filter(({ rows }) => rows.includes(row)).map(({ id }) => id),
  }))

export const countRows = (rows: RowResult[]): RowCounts => {
  const count = (status: RowStatus): number => rows.filter(row => row.status === status).length
  return {
    total: rows.length,
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    'not-applicable': count('not-applicable'),
    attested: count('attested'),
    'not-covered': count('not-covered'),
  }
}

export interface LedgerEntry extends Row {
  items: string[]
  covered: boolean
}

/** The ledger as it stands: which items decide each row. */
export const coverage = (items: Item[]): LedgerEntry[] =>
  ledger.map(({ row, section, title }) => {
    const deciding = items.filter(item => item.checks.some(check => (check.rows ?? item.rows).includes(row)))
    return { row, section, title, items: deciding.map(({ id }) => id), covered: deciding.length > 0 }
  })
