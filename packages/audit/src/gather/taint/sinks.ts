import { fieldOf, visibleAt, type Call, type Module, type Value } from '../code/values.ts'
import type { Resolver } from '../code/resolve.ts'
import { holds, type Datum, type Frame } from './data.ts'
import type { Machine } from './machine.ts'
import { textOf } from './texts.ts'

/** What comes to a place where a text of an attacker would do harm. */
export interface Arrival {
  kind: 'file' | 'shell' | 'program' | 'arguments' | 'sql' | 'url' | 'pattern' | 'code'
  /** What arrives; the arguments of a program are several. */
  data: Datum[]
  /** The program that gets the arguments; null when it is not known. */
  program: string | null
}

interface Rule {
  /** Names outside the repository. */
  path: RegExp
  /** Methods of objects that are not known, and what else has to hold for them. */
  method?: RegExp
  look: (call: Call, frame: Frame, machine: Machine, path: string) => Arrival[]
}

const at = (call: Call, index: number, named?: string): Value | undefined =>
  (named === undefined ? undefined : fieldOf(call.named, named)) ?? call.arguments[index]

const arrivals = (kind: Arrival['kind'], value: Value | undefined, frame: Frame, machine: Machine): Arrival[] =>
  value ? machine.values(value, frame).map(datum => ({ kind, data: [datum], program: null })) : []

const js = '(fs|fs/promises|fs-extra|graceful-fs):(promises\\.)?'
const one =
  '(readFile|writeFile|appendFile|readdir|opendir|unlink|rm|rmdir|mkdir|truncate|open|cp|copyFile|rename|symlink|link|chmod|chown|utimes|readlink|watch|watchFile|createReadStream|createWriteStream|outputFile|outputJson|outputJSON|readJson|readJSON|writeJson|writeJSON|remove|emptyDir|ensureDir|ensureFile|move|copy)(Sync)?'
const twoPaths = /(cp|copy\w*|rename|symlink|link|move|replace|copytree)(Sync)?$/

const files: Rule = {
  path: new RegExp(
    `^${js}${one}$|^global:(Bun\\.(file|write)|Deno\\.(read|write|open|remove|mkdir)\\w*)$|^(builtins|io|codecs|aiofiles|os)\\.open$|^os\\.(remove|unlink|rmdir|removedirs|mkdir|makedirs|listdir|scandir|walk|rename|replace|symlink|link|truncate|chmod)$|^shutil\\.(copy2?|copyfile|copytree|move|rmtree)$|^PIL\\.Image\\.open$|^zipfile\\.ZipFile$|^tarfile\\.open$|^(pandas\\.read_(csv|excel|json|parquet|table|xml|feather|pickle)|numpy\\.(load|loadtxt|genfromtxt))$`,
  ),
  look: (call, frame, machine, path) => [
    ...arrivals('file', at(call, 0, 'file'), frame, machine),
    ...(twoPaths.test(path) ? arrivals('file', at(call, 1, 'dst'), frame, machine) : []),
  ],
}

/** Methods of pathlib, on what is certain to be a path. */
const pathMethods: Rule = {
  path: /^pathlib\.\w+\(\)(\.\w+(\(\))?)*\.(read_text|write_text|read_bytes|write_bytes|iterdir|rglob|glob|unlink|mkdir|rmdir|touch|open|rename|symlink_to|hardlink_to)$/,
  method:
    /^(read_text|write_text|read_bytes|write_bytes|iterdir|rglob|glob|unlink|mkdir|rmdir|touch|open|rename|symlink_to|hardlink_to)$/,
  look: ({ callee }, frame, machine) =>
    callee.is === 'member'
      ? arrivals('file', callee.of, frame, machine).filter(
          ({ data: [datum] }) =>
            (datum?.is === 'text' && datum.as === 'path') ||
            (datum?.is === 'some' && datum.marks.size > 0 && /^(read|write)_/.test(callee.name)),
        )
      : [],
}

const isTrue = (value: Value | undefined, frame: Frame, machine: Machine): boolean =>
  value !== undefined && machine.values(value, frame).some(datum => datum.is !== 'some' && holds(datum) === true)

/** Options are the last record of the arguments. */
const optionOf = (call: Call, name: string, frame: Frame, machine: Machine): boolean =>
  call.arguments.some(argument =>
    machine
      .values(argument, frame)
      .some(
        datum =>
          datum.is === 'record' &&
          machine.member(datum, name).some(each => each.is !== 'some' && each.is !== 'input' && holds(each) === true),
      ),
  )

const programOf = (datum: Datum | undefined, machine: Machine): string | null =>
  datum && machine.marks(datum).size === 0 ? textOf(datum, false, machine) : null

/** A program and the list of its arguments. */
const started = (programs: Datum[], lists: Datum[][], machine: Machine): Arrival[] =>
  programs.flatMap((program): Arrival[] => [
    { kind: 'program', data: [program], program: null },
    ...lists.map((data): Arrival => ({ kind: 'arguments', data, program: programOf(program, machine) })),
  ])

const shells: Rule = {
  path: /^child_process:(exec|execSync)$|^shelljs:(default\.)?exec$|^os\.(system|popen)$|^subprocess\.(getoutput|getstatusoutput)$|^asyncio\.(subprocess\.)?create_subprocess_shell$|^commands\.getoutput$/,
  look: (call, frame, machine) => arrivals('shell', at(call, 0, 'cmd'), frame, machine),
}

const spawned: Rule = {
  path: /^child_process:(spawn|spawnSync|execFile|execFileSync|fork)$|^(cross-spawn|nano-spawn|tinyexec|node-pty):\w*(\.sync)?$|^execa:(execa|execaSync|default)?$/,
  look: (call, frame, machine) => {
    const programs = call.arguments[0] ? machine.values(call.arguments[0], frame) : []
    const lists = (call.arguments[1] ? machine.values(call.arguments[1], frame) : []).flatMap(list => {
      const items =
        list.is === 'some' && list.marks.size > 0 ? [list] : list.is === 'record' ? null : machine.items(list)
      return items ? [items] : []
    })
    if (!optionOf(call, 'shell', frame, machine)) return started(programs, lists, machine)
    const whole = lists[0] ?? []
    return programs.flatMap(program => shellLine([program, ...whole], machine))
  },
}

/** A list of words that a shell puts together with blanks. */
const shellLine = (words: Datum[], machine: Machine): Arrival[] => {
  const texts = words.map(word => (word.is === 'text' ? word.text : textOf(word, false, machine)))
  const marks = new Set(words.flatMap(word => [...machine.marks(word)]))
  const data: Datum = texts.every(text => text !== null)
    ? { is: 'text', text: texts.join(' '), marks, as: 'text' }
    : { is: 'some', path: null, marks, why: 'words that are put together' }
  return [{ kind: 'shell', data: [data], program: null }]
}

const pythonProcesses: Rule = {
  path: /^subprocess\.(run|call|check_call|check_output|Popen)$|^asyncio\.(subprocess\.)?create_subprocess_exec$|^os\.(exec|spawn)\w+$|^anyio\.(run_process|open_process)$/,
  look: (call, frame, machine, path) => {
    const first = at(call, 0, 'args')
    const found = first ? machine.values(first, frame) : []
    if (isTrue(fieldOf(call.named, 'shell'), frame, machine))
      return found.map(datum => ({ kind: 'shell', data: [datum], program: null }))
    if (/create_subprocess_exec$/.test(path)) {
      const words = call.arguments.flatMap(argument =>
        argument.is === 'spread'
          ? machine.values(argument.of, frame).flatMap(list => machine.items(list) ?? [list])
          : machine.values(argument, frame).slice(0, 1),
      )
      return started(words.slice(0, 1), [words.slice(1)], machine)
    }
    return found.flatMap(list => {
      const items = machine.items(list)
      if (items) return started(items.slice(0, 1), [items.slice(1)], machine)
      return [{ kind: 'program' as const, data: [list], program: null }]
    })
  },
}

/** `repo.git.diff(target)` of GitPython starts git with what it is given. */
const gitPython: Rule = {
  path: /^git\.(repo\.)?(base\.)?Repo(\.init|\.clone_from)?\(\)\.git\.\w+$/,
  look: (call, frame, machine) => [
    {
      kind: 'arguments',
      data: call.arguments.flatMap(argument =>
        argument.is === 'spread'
          ? machine.values(argument.of, frame).flatMap(list => machine.items(list) ?? [list])
          : machine.values(argument, frame),
      ),
      program: 'git',
    },
  ],
}

const isSql =
  /^\W{0,40}(select|insert|update|delete|with|create|drop|alter|pragma|explain|show|merge|replace|truncate|describe|call|exec|use|grant)\s/i
const database = /(^|[._])(db|database|conn|connection|cur|cursor|pool|sql|sqlite|pg|mysql|knex|engine|duckdb)\w*$/i

const sql: Rule = {
  path: /^(pg|mysql2?(\/promise)?|better-sqlite3|sqlite3?|node:sqlite|sqlite|postgres|knex|mssql|oracledb|duckdb|@duckdb\/[^:]*|@libsql\/[^:]*|@neondatabase\/[^:]*|sequelize|typeorm|snowflake-sdk|@clickhouse\/[^:]*):.*\.(query|execute|raw|prepare|exec|all|get|run|each|unsafe)$|^(sqlite3|psycopg2?|psycopg_pool|asyncpg|pymysql|aiomysql|aiosqlite|MySQLdb|mysql|oracledb|duckdb|pyodbc|sqlalchemy|clickhouse_connect|snowflake|google\.cloud\.bigquery|databases)\b.*\.(execute|executemany|executescript|query|fetch|fetchrow|fetchval|text)$|^pandas\.read_sql(_query)?$/,
  method:
    /^(query|execute|raw|prepare|exec|all|run|each|unsafe|executemany|executescript|fetchrow|fetchval|\$queryRawUnsafe|\$executeRawUnsafe|text)$/,
  look: (call, frame, machine, path) => {
    if (call.tagged) return []
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

const nameOf = (value: Value): string =>
  value.is === 'name' || value.is === 'member' ? value.name : value.is === 'call' ? nameOf(value.callee) : ''

const requests: Rule = {
  path: /^global:(globalThis\.)?fetch$|^(node-fetch|cross-fetch|undici|got|ky|axios|superagent|needle|@adobe\/fetch|ofetch|wretch):(default|fetch|request|stream|ofetch|\$fetch)?(\(\))?(\.?(get|post|put|patch|delete|head|request|stream|create\(\)\.\w+|extend\(\)\.\w+))?$|^axios:create\(\)(\.(get|post|put|patch|delete|head|request))?$|^https?:(get|request)$|^(requests|httpx)\.(get|post|put|patch|delete|head|options|request|stream)$|^(requests\.Session|httpx\.(Async)?Client|aiohttp\.ClientSession)\(\)\.(get|post|put|patch|delete|head|options|request|stream|send)$|^urllib\.request\.(urlopen|urlretrieve|Request)$|^urllib3\.PoolManager\(\)\.request$/,
  method: /^goto$/,
  look: (call, frame, machine, path) => {
    const isSecond = /\.(request|stream)$/.test(path) && /^(requests|httpx|aiohttp|urllib3)/.test(path)
    const value = fieldOf(call.named, 'url') ?? call.arguments[isSecond ? 1 : 0]
    return arrivals('url', value, frame, machine).flatMap(arrival => {
      const [datum] = arrival.data
      if (datum?.is !== 'record') return [arrival]
      return machine.member(datum, 'url').map(each => ({ ...arrival, data: [each] }))
    })
  },
}

const patterns: Rule = {
  path: /^global:RegExp$|^re\.(compile|search|match|fullmatch|findall|finditer|sub|subn|split)$/,
  look: (call, frame, machine) => arrivals('pattern', at(call, 0, 'pattern'), frame, machine),
}

const code: Rule = {
  path: /^global:(eval|Function)$|^vm:(runIn\w+|Script|compileFunction)$|^builtins\.(eval|exec)$/,
  look: (call, frame, machine) =>
    arrivals('code', call.arguments.at(/Function$/.test(nameOf(call.callee)) ? -1 : 0), frame, machine),
}

const rules = [files, pathMethods, shells, spawned, pythonProcesses, gitPython, sql, requests, patterns, code]

export interface Sink {
  call: Call
  module: Module
  rule: Rule
  /** The name it has outside the repository; empty for a method of something that is not known. */
  path: string
  /** As people write it. */
  what: string
}

const written = (value: Value): string =>
  value.is === 'name'
    ? value.name
    : value.is === 'member'
      ? `${written(value.of)}.${value.name}`
      : value.is === 'call'
        ? `${written(value.callee)}()`
        : '…'

/** `session: aiohttp.ClientSession`: what a parameter is said to be. */
const byType = (value: Value, module: Module, resolver: Resolver): string[] => {
  if (value.is !== 'name' || module.language !== 'python') return []
  return visibleAt(module, value.name, value.at).flatMap(({ type }) => {
    const [head, ...rest] = (type ?? '').split('.')
    if (!head) return []
    const named = rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), {
      is: 'name',
      name: head,
      at: 0,
    })
    const path = resolver.external(named, { module, frames: [] })
    return path ? [`${path}()`] : []
  })
}

const chain = (value: Value): { root: Value; rest: string } => {
  if (value.is !== 'member') return { root: value, rest: '' }
  const { root, rest } = chain(value.of)
  return { root, rest: `${rest}.${value.name}` }
}

/** The names of what is called, outside the repository. */
const pathsOf = ({ callee }: Call, module: Module, resolver: Resolver): { paths: string[]; isOpen: boolean } => {
  const place = { module, frames: [] }
  const paths: string[] = []
  let isOpen = false
  for (const { value, module: from, frames } of resolver.things(callee, place)) {
    if (value.is === 'external') paths.push(value.path)
    else if (
      value.is === 'call' &&
      value.arguments[0] &&
      resolver.external(value.callee, { module: from, frames }) === 'util:promisify'
    ) {
      const inner = resolver.external(value.arguments[0], { module: from, frames })
      if (inner) paths.push(inner)
    } else if (value.is !== 'function' && value.is !== 'class') isOpen = true
  }
  if (paths.length === 0) {
    const { root, rest } = chain(callee)
    paths.push(...byType(root, module, resolver).map(path => `${path}${rest}`))
  }
  return { paths: [...new Set(paths)], isOpen }
}

const lastNames =
  /^(eval|Function|RegExp|fetch|axios|got|ky|open|exec|spawn|execa|goto)$|^(?!then$|map$|push$|log$|get$|info$|error$|json$|trim$|join$)/

/** The places in a function that a text of an attacker must not reach. */
export const sinksIn = (calls: Call[], module: Module, resolver: Resolver): Sink[] =>
  calls.flatMap((call): Sink[] => {
    const name = nameOf(call.callee)
    if (name !== '' && !lastNames.test(name) && name !== 'get') return []
    const { paths, isOpen } = pathsOf(call, module, resolver)
    const what = written(call.callee).slice(-60)
    for (const path of paths) {
      const rule = rules.find(each => each.path.test(path))
      if (rule) return [{ call, module, rule, path, what }]
    }
    const isKnown = paths.length > 0 && !paths.some(path => /\(\)|\[/.test(path))
    if (call.callee.is !== 'member' || (isKnown && !isOpen)) return []
    return rules.filter(each => each.method?.test(name)).map(rule => ({ call, module, rule, path: '', what }))
  })
