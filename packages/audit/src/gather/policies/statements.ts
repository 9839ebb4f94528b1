import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, type Call, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { handedOn, isFirstWord, keptBy, lastName, nameIn, type FirstWord, type Written } from './words.ts'

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

const maxDepth = 4
const maxTexts = 400

/** Texts and patterns in an expression, and in what its names stand for. */
const textsOf = (value: Value, place: Place, reach: Reach, depth = 0, found: string[] = []): string[] => {
  if (depth > maxDepth || found.length > maxTexts) return found
  const named: Value[] = []
  someIn(value, part => {
    if (part.is === 'text' || part.is === 'pattern') found.push(part.text)
    if (part.is === 'name' || part.is === 'index') named.push(part)
    return false
  })
  for (const part of named)
    for (const thing of reach.resolver.things(part, place)) {
      const { value: of } = thing
      if (of === value || of === part || /^(external|namespace|unknown|function|class|parameter)$/.test(of.is)) continue
      textsOf(of as Value, thing, reach, depth + 1, found)
    }
  return found
}

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

/** `new Database(path, { readonly: true })`. */
const opensReadOnly = (call: Call, place: Place, { resolver }: Reach): boolean =>
  call.arguments.some(
    given =>
      given.is === 'record' &&
      given.fields.some(([key, of]) => /^read_?only$/i.test(key) && of.is === 'constant' && of.of === true),
  ) && databases.test((resolver.external(call.callee, place) ?? '').split(':')[0] ?? '')

/** A transaction or a connection that can only read; where that is a choice of somebody, it may not be made. */
const isEnforced = (module: Module, reach: Reach): boolean => {
  const { calls, writes, declarations, guards } = module
  const isAlways = ({ at }: { at: number }): boolean => !guards.some(({ consequent }) => isWithin(at, consequent))
  const says = (value: Value, what: RegExp): boolean =>
    someIn(value, part => part.is === 'text' && what.test(part.text))
  return (
    [...calls, ...[...writes, ...declarations].map(({ value }) => value)].some(value => says(value, reading)) ||
    calls.some(call => isAlways(call) && (says(call, session) || opensReadOnly(call, { module, frames: [] }, reach))) ||
    writes.some(write => isAlways(write) && says(write.value, session))
  )
}

/** Rules that take a statement for one that reads because it begins with WITH. */
export const statementPolicies = (functions: Written[], own: Iterable<Module>, reach: Reach): FirstWord[] => {
  const modules = [...own]
  if (!modules.some(isDatabase)) return []
  const found = functions.flatMap(one => statementPolicy(one, reach))
  return found.length > 0 && modules.some(module => isEnforced(module, reach)) ? [] : found
}
