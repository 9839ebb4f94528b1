import { isSame } from '../code/parts.ts'
import { nameOf, visibleAt, type Call } from '../code/values.ts'
import { joined, some, type Datum, type Frame } from './data.ts'
import type { Machine } from './machine.ts'
import { textOf } from './texts.ts'

/** One row of what a statement finds, or nothing. */
const fetching =
  /^(fetchone|fetch_one|fetchrow|fetchval|first|one_or_none|scalar|scalar_one_or_none|get|first_or_none)$/
const executing = /^(execute|prepare|fetchrow|fetchval|fetch_one|query|run)$/
/** A statement that compares something with what is bound. */
const bound = /^\s*(select|show)\b[^]*((?<![!<>])=|\b(?<!not\s)like\b|\b(?<!not\s)in\s*\()\s*(\?|\$\d|%s|%\(|:\w|@\w)/i
/** It finds a row whatever is bound. */
const always = /\b(count|exists|coalesce)\s*\(|\bor\b|\bunion\b|\bleft\s+join\b/i
/** What a database itself keeps about its tables: nobody puts a text of an attacker there. */
const catalogue =
  /\b(sqlite_(master|schema)|information_schema|pg_catalog|pg_(class|tables|namespace)|sys\.(tables|columns|objects)|duckdb_tables|show\s+(tables|databases))\b/i

/** The call that says what is looked for: it is asked for its rows, or something else is that it was given to before. */
const statementOf = ({ callee, at }: Call, frame: Frame, machine: Machine): Call | null => {
  if (callee.is !== 'member') return null
  const { of } = callee
  if (of.is === 'call') return of.callee.is === 'member' && executing.test(nameOf(of.callee)) ? of : null
  if (of.is === 'name')
    for (const { value } of visibleAt(frame.module, of.name, of.at))
      if (value.is === 'call' && value.callee.is === 'member' && executing.test(nameOf(value.callee))) return value
  const before = machine.bodies
    .of(frame.module, frame.function)
    .calls.filter(
      call =>
        call.end <= at && call.callee.is === 'member' && executing.test(call.callee.name) && isSame(call.callee.of, of),
    )
  return before.at(-1) ?? null
}

/**
 * `cursor.execute('SELECT … WHERE name = ?', [name])`, then `cursor.fetchone()`: no table is called as an attacker would
 * like it to be; whether something else is, is not known. Null when it is no look for one row.
 */
export const rowOf = (call: Call, frame: Frame, machine: Machine): Datum[] | null => {
  if (machine.trial.attacked === null || call.callee.is !== 'member' || !fetching.test(call.callee.name)) return null
  const sqlOf = (of: Call | null): string | null => {
    const [sql] = of?.arguments[0] ? machine.values(of.arguments[0], frame) : []
    const text = sql && machine.marks(sql).size === 0 ? textOf(sql, false, machine) : null
    return text !== null && bound.test(text) && !always.test(text) ? text : null
  }
  const own = sqlOf(call)
  const asked = own === null ? statementOf(call, frame, machine) : call
  const text = own ?? sqlOf(asked)
  if (!asked || text === null) return null
  const given = [...asked.arguments.slice(1), ...(asked === call ? [] : call.arguments)]
  const marks = joined(given.flatMap(value => machine.values(value, frame)).map(one => machine.marks(one)))
  if (marks.size === 0) return null
  return [catalogue.test(text) ? { is: 'constant', of: null, marks } : some(marks, 'what a database finds')]
}
