import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, type Call, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { handedOn, isFirstWord, keptBy, lastName, nameIn, textsOf, type FirstWord, type Written } from './words.ts'

/** Clients of databases whose WITH may introduce a statement that changes data. */
const databases =
  /^(pg|pg-promise|postgres|mysql2?|mariadb|mssql|tedious|better-sqlite3|sql\.js|knex|sequelize|typeorm|@libsql\/.*|@neondatabase\/.*|@vercel\/postgres|duckdb|@duckdb\/.*|node:sqlite|bun:sqlite|sqlite3?|aiosqlite|psycopg2?|psycopg_pool|asyncpg|pymysql|aiomysql|MySQLdb|pyodbc|pymssql|sqlalchemy|databases)([./].*)?$/

/** The database itself is told that nothing may change. */
const reading = /^\s*(begin|start|set)\b.{0,60}\bread\s+only\b|query_only|\bmode=ro\b|^read[ _]only$/i
const session = /default_transaction_read_only/i
const changing = /\b(insert|update|delete|drop)\b/i
const gate = /read_?only|is_?safe|safe_?(query|sql|statement)|validate|only_?select|select_?only|(is|are)_?allowed/i
const refusal =
  /\bonly\b.{0,60}\b(select|read|quer|statement|allow|permit)|\b(select|read.?only)\b.{0,80}\b(only|allowed|permitted)\b/i

const isWords = (texts: string[]): boolean =>
  ['select', 'with'].every(word => texts.some(text => text.trim().toLowerCase() === word))
const isBeginning = (text: string): boolean => text.includes('^') && /\bselect\b/i.test(text) && /\bwith\b/i.test(text)

/** What the first word of a statement is held against, with WITH among what passes. */
const listIn = ({ values, module }: Written, reach: Reach): string | null => {
  const place: Place = { module, frames: [] }
  const texts = (value: Value): string[] => textsOf(value, place, reach)
  const takesFirst = (value: Value): boolean =>
    [value, ...keptBy(value, module)].some(one => someIn(one, part => isFirstWord(part, module)))
  const prefixes: string[] = []
  let found: string | null = null
  for (const value of values)
    someIn(value, part => {
      if (part.is === 'compare' && /^(not )?in$/.test(part.operator) && takesFirst(part.left)) {
        if (isWords(texts(part.right))) found = lastName(part.right) || 'a list'
      }
      if (part.is !== 'call' || part.callee.is !== 'member') return false
      const { name, of } = part.callee
      const [first] = part.arguments
      if (/^(includes|has)$/.test(name) && first && takesFirst(first) && isWords(texts(of)))
        found = lastName(of) || 'a list'
      if (/^starts[wW]ith$/.test(name) && first) prefixes.push(...texts(first))
      if (/^(test|match)$/.test(name) && [of, ...part.arguments].some(one => texts(one).some(isBeginning)))
        found = 'a pattern'
      return false
    })
  return found ?? (isWords(prefixes) ? 'the beginning' : null)
}

const statementPolicy = (written: Written, reach: Reach): FirstWord[] => {
  const { of, module } = written
  const by = nameIn(of, module)
  const all = (one: Written): string[] =>
    one.values.flatMap(value => textsOf(value, { module: one.module, frames: [] }, reach))
  const isGate =
    gate.test(by) || written.values.some(value => someIn(value, part => part.is === 'text' && refusal.test(part.text)))
  if (!isGate) return []
  const list = listIn(written, reach)
  if (list === null) return []
  // it looks for what changes data as well
  if (handedOn(written, reach).some(one => all(one).some(text => changing.test(text)))) return []
  return [{ of: 'statement', file: module.path, line: of.line, by: by || 'a function', list }]
}

const isDatabase = (module: Module): boolean =>
  module.declarations.some(({ value }) => value.is === 'import' && databases.test(value.module))

/** Libraries that tell what a statement does, whatever it begins with. */
const parsers = /^(sqlglot|sqlparse|pglast|node-sql-parser|pgsql-(ast-)?parser|libpg-query|sql-parser-cst)([.:/]|$)/
const opening = /connect|pool|transaction|begin|session|engine|execution_options|database/i

const isTrue = (value: Value): boolean => value.is === 'constant' && value.of === true

/** `new Database(path, { readonly: true })`, `connect(path, read_only=True)`. */
const opensReadOnly = (call: Call, place: Place, { resolver }: Reach): boolean => {
  const holds = (fields: [key: string, value: Value][]): boolean =>
    fields.some(([key, of]) => /^(\w+_)?read_?only$/i.test(key) && isTrue(of))
  const isOpening = (): boolean =>
    opening.test(lastName(call.callee)) ||
    databases.test((resolver.external(call.callee, place) ?? '').split(':')[0] ?? '')
  return (
    (holds(call.named) || call.arguments.some(given => given.is === 'record' && holds(given.fields))) && isOpening()
  )
}

/** What a database, or what is installed in it, says of a statement: `db.prepare(text).readonly`, `set_authorizer(…)`. */
const asksDatabase = (part: Value): boolean =>
  (part.is === 'member' &&
    part.name === 'readonly' &&
    part.of.is === 'call' &&
    lastName(part.of.callee) === 'prepare') ||
  (part.is === 'member' && /^(SQLITE_)?OPEN_READONLY$/.test(part.name)) ||
  (part.is === 'call' && /^set_?authorizer$/i.test(lastName(part.callee)))

/** A transaction or a connection that can only read; where that is a choice of somebody, it may not be made. */
const isEnforced = (module: Module, reach: Reach): boolean => {
  const { calls, writes, declarations, guards } = module
  const isAlways = ({ at }: { at: number }): boolean => !guards.some(({ consequent }) => isWithin(at, consequent))
  const says = (value: Value, what: RegExp): boolean =>
    someIn(
      value,
      part =>
        (part.is === 'text' && what.test(part.text)) ||
        (part.is === 'record' &&
          part.fields.some(([key, of]) => what.test(key) && of.is === 'text' && /^(on|true|1)$/i.test(of.text))),
    )
  const all = [...calls, ...[...writes, ...declarations].map(({ value }) => value), ...guards.map(({ test }) => test)]
  return (
    calls.some(({ callee }) => parsers.test(reach.resolver.external(callee, { module, frames: [] }) ?? '')) ||
    all.some(value => says(value, reading) || someIn(value, asksDatabase)) ||
    calls.some(call => isAlways(call) && (says(call, session) || opensReadOnly(call, { module, frames: [] }, reach))) ||
    writes.some(
      write =>
        isAlways(write) &&
        (says(write.value, session) || (/^read_?only$/i.test(lastName(write.target)) && isTrue(write.value))),
    )
  )
}

/** Rules that take a statement for one that reads because it begins with WITH. */
export const statementPolicies = (functions: Written[], own: Iterable<Module>, reach: Reach): FirstWord[] => {
  const modules = [...own]
  if (!modules.some(isDatabase)) return []
  const found = functions.flatMap(one => statementPolicy(one, reach))
  return found.length > 0 && modules.some(module => isEnforced(module, reach)) ? [] : found
}
