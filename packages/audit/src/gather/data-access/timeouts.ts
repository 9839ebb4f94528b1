import type { DataAccess, DatabaseClient } from '../data-access.ts'

/** How long it is waited for a connection, and for the answer to a statement. */
export interface DatabaseTimeouts {
  client: DatabaseClient
  /** What sets it, such as `connectionTimeoutMillis` or `its own default of 10 s`; null when nothing does. */
  connect: string | null
  statement: string | null
  /** How both are called in this library. */
  wanted: string
}

interface Names {
  connect: RegExp
  /** Applied where nothing is said. */
  connectDefault?: string
  statement: RegExp
  wanted: string
}

const inAddress = (names: string): string =>
  `^(address|url|uri|dsn|conninfo|connectionString|connection|datasourceUrl)=.*[?&\\s](${names})=`
const named = (names: string): RegExp => new RegExp(`(^|\\.)(${names})=|${inAddress(names)}`)

const names: Record<string, Names> = {
  pg: {
    connect: named('connectionTimeoutMillis|connect_timeout'),
    statement: new RegExp(`(^|\\.)(statement_timeout|query_timeout)=|statement_timeout`),
    wanted: 'connectionTimeoutMillis and statement_timeout',
  },
  postgres: {
    connect: named('connect_timeout'),
    connectDefault: '30 s',
    statement: /statement_timeout/,
    wanted: 'connect_timeout and connection.statement_timeout',
  },
  mysql2: {
    connect: named('connectTimeout'),
    connectDefault: '10 s',
    statement: /max_execution_time|max_statement_time/,
    wanted: 'connectTimeout, and a timeout with each query',
  },
  mssql: {
    connect: named('connectionTimeout'),
    connectDefault: '15 s',
    statement: named('requestTimeout'),
    wanted: 'connectionTimeout and requestTimeout',
  },
  mongodb: {
    connect: named('serverSelectionTimeoutMS|connectTimeoutMS'),
    connectDefault: '30 s',
    statement: named('timeoutMS|socketTimeoutMS'),
    wanted: 'timeoutMS',
  },
  mongoose: {
    connect: named('serverSelectionTimeoutMS|connectTimeoutMS'),
    connectDefault: '30 s',
    statement: named('timeoutMS|socketTimeoutMS'),
    wanted: 'timeoutMS',
  },
  redis: {
    connect: named('connectTimeout'),
    connectDefault: '5 s',
    statement: named('socketTimeout|commandOptions\\.timeout|pingInterval'),
    wanted: 'socket.connectTimeout and commandOptions.timeout',
  },
  ioredis: {
    connect: named('connectTimeout'),
    connectDefault: '10 s',
    statement: named('commandTimeout|socketTimeout'),
    wanted: 'connectTimeout and commandTimeout',
  },
  knex: {
    connect: named('acquireConnectionTimeout|connectionTimeoutMillis|connectTimeout'),
    connectDefault: '60 s',
    statement: /statement_timeout|query_timeout|requestTimeout/,
    wanted: 'acquireConnectionTimeout and connection.statement_timeout',
  },
  sequelize: {
    connect: named('acquire|connectTimeout'),
    connectDefault: '60 s',
    statement: /statement_timeout|query_timeout|requestTimeout|max_statement_time/,
    wanted: 'pool.acquire and dialectOptions.statement_timeout',
  },
  typeorm: {
    connect: named('connectTimeoutMS|connectionTimeoutMillis|connectTimeout'),
    statement: /statement_timeout|query_timeout|requestTimeout/,
    wanted: 'connectTimeoutMS and extra.statement_timeout',
  },
  prisma: {
    connect: named('connect_timeout|connectionTimeoutMillis'),
    connectDefault: '5 s',
    statement: /statement_timeout|socket_timeout|query_timeout/,
    wanted: 'connect_timeout and statement_timeout',
  },
  psycopg: {
    connect: /connect_timeout/,
    statement: /statement_timeout/,
    wanted: 'connect_timeout and options="-c statement_timeout=..."',
  },
  psycopg_pool: {
    connect: named('timeout|connect_timeout'),
    connectDefault: '30 s',
    statement: /statement_timeout/,
    wanted: 'timeout and kwargs={"options": "-c statement_timeout=..."}',
  },
  asyncpg: {
    connect: named('timeout'),
    connectDefault: '60 s',
    statement: /(^|\.)command_timeout=|statement_timeout/,
    wanted: 'timeout and command_timeout',
  },
  aiomysql: {
    connect: named('connect_timeout'),
    statement: /max_execution_time|max_statement_time/,
    wanted: 'connect_timeout and max_execution_time',
  },
  pymysql: {
    connect: named('connect_timeout|connection_timeout'),
    connectDefault: '10 s',
    statement: named('read_timeout'),
    wanted: 'connect_timeout and read_timeout',
  },
  'mysql-connector': {
    connect: named('connect_timeout|connection_timeout'),
    statement: /(^|\.)read_timeout=|max_execution_time/,
    wanted: 'connection_timeout and read_timeout',
  },
  pymongo: {
    connect: named('serverSelectionTimeoutMS|connectTimeoutMS'),
    connectDefault: '30 s',
    statement: named('timeoutMS|socketTimeoutMS'),
    wanted: 'timeoutMS',
  },
  'redis-py': {
    connect: named('socket_connect_timeout|socket_timeout'),
    statement: named('socket_timeout'),
    wanted: 'socket_connect_timeout and socket_timeout',
  },
  sqlalchemy: {
    connect: /(^|\.)connect_args(\.|=.*)(connect_timeout|connection_timeout|timeout)=|[?&]connect_timeout=/,
    statement: /statement_timeout|(^|\.)connect_args\.(command_timeout|read_timeout)=/,
    wanted: 'connect_args with connect_timeout and options="-c statement_timeout=..."',
  },
}

/** `SET statement_timeout = 5000` on the connection does the same. */
const setsTimeout = /\bset\b.{0,40}\b(statement_timeout|max_execution_time|max_statement_time|lock_timeout)\b/i

const written = ({ options }: DatabaseClient): { name: string; line: string }[] =>
  options
    .filter(({ off }) => !off)
    .map(({ name, text }) => ({ name: name || 'address', line: `${name || 'address'}=${text ?? ''}` }))

/** Which timeouts a client of a database has; null for libraries whose options are not known here. */
export const timeoutsOf = (client: DatabaseClient, { statements }: DataAccess): DatabaseTimeouts | null => {
  const known = names[client.library]
  if (!known) return null
  const options = written(client)
  const connect = options.find(({ line }) => known.connect.test(line))
  const statement = options.find(({ line }) => known.statement.test(line))
  const set = statements.find(({ text }) => text !== null && setsTimeout.test(text))
  const own = statements.filter(({ text }) => text === null || !/^\s*(set|begin)\b/i.test(text))
  const isEach = own.length > 0 && own.every(({ timed }) => timed)
  return {
    client,
    connect: connect?.name ?? (known.connectDefault ? `its own default of ${known.connectDefault}` : null),
    statement:
      statement?.name ??
      (set
        ? `${set.text?.trim().slice(0, 60)} in ${set.file}:${set.line}`
        : isEach
          ? 'a timeout with each statement'
          : null),
    wanted: known.wanted,
  }
}
