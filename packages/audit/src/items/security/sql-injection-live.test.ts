import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { SqlProbes } from '../../gather/sql-canaries.ts'
import type { StatementProbe } from '../../gather/sql-statements.ts'
import { complaintIn, saysMissing, tableIn, tableOf } from '../../instruments/sql-forms.ts'
import { withoutPayload } from '../../instruments/without-payload.ts'
import sqlInjection from './sql-injection.ts'

const none: SqlProbes = { probes: [], statements: [], callable: 1, good: 1, takesText: true }
const judge = (given: Partial<SqlProbes>): Verdict =>
  sqlInjection.checks[0].judge({ sqlCanaries: { ...none, ...given } })

const statement = (given: Partial<StatementProbe>): StatementProbe => ({
  tool: 'execute_sql',
  parameter: 'sql',
  saysReadOnly: true,
  table: 'notes',
  taken: [],
  refused: 4,
  ...given,
})
const taken = [{ form: 'a DELETE behind WITH', value: 'WITH …', saw: '[]' }]

describe('sql-injection, live', () => {
  it('fails an answer that follows the condition, and passes when none does', () => {
    const probe = { tool: 'find', parameter: 'name', answered: true }
    expect(judge({ probes: [{ ...probe, told: { sent: "' OR 7=7", saw: 'more' } }] })).toMatchObject({ status: 'fail' })
    expect(judge({ probes: [{ ...probe, told: null }] })).toMatchObject({ status: 'pass' })
    expect(judge({ probes: [{ ...probe, answered: false, told: null }] })).toMatchObject({ status: 'unknown' })
  })

  it('wants a tool that takes statements to refuse those that write, when it says that it only reads', () => {
    expect(judge({ statements: [statement({})] })).toMatchObject({ status: 'pass' })
    expect(judge({ statements: [statement({ taken })] })).toMatchObject({ status: 'fail' })
    expect(judge({ statements: [statement({ taken, saysReadOnly: false })] })).toMatchObject({ status: 'unknown' })
    expect(judge({ statements: [statement({ table: null, refused: 0 })] })).toMatchObject({ status: 'unknown' })
  })

  it('does not apply without texts, and is unknown without a good call', () => {
    expect(judge({ takesText: false })).toMatchObject({ status: 'not-applicable' })
    expect(judge({ good: 0 })).toMatchObject({ status: 'unknown' })
  })
})

describe('sql-forms', () => {
  it('knows the words of databases', () => {
    expect(complaintIn('SQLITE_ERROR: unrecognized token: "\'"')).not.toBeNull()
    expect(complaintIn('ERROR: syntax error at or near "x"')).not.toBeNull()
    expect(complaintIn('no such table: airworthy_missing')).not.toBeNull()
    expect(complaintIn('fts5: syntax error near "\'"')).toBeNull()
    expect(complaintIn('path: there is no note called "a\'"')).toBeNull()
    expect(saysMissing('relation "airworthy_missing" does not exist')).toBe(true)
    expect(tableIn('[{"t":"airworthy_table:public.orders"}]')).toBe('public.orders')
    expect(tableOf('select * from "orders" where 1')).toBe('orders')
  })

  it('takes a text out of an answer however it is quoted', () => {
    const payload = `x' OR "a" <b>`
    for (const quoted of [payload, JSON.stringify(payload).slice(1, -1), encodeURIComponent(payload)])
      expect(withoutPayload(`<${quoted}>`, payload)).toBe('<>')
  })
})
