import type { DatabaseClient } from '../data-access.ts'

/** How many connections a client of a database opens at most. */
export interface PoolLimit {
  /** What limits it, such as `max=10` or `its own limit of 10`; null when nothing does. */
  limit: string | null
  wanted: string
}

interface Names {
  limit: RegExp
  ownLimit: string | null
  wanted: string
}

const names: Record<string, Names> = {
  pg: { limit: /^max$/, ownLimit: '10', wanted: 'max' },
  postgres: { limit: /^max$/, ownLimit: '10', wanted: 'max' },
  mysql2: { limit: /^connectionLimit$/, ownLimit: '10', wanted: 'connectionLimit' },
  mssql: { limit: /(^|\.)pool\.max$/, ownLimit: '10', wanted: 'pool.max' },
  mongodb: { limit: /^maxPoolSize$/, ownLimit: '100', wanted: 'maxPoolSize' },
  mongoose: { limit: /^maxPoolSize$/, ownLimit: '100', wanted: 'maxPoolSize' },
  knex: { limit: /^pool\.max$/, ownLimit: '10', wanted: 'pool.max' },
  sequelize: { limit: /^pool\.max$/, ownLimit: '5', wanted: 'pool.max' },
  typeorm: { limit: /^(poolSize|extra\.(max|connectionLimit))$/, ownLimit: '10', wanted: 'poolSize' },
  prisma: { limit: /connection_limit|^max$/, ownLimit: 'two for each CPU and one more', wanted: 'connection_limit' },
  psycopg_pool: { limit: /^max_size$/, ownLimit: '4', wanted: 'max_size' },
  psycopg: { limit: /^(max_size|maxconn)$/, ownLimit: '4', wanted: 'max_size' },
  asyncpg: { limit: /^max_size$/, ownLimit: '10', wanted: 'max_size' },
  aiomysql: { limit: /^maxsize$/, ownLimit: '10', wanted: 'maxsize' },
  'mysql-connector': { limit: /^pool_size$/, ownLimit: '5', wanted: 'pool_size' },
  pymongo: { limit: /^maxPoolSize$/, ownLimit: '100', wanted: 'maxPoolSize' },
  'redis-py': { limit: /^max_connections$/, ownLimit: null, wanted: 'max_connections' },
  sqlalchemy: { limit: /^pool_size$/, ownLimit: '5, and 10 above it', wanted: 'pool_size and max_overflow' },
}

/** The limit of a client that has a pool; null when it is not known how the library sets it. */
export const poolLimitOf = ({ library, shape, options }: DatabaseClient): PoolLimit | null => {
  if (shape === 'shared') return { limit: 'one connection that carries every command', wanted: 'one connection' }
  const known = names[library]
  if (!known) return null
  const { limit, ownLimit, wanted } = known
  const isBoundless = options.some(
    ({ name, text }) =>
      (name === 'poolclass' && text === 'NullPool') ||
      (name === 'max_overflow' && text === '-1') ||
      text === 'Infinity',
  )
  const given = options.find(({ name }) => limit.test(name))
  if (isBoundless || given?.off) return { limit: null, wanted }
  if (given)
    return { limit: given.text === null ? `${given.name}, from the settings` : `${given.name} = ${given.text}`, wanted }
  return { limit: ownLimit === null ? null : `its own limit of ${ownLimit}`, wanted }
}
