import type { Place, Resolver } from '../../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../../code/values.ts'
import { takesSeveral } from '../transactions.ts'
import { arrivals, nameOf, otherLanguage, plainSelect, several, type Rule } from './arrival.ts'

const isSql =
  /^\W{0,40}(select|insert|update|delete|with|create|drop|alter|pragma|explain|show|merge|replace|truncate|describe|call|exec|use|grant)\s/i
const database = /(^|[._])(db|database|conn|connection|cur|cursor|pool|sql|sqlite|pg|mysql|knex|engine|duckdb)\w*$/i

const isPrepared = ({ callee }: Call, path: string): boolean =>
  /\.prepare\(\)\.\w+$/.test(path) ||
  (callee.is === 'member' &&
    /^(prepare|stmt|statement|prepared)$/i.test(nameOf(callee.of)) &&
    /^(all|get|run|each|raw|query|execute)$/.test(callee.name))

/** `client.query(`SELECT … ${name}`)`: what is put together begins as a statement does. */
const isWritten = (value: Value | undefined, { module, frames }: Place, resolver: Resolver): boolean =>
  value !== undefined &&
  [value, ...resolver.things(value, { module, frames }).map(thing => thing.value)].some(of => {
    const [head] = of.is === 'join' ? of.parts : []
    return head?.is === 'text' && isSql.test(`${head.text} `)
  })

/** Methods that nothing but a database has. */
const ofDatabases =
  /^(\$(query|execute)RawUnsafe|executescript|(batch_)?execute_statement|fetchrow|fetchval|(where|orWhere|andWhere|having|orderBy|groupBy|join|select|from)Raw)$/
/** Libraries for other languages of databases. */
const others =
  /^neo4j(-driver)?[:.].*\.(run|execute_query|executeQuery)$|^azure\.kusto\..*\.(execute|execute_query|execute_mgmt)$|^influxdb_client\..*\.query\w*$|^@influxdata\/influxdb-client:.*\.(collectRows|queryRows|queryRaw|iterateRows)$|^pyathena\..*\.execute$|^cassandra\..*\.execute$|^SPARQLWrapper\..*\.setQuery$/
const statements =
  /^(pg|mysql2?(\/promise)?|better-sqlite3|sqlite3?|node:sqlite|sqlite|postgres|knex|mssql|oracledb|duckdb|@duckdb\/[^:]*|@libsql\/[^:]*|@neondatabase\/[^:]*|@prisma\/[^:]*|sequelize|typeorm|snowflake-sdk|@clickhouse\/[^:]*|@google-cloud\/bigquery):.*\.(query|execute|raw|prepare|exec|all|get|run|each|unsafe|createQueryJob|\$(query|execute)RawUnsafe)$|^typeorm:.*\.(where|andWhere|orWhere|having|orderBy|addOrderBy|groupBy)$|^drizzle-orm(\/[^:]*)?:sql\.raw$|^(sqlite3|psycopg2?|psycopg_pool|asyncpg|pymysql|aiomysql|aiosqlite|MySQLdb|mysql|oracledb|duckdb|pyodbc|sqlalchemy|clickhouse_connect|snowflake|google\.cloud\.bigquery|databases)\b.*\.(execute|executemany|executescript|query|fetch|fetchrow|fetchval|text|command|query_df|query_arrow|query_np|raw_query)$|^(duckdb|snowflake\.snowpark|pyspark\.sql)\b.*\.sql$|^pandas\.read_sql(_query)?$/

/** Services of AWS that take statements: the Data API of RDS and Redshift, PartiQL, Athena. */
const services =
  /^boto3\.(\w+\.)?(Session\(\)\.)?client\(\)\.(execute_statement|batch_execute_statement|start_query_execution)$|^@aws-sdk\/client-(rds-data|redshift-data|dynamodb|athena):(Batch)?(ExecuteStatement|StartQueryExecution)Command(\(\))?$/
const statementNames = ['sql', 'text', 'query', 'sqlText', 'Sql', 'Statement', 'QueryString']

/** `createPool({ multipleStatements: true })`: what the connection was made with. */
const isToldIn = (value: Value, name: string, place: Place, resolver: Resolver, depth = 0): boolean =>
  (depth < 4 &&
    resolver.things(value, place).some(({ value: of, module, frames }) => {
      const isSaid =
        of.is === 'call' &&
        of.arguments.some(one => {
          const told = one.is === 'record' ? fieldOf(one.fields, name) : undefined
          return told?.is === 'constant' && told.of === true
        })
      const inner = of.is === 'call' ? of.callee : null
      return isSaid || (inner?.is === 'member' && isToldIn(inner.of, name, { module, frames }, resolver, depth + 1))
    })) ||
  (depth < 4 && value.is === 'member' && isToldIn(value.of, name, place, resolver, depth + 1))

/** Its own functions change nothing; it takes no others unless the program adds them. */
const sqlite = /^(better-sqlite3|sqlite3?|aiosqlite|node:sqlite|bun:sqlite|@libsql\/client)\b/

/** Kusto takes the name of the database first. */
const placeOf = (path: string): number => (path.startsWith('azure.kusto') ? 1 : 0)

export const sql: Rule = {
  path: new RegExp(`${statements.source}|${others.source}|${services.source}`),
  method:
    /^(query|execute|raw|prepare|exec|all|run|each|unsafe|executemany|executescript|fetchrow|fetchval|(batch_)?execute_statement|\$queryRawUnsafe|\$executeRawUnsafe|text|(where|orWhere|andWhere|having|orderBy|groupBy|join|select|from)Raw)$/,
  look: (call, frame, machine, path) => {
    const spread = fieldOf(call.named, '...')
    const given =
      call.arguments[placeOf(path)] ??
      [...statementNames, 'query_'].map(name => fieldOf(call.named, name)).find(value => value !== undefined) ??
      spread
    // what is given to a prepared statement, or put into a template of its own, is bound
    if (call.tagged || isPrepared(call, path) || (given?.is === 'call' && given.tagged)) return []
    const isDatabase =
      path !== '' ||
      ofDatabases.test(nameOf(call.callee)) ||
      (call.callee.is === 'member' && database.test(nameOf(call.callee.of))) ||
      isWritten(given, { module: frame.module, frames: [] }, machine.resolver)
    const place = { module: frame.module, frames: [] }
    const isSeveral = (): boolean =>
      takesSeveral({ call, path }, name => isToldIn(call.callee, name, place, machine.resolver))
    const program = others.test(path) ? otherLanguage : isSeveral() ? several : sqlite.test(path) ? plainSelect : null
    return arrivals('sql', given, frame, machine)
      .map(arrival => ({ ...arrival, program }))
      .flatMap(arrival => {
        const [datum] = arrival.data
        return datum?.is === 'record'
          ? statementNames
              .flatMap(name => machine.member(datum, name))
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
