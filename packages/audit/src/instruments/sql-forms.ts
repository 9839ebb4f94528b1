/** How a statement quotes a text, and what ends that quote. */
const contexts: { name: string; end: string }[] = [
  { name: 'single quotes', end: "'" },
  { name: 'double quotes', end: '"' },
  { name: 'single quotes in a bracket', end: "')" },
  { name: 'no quotes', end: '' },
]

/** A text that finds nothing by itself. */
const nothing = 'airworthy0'

export interface BooleanForm {
  context: string
  /** Two texts with a condition that holds, and two with one that does not; else they are alike. */
  holds: [string, string]
  fails: [string, string]
}

/** Texts that change what is found when they become part of a statement, and what is found alone. */
export const booleanForms: BooleanForm[] = contexts.map(({ name, end }) => {
  const start = end === '' ? '0' : nothing + end
  const made = (condition: string): string => `${start} OR ${condition} -- `
  return { context: name, holds: [made('7=7'), made('9=9')], fails: [made('7=8'), made('9=8')] }
})

/** No table has this name. */
export const missingTable = 'airworthy_missing'

/** Texts that make a statement wrong when they become part of it. */
export const errorForms = (good: string): string[] => [
  `${good}'`,
  `${good}"`,
  `${good}')`,
  `${good}\\`,
  `${good}'; SELECT * FROM ${missingTable}; -- `,
]

/** A text of the same kind without any meaning in a statement. */
export const harmlessForm = (good: string): string => `${good}0`

/** What databases say of a statement that is no longer one; full-text queries have errors of their own. */
const complaints = [
  /SQLITE_ERROR|sqlite3?\.(Operational|Programming|Database)?(Error|Warning)/i,
  /near "[^"\n]{0,80}": syntax error|unrecognized token: "|unterminated quoted (string|identifier)|incomplete input/i,
  /You can only execute one statement at a time/i,
  /syntax error at or near "/i,
  /You have an error in your SQL syntax/i,
  /Unclosed quotation mark|Incorrect syntax near/i,
  /quoted string not properly terminated|\bORA-\d{5}\b/i,
  /(psycopg2?|asyncpg|pymysql|mysql\.connector|sqlalchemy)\.[\w.]*(Error|Exception)/i,
  /Parser Error: (syntax error|unterminated)|Binder Error:/i,
  new RegExp(`(no such table: |relation "|Table '[^'\\n]*\\.?|Table with name )${missingTable}`, 'i'),
]

/** The words of a database about a broken statement; null without any. */
export const complaintIn = (text: string): string | null => {
  if (/fts\d?: |MATCH expression/i.test(text)) return null
  const found = complaints.map(pattern => pattern.exec(text)).find(match => match !== null)
  return found ? text.slice(Math.max(0, found.index - 20), found.index + 120) : null
}

/** What is wanted of a table that is not there. */
export const saysMissing = (text: string): boolean =>
  text.includes(missingTable) && /no such table|does not exist|doesn't exist|not found|unknown table/i.test(text)

/** Statements that would change something if it were there: their condition never holds. */
export const writingForms = (table: string): { form: string; value: string }[] => [
  { form: 'a plain DELETE', value: `DELETE FROM ${table} WHERE 1=0` },
  { form: 'a DELETE behind a comment', value: `/* SELECT */ DELETE FROM ${table} WHERE 1=0` },
  { form: 'a DELETE behind WITH', value: `WITH a AS (SELECT 1) DELETE FROM ${table} WHERE 1=0 RETURNING 1` },
  { form: 'a DELETE behind a SELECT', value: `SELECT 1; DELETE FROM ${table} WHERE 1=0` },
]

/** Ask for the name of one table, in the words of several databases; the name comes back beside `airworthy_table`. */
export const tableQuestions = [
  "SELECT 'airworthy_table:' || name AS t FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' LIMIT 1",
  "SELECT CONCAT('airworthy_table:', table_schema, '.', table_name) AS t FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema', 'mysql', 'sys', 'performance_schema') LIMIT 1",
]
export const tableIn = (text: string): string | null => /airworthy_table:([\w.]+)/.exec(text)?.[1] ?? null
export const tableOf = (statement: string): string | null =>
  /\b(?:from|join|into|update)\s+["`[]?([\w.]+)/i.exec(statement)?.[1] ?? null
