import { fieldOf, innermost, type FunctionValue, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { nameOf } from './sinks/arrival.ts'
import type { Sink } from './sinks.ts'

const starting =
  /^\s*(begin|start)\s+(transaction|work|read)\b[^;]*read\s+only|^\s*begin\s+read\s+only|^\s*set\s+(session\s+(characteristics\s+as\s+)?|local\s+)?transaction\s+[^;]*read\s+only/i
const running = /^(query|execute|exec|run|unsafe|raw|\$executeRaw\w*)$/

/** The record of options among what a call is given. */
const optionIn = (given: Value[], name: string): Value | undefined =>
  given.flatMap(value => (value.is === 'record' ? (fieldOf(value.fields, name) ?? []) : []))[0]

const isFilled = (value: Value | undefined): boolean =>
  value !== undefined && !(value.is === 'list' && value.items.length === 0)

/** Several statements of one text are run: PostgreSQL does, unless it prepares it, and others where they are told to. */
export const takesSeveral = (
  { call, path }: Pick<Sink, 'call' | 'path'>,
  isTold: (option: string) => boolean = () => false,
): boolean => {
  const name = nameOf(call.callee)
  if (name === 'executescript' || /^(mssql|tedious):|^(pyodbc|pymssql|duckdb)\b/.test(path)) return true
  if (/^(better-sqlite3|sqlite3|node:sqlite|bun:sqlite|@libsql\/client):/.test(path))
    return /^(exec|executeMultiple)$/.test(name)
  if (/^(mysql2?(\/promise)?|mariadb):/.test(path)) return isTold('multipleStatements')
  if (/^(pg|@neondatabase\/serverless):/.test(path)) {
    const isPrepared = [optionIn(call.arguments, 'name'), optionIn(call.arguments, 'queryMode')].some(isFilled)
    const values = optionIn(call.arguments, 'values') ?? call.arguments[1]
    return !isPrepared && !isFilled(values)
  }
  if (path.startsWith('postgres:')) return nameOf(call.callee) === 'unsafe' && !isFilled(call.arguments[1])
  if (path.startsWith('asyncpg')) return nameOf(call.callee) === 'execute' && call.arguments.length < 2
  return /^(psycopg2?|psycopg_pool)\b/.test(path) && call.arguments.length < 2 && !fieldOf(call.named, 'params')
}

/** `async with connection.transaction(readonly=True)`, `sql.begin('read only', sql => ...)` around it. */
const isInside = ({ call, module }: Sink, { resolver }: Reach): boolean =>
  module.contexts.some(
    ({ value, at, end }) =>
      at <= call.at &&
      call.end <= end &&
      value.is === 'call' &&
      nameOf(value.callee) === 'transaction' &&
      [fieldOf(value.named, 'readonly')].some(told => told?.is === 'constant' && told.of === true),
  ) ||
  module.calls.some(
    ({ callee, arguments: [mode, work], at, end }) =>
      nameOf(callee) === 'begin' &&
      work?.is === 'function' &&
      at <= call.at &&
      call.end <= end &&
      /read\s+only/i.test((mode && resolver.text(mode, { module, frames: [] })) ?? ''),
  )

/** A statement before it in the same function makes all that follow only read. */
const isBehind = ({ call, module }: Sink, of: FunctionValue, { bodies, resolver }: Reach): boolean =>
  bodies
    .of(module, of)
    .calls.some(
      each =>
        each.end <= call.at &&
        running.test(nameOf(each.callee)) &&
        (innermost(module.branches, each.at)?.end ?? call.end) >= call.end &&
        each.arguments[0] !== undefined &&
        starting.test(resolver.text(each.arguments[0], { module, frames: [] }) ?? ''),
    )

/**
 * How many statements of one text run in a transaction that can only read: `one`, or `several`, of which the first may
 * end it; null where there is no such transaction.
 */
export const readingOf = (sink: Sink, of: FunctionValue, reach: Reach): 'one' | 'several' | null =>
  isInside(sink, reach) || isBehind(sink, of, reach) ? (takesSeveral(sink) ? 'several' : 'one') : null

/** What is sent where the first statement may end the transaction. */
export const leaving = {
  sample: 'COMMIT; DROP TABLE airworthy',
  form: 'ends the transaction that only reads',
}
