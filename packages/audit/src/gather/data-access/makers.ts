/** How a library opens a database. */
export interface Maker {
  library: string
  product: string
  called: RegExp
  /**
   * `pool` lends connections, `client` has a pool inside, `shared` sends everything over one connection, `single` is one,
   * `unpooled` looks like a pool and opens one for each use.
   */
  shape: 'pool' | 'client' | 'shared' | 'single' | 'unpooled'
  /** Inside the process of the server; `address` when that depends on the address or the dialect that it is given. */
  embedded: boolean | 'address'
}

type Row = [library: string, product: string, shape: Maker['shape'], called: RegExp]

const remote: Row[] = [
  ['pg', 'PostgreSQL', 'pool', /^pg(-pool)?:(default\.)?(Pool)?$/],
  ['pg', 'PostgreSQL', 'single', /^pg:Client$/],
  ['postgres', 'PostgreSQL', 'client', /^postgres:(postgres)?$/],
  ['mysql2', 'MySQL', 'pool', /^(mysql2|mysql2\/promise|mysql|mariadb):createPool(Cluster)?$/],
  ['mysql2', 'MySQL', 'single', /^(mysql2|mysql2\/promise|mysql|mariadb):createConnection$/],
  ['mssql', 'SQL Server', 'pool', /^mssql:(ConnectionPool|connect)$/],
  ['mongodb', 'MongoDB', 'client', /^mongodb:MongoClient(\.connect)?$/],
  ['mongoose', 'MongoDB', 'client', /^mongoose:(connect|createConnection)$/],
  ['redis', 'Redis', 'shared', /^redis:createClient$/],
  ['redis', 'Redis', 'pool', /^redis:createClientPool$/],
  ['ioredis', 'Redis', 'shared', /^ioredis:(Redis|Cluster)?$/],
  ['psycopg_pool', 'PostgreSQL', 'pool', /^psycopg_pool\.(Async)?ConnectionPool$/],
  ['psycopg_pool', 'PostgreSQL', 'unpooled', /^psycopg_pool\.(Async)?NullConnectionPool$/],
  ['psycopg', 'PostgreSQL', 'pool', /^psycopg2\.pool\.\w+Pool$/],
  ['psycopg', 'PostgreSQL', 'single', /^psycopg2?\.((Async)?Connection\.)?connect$/],
  ['asyncpg', 'PostgreSQL', 'pool', /^asyncpg\.(pool\.)?create_pool$/],
  ['asyncpg', 'PostgreSQL', 'single', /^asyncpg\.connect$/],
  ['aiomysql', 'MySQL', 'pool', /^(aiomysql|asyncmy)\.create_pool$/],
  ['pymysql', 'MySQL', 'single', /^(aiomysql|asyncmy|pymysql|MySQLdb)\.[cC]onnect$/],
  ['mysql-connector', 'MySQL', 'pool', /^mysql\.connector\.(pooling|aio\.pooling)\.MySQLConnectionPool$/],
  ['mysql-connector', 'MySQL', 'single', /^mysql\.connector\.(aio\.)?connect$/],
  ['pymongo', 'MongoDB', 'client', /^(pymongo|motor\.motor_asyncio)\.(Async)?(IOMotor)?(Mongo)?Client$/],
  ['redis-py', 'Redis', 'client', /^redis\.(asyncio\.)?((Strict)?Redis(\.from_url)?|from_url)$/],
]

const byAddress: Row[] = [
  ['knex', 'SQL', 'client', /^knex:(knex|default)?$/],
  ['sequelize', 'SQL', 'client', /^sequelize(-typescript)?:Sequelize$/],
  ['typeorm', 'SQL', 'client', /^typeorm:(DataSource|createConnection)$/],
  ['prisma', 'SQL', 'client', /PrismaClient$/],
  ['libsql', 'libSQL', 'client', /^@libsql\/client(\/\w+)?:createClient$/],
  ['sqlalchemy', 'SQL', 'client', /^(sqlalchemy|sqlmodel)\.(\w+\.)*create_(async_)?engine$/],
]

const embedded: Row[] = [
  ['better-sqlite3', 'SQLite', 'single', /^better-sqlite3:(Database)?$/],
  ['sqlite3', 'SQLite', 'single', /^(@vscode\/)?sqlite3:(verbose\(\)\.)?(cached\.)?Database$|^sqlite:open$/],
  ['node:sqlite', 'SQLite', 'single', /^sqlite:DatabaseSync$/],
  ['bun:sqlite', 'SQLite', 'single', /^bun:sqlite:Database$/],
  ['sql.js', 'SQLite', 'single', /^sql\.js:/],
  [
    'duckdb',
    'DuckDB',
    'single',
    /^(@duckdb\/node-api:DuckDBInstance\.(create|fromCache)|duckdb:Database|duckdb\.connect)$/,
  ],
  ['lowdb', 'a JSON file', 'single', /^lowdb(\/node)?:(JSONFile)?(Low|Preset)\w*$/],
  ['lmdb', 'LMDB', 'single', /^lmdb:open$/],
  ['level', 'LevelDB', 'single', /^level:Level$/],
  ['sqlite3', 'SQLite', 'single', /^(sqlite3|aiosqlite|apsw)\.(dbapi2\.)?(connect|Connection)$/],
  ['tinydb', 'a JSON file', 'single', /^tinydb\.TinyDB$/],
  ['chromadb', 'Chroma', 'single', /^chromadb[.:](Persistent|Ephemeral)Client$/],
]

const rows = (all: Row[], inside: Maker['embedded']): Maker[] =>
  all.map(([library, product, shape, called]) => ({ library, product, shape, called, embedded: inside }))

export const makers: Maker[] = [...rows(remote, false), ...rows(byAddress, 'address'), ...rows(embedded, true)]

/** Dependencies that open a database. */
export const databaseLibraries =
  /^(pg|pg-pool|postgres|mysql2?|mariadb|mssql|mongodb|mongoose|redis|ioredis|knex|sequelize|typeorm|@prisma\/client|kysely|drizzle-orm|@libsql\/client|better-sqlite3|sqlite3|sql\.js|psycopg2?(-binary|-pool)?|asyncpg|aiomysql|asyncmy|pymysql|mysql-connector-python|pymongo|motor|sqlalchemy|sqlmodel|aiosqlite|peewee|tortoise-orm|cassandra-driver|clickhouse-connect|clickhouse-driver|@clickhouse\/client|elasticsearch|@elastic\/elasticsearch|neo4j|neo4j-driver|snowflake-connector-python|pyodbc|oracledb|qdrant-client|@qdrant\/js-client-rest|weaviate(-client|-ts-client)?|pinecone(-client)?|@pinecone-database\/pinecone|pymilvus|@zilliz\/milvus2-sdk-node)$/
