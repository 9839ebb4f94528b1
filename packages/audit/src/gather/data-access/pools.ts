import type { Place, Resolver } from '../code/resolve.ts'
import type { Call } from '../code/values.ts'
import type { DatabaseClient } from '../data-access.ts'
import type { Maker } from './makers.ts'
import type { Option } from './options.ts'

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

const isNullPool = ({ name, text }: Option): boolean => name === 'poolclass' && text === 'NullPool'

/** `mysql.connector.connect(pool_name="a")` lends a connection of a pool that it makes once and keeps by that name. */
const lending = /^pool_(name|size|reset_session)$/

/** Null where what is not in the source may make it a pool: `connect(**settings)`. */
export const shapeOf = (
  { library, shape }: Maker,
  call: Call,
  found: Option[],
  place: Place,
  resolver: Resolver,
): Maker['shape'] | null => {
  if (found.some(isNullPool)) return 'unpooled'
  if (library !== 'mysql-connector' || shape !== 'single') return shape
  const isPut = place.module.writes.some(({ target }) => target.is === 'member' && lending.test(target.name))
  if (isPut || found.some(({ name }) => lending.test(name))) return 'pool'
  const isFollowed = call.named.every(
    ([key, value]) => key !== '...' || resolver.things(value, place).every(thing => thing.value.is === 'record'),
  )
  return isFollowed ? shape : null
}

/** The limit of a client that has a pool; null when it is not known how the library sets it. */
export const poolLimitOf = ({ library, shape, options }: DatabaseClient): PoolLimit | null => {
  if (shape === 'shared') return { limit: 'one connection that carries every command', wanted: 'one connection' }
  const known = names[library]
  if (!known) return null
  const { limit, ownLimit, wanted } = known
  const isBoundless = options.some(
    ({ name, text }) => (name === 'max_overflow' && text === '-1') || text === 'Infinity',
  )
  const given = options.find(({ name }) => limit.test(name))
  if (isBoundless || given?.off || options.some(isNullPool)) return { limit: null, wanted }
  if (given)
    return { limit: given.text === null ? `${given.name}, from the settings` : `${given.name} = ${given.text}`, wanted }
  return { limit: ownLimit === null || shape === 'unpooled' ? null : `its own limit of ${ownLimit}`, wanted }
}
