import { fieldOf, type Call } from '../../code/values.ts'
import { arrivals, nameOf, type Rule } from './arrival.ts'

const isSql =
  /^\W{0,40}(select|insert|update|delete|with|create|drop|alter|pragma|explain|show|merge|replace|truncate|describe|call|exec|use|grant)\s/i
const database = /(^|[._])(db|database|conn|connection|cur|cursor|pool|sql|sqlite|pg|mysql|knex|engine|duckdb)\w*$/i

const isPrepared = ({ callee }: Call): boolean =>
  callee.is === 'member' &&
  /^(prepare|stmt|statement|prepared)$/i.test(nameOf(callee.of)) &&
  /^(all|get|run|each|raw|query|execute)$/.test(callee.name)

export const sql: Rule = {
  path: /^(pg|mysql2?(\/promise)?|better-sqlite3|sqlite3?|node:sqlite|sqlite|postgres|knex|mssql|oracledb|duckdb|@duckdb\/[^:]*|@libsql\/[^:]*|@neondatabase\/[^:]*|sequelize|typeorm|snowflake-sdk|@clickhouse\/[^:]*):.*\.(query|execute|raw|prepare|exec|all|get|run|each|unsafe)$|^(sqlite3|psycopg2?|psycopg_pool|asyncpg|pymysql|aiomysql|aiosqlite|MySQLdb|mysql|oracledb|duckdb|pyodbc|sqlalchemy|clickhouse_connect|snowflake|google\.cloud\.bigquery|databases)\b.*\.(execute|executemany|executescript|query|fetch|fetchrow|fetchval|text)$|^pandas\.read_sql(_query)?$/,
  method:
    /^(query|execute|raw|prepare|exec|all|run|each|unsafe|executemany|executescript|fetchrow|fetchval|\$queryRawUnsafe|\$executeRawUnsafe|text)$/,
  look: (call, frame, machine, path) => {
    // what is given to a prepared statement is bound
    if (call.tagged || isPrepared(call)) return []
    const isKnown = path !== ''
    const isDatabase = isKnown || (call.callee.is === 'member' && database.test(nameOf(call.callee.of)))
    return arrivals('sql', call.arguments[0] ?? fieldOf(call.named, 'query'), frame, machine)
      .flatMap(arrival => {
        const [datum] = arrival.data
        return datum?.is === 'record'
          ? [...machine.member(datum, 'sql'), ...machine.member(datum, 'text')]
              .filter(({ is }) => is !== 'constant')
              .map(each => ({ ...arrival, data: [each] }))
          : [arrival]
      })
      .filter(({ data: [datum] }) => {
        if (!datum) return false
        if (datum.is === 'text' && isSql.test(datum.text)) return true
        return isDatabase && machine.marks(datum).size > 0
      })
  },
}
