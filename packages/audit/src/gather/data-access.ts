import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import type { Call, Module, Value } from './code/values.ts'
import { databaseLibraries, makers, type Maker } from './data-access/makers.ts'
import { optionsOf, type Option } from './data-access/options.ts'
import { openPerCall } from './data-access/per-call.ts'
import { shapeOf } from './data-access/pools.ts'
import { repeatedFrom } from './data-access/repeated.ts'
import { isInScope, project, type Project } from './project.ts'
import { registrations } from './registrations.ts'

export interface DatabaseClient {
  library: string
  product: string
  shape: Maker['shape']
  /** Settings that are not in the source may make it lend connections of a pool. */
  mayBePool: boolean
  /** Null when the address is not known. */
  embedded: boolean | null
  options: Option[]
  /** Some options could not be followed. */
  open: boolean
  /** It is made for one request and thrown away; null when that depends on the way to it. */
  perCall: boolean | null
  file: string
  line: number
}

export interface Statement {
  /** With `*` for what is put in; null when it is not SQL, or put together elsewhere. */
  text: string | null
  method: string
  /** The loop that runs it once for each element. */
  repeated: { file: string; line: number } | null
  /** It has a timeout of its own. */
  timed: boolean
  file: string
  line: number
}

export interface DataAccess {
  clients: DatabaseClient[]
  statements: Statement[]
  /** Texts of the files that make tables: migrations, schemas. */
  definitions: { path: string; text: string }[]
  /** Libraries for databases among the dependencies. */
  libraries: string[]
  /** Source files of the server that were looked at. */
  files: number
}

const local = /^(file:|sqlite|:memory:|duckdb)|\.(db|sqlite3?)$|^better-sqlite3$/i

/** In the process when its address or its dialect says so; undecided when that comes from outside. */
const isEmbedded = ({ embedded }: Maker, options: Option[], provider: string | null): boolean | null => {
  if (embedded !== 'address') return embedded
  const told = options.filter(({ name }) =>
    /^(address|client|dialect|type|url|storage|database|connection(\.filename)?)$/.test(name),
  )
  const texts = [...told.flatMap(({ text }) => (text === null ? [] : [text])), ...(provider ? [provider] : [])]
  if (texts.some(text => local.test(text))) return true
  return texts.some(text => /^[a-z0-9+*]+:\/\/|postgres|^pg|mysql|maria|mssql|cockroach|oracle|mongo/i.test(text))
    ? false
    : null
}

const sql = /^\s*(select|insert|update|delete|with|replace|merge|create|alter|drop|truncate|set|begin|call)\b/i
const executing =
  /^(query|execute|executemany|fetch|fetchrow|fetchval|fetchmany|run|all|get|each|prepare|raw|unsafe|exec|text|\$queryRaw|\$executeRaw|\$queryRawUnsafe|iterate|scalar|scalars)$/
const objectMethods =
  /^(find|findOne|findMany|findUnique|findFirst|findById|findByPk|findAll|find_one|insertOne|insert_one|updateOne|update_one|deleteOne|delete_one|create|update|upsert|delete|aggregate|count|countDocuments|count_documents)$/

/** The text of a statement, `*` for what is put into it. */
const textOf = (value: Value | undefined, place: Place, resolver: Resolver, depth = 0): string | null => {
  if (!value || depth > 8) return null
  if (value.is === 'join') return value.parts.map(part => textOf(part, place, resolver, depth + 1) ?? '*').join('')
  const found = resolver.things(value, place)
  const [only] = found
  if (found.length === 1 && only?.value.is === 'call') return textOf(only.value.arguments[0], only, resolver, depth + 1)
  const direct =
    value.is === 'name'
      ? place.module.declarations.find(({ name, value: kept }) => name === value.name && kept.is === 'join')
      : undefined
  return resolver.text(value, place) ?? (direct ? textOf(direct.value, place, resolver, depth + 1) : null)
}

const isTimed = ({ arguments: given, named }: Call): boolean =>
  named.some(([key]) => /timeout|maxTimeMS|max_time_ms/i.test(key)) ||
  given.some(each => each.is === 'record' && each.fields.some(([key]) => /^(timeout|maxTimeMS|signal)$/.test(key)))

const statementsIn = (module: Module, resolver: Resolver): Statement[] => {
  const place: Place = { module, frames: [] }
  return module.calls.flatMap((call): Statement[] => {
    const { callee, line } = call
    const method = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
    const [first] = call.arguments
    const inRecord = first?.is === 'record' ? first.fields.find(([key]) => key === 'text' || key === 'sql')?.[1] : first
    const text = call.tagged || executing.test(method) ? textOf(inRecord, place, resolver) : null
    const isSql = text !== null && sql.test(text)
    const isObject =
      objectMethods.test(method) &&
      makers.some(({ called, embedded }) => {
        const path = embedded === true ? '' : (resolver.external(callee, place) ?? '')
        return path.includes('().') && called.test(path.slice(0, path.indexOf('()')))
      })
    if (!isSql && !isObject) return []
    const repeated = repeatedFrom(call, module, resolver)
    return [{ text: isSql ? text : null, method, repeated, timed: isTimed(call), file: module.path, line }]
  })
}

/** Options that are handed over by name, where limits are put into fields of something: `config.connectTimeout = …`. */
const isFilledLater = (call: Call, { writes }: Module): boolean =>
  call.arguments.some(given => given.is === 'name' || given.is === 'call') &&
  writes.some(
    ({ target }) =>
      target.is === 'member' &&
      target.of.is === 'name' &&
      !/^(this|self|cls)$/.test(target.of.name) &&
      /time_?out|max|limit|millis/i.test(target.name),
  )

const declaredLibraries = ({ node, python, requirements, scope }: Project): string[] => {
  const here = [...node, ...python].filter(({ directory }) => directory === scope.directory)
  // a driver may be left for those who need it to install
  const names = here.flatMap(each =>
    'bin' in each
      ? Object.keys({ ...each.dependencies, ...each.optionalDependencies, ...each.peerDependencies })
      : each.dependencies.map(({ name }) => name),
  )
  const listed = requirements
    .filter(({ path }) => /(^|\/)requirements\.txt$/.test(path))
    .flatMap(({ entries }) => entries.map(({ name }) => name))
  return [...new Set([...names, ...listed])].filter(name => databaseLibraries.test(name))
}

/** Where the server opens databases, with which options, and which statements it runs. */
export const dataAccess = gatherer<
  DataAccess,
  { modules: typeof modules; project: typeof project; registrations: typeof registrations }
>({
  id: 'data-access',
  impact: 'read',
  from: 'repository',
  needs: { modules, project, registrations },
  gather: async ({ repository }, { modules: source, project, registrations }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const perCall = openPerCall(own, registrations, resolver)
    const schema = (repository?.files ?? []).find(path => path.endsWith('.prisma'))
    const provider = /datasource\s+\w+\s*\{[^}]{0,2000}?provider\s*=\s*"(\w+)"/.exec(
      (schema && (await repository?.text(schema))) ?? '',
    )?.[1]
    const clients = own.flatMap(module =>
      module.calls.flatMap((call): DatabaseClient[] => {
        const place: Place = { module, frames: [] }
        const path = resolver.external(call.callee, place)
        const maker = path === null ? undefined : makers.find(({ called }) => called.test(path))
        if (!maker) return []
        const { found, open: isOpen } = optionsOf(call, place, resolver)
        const open = isOpen || isFilledLater(call, module)
        const { library, product } = maker
        const shape = shapeOf(maker, call, found, place, resolver)
        // each such call takes a connection of the pool of that name
        const isLent = maker.shape === 'single' && shape === 'pool'
        const embedded = isEmbedded(maker, found, library === 'prisma' ? (provider ?? null) : null)
        const made = isLent ? false : perCall.differs(call, module) ? null : perCall.makes(call, module)
        return [
          {
            library,
            product,
            shape: shape ?? maker.shape,
            mayBePool: shape === null,
            embedded,
            options: found,
            open,
            perCall: made,
            file: module.path,
            line: call.line,
          },
        ]
      }),
    )
    const scripts = (repository?.files ?? [])
      .filter(path => path.endsWith('.sql') && isInScope(project, path))
      .slice(0, 500)
    const texts = await Promise.all(scripts.map(async path => ({ path, text: (await repository?.text(path)) ?? '' })))
    return {
      clients,
      statements: clients.length === 0 ? [] : own.flatMap(module => statementsIn(module, resolver)),
      definitions: texts.filter(
        ({ text }) => /\bcreate\s+table\b/i.test(text) || /\bcreate\s+(unique\s+)?index\b/i.test(text),
      ),
      libraries: declaredLibraries(project),
      files: own.length,
    }
  },
})
