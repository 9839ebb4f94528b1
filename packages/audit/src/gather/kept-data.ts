import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from './code/values.ts'
import { dataAccess } from './data-access.ts'
import { isInScope, project } from './project.ts'
import { roleOf } from './roles.ts'

/** A place at which the server writes something that is there after it ended. */
export interface KeptData {
  what: string
  path: string
  line: number
}

export interface KeptDataFacts {
  /** Tables that it makes or changes itself. */
  stored: KeptData[]
  /** Databases of which it cannot be told whether they are its own. */
  databases: KeptData[]
  /** Files that it writes, outside the folder for temporary files. */
  written: KeptData[]
  /** Source files that were looked at. */
  files: number
}

const writing = /^\s*(insert|update|replace|merge|create\s+(virtual\s+)?table|alter\s+table|upsert)\b/i

const nodeWrite =
  /^(fs(\/promises)?|fs-extra|graceful-fs):(promises\.)?(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputJson|writeJson)$|^global:Bun\.write$/
const pythonWrite =
  /^pathlib\.Path\(\)(\.\w+(\(\))?)*\.(write_text|write_bytes)$|^(shelve|dbm)\.open$|^aiofiles\.open$|^builtins\.open$/
const temporary = /tmpdir|mkdtemp|gettempdir|NamedTemporaryFile|TemporaryDirectory|^\/tmp\//

const opensToWrite = ({ arguments: given, named }: Call, place: Place, resolver: Resolver): boolean => {
  const mode = fieldOf(named, 'mode') ?? given[1]
  return mode !== undefined && /[wax+]/.test(resolver.text(mode, place) ?? '')
}

const isBelowTemporary = (target: Value, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 5 &&
  resolver.things(target, place).some(thing => {
    const { value } = thing
    if (value.is === 'text') return temporary.test(value.text)
    if (value.is === 'external') return temporary.test(value.path)
    return (
      value.is === 'call' &&
      [value.callee, ...value.arguments].some(each => isBelowTemporary(each, thing, resolver, depth + 1))
    )
  })

const isTemporary = (call: Call, place: Place, resolver: Resolver): boolean => {
  const target = call.callee.is === 'member' && call.arguments.length === 0 ? call.callee.of : call.arguments[0]
  return target !== undefined && isBelowTemporary(target, place, resolver)
}

const writesIn = (module: Module, resolver: Resolver): KeptData[] => {
  const place: Place = { module, frames: [] }
  return module.calls.flatMap((call): KeptData[] => {
    const { callee } = call
    const name = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
    if (!/^(write|append|output|create|open|Bun)/i.test(name)) return []
    const path = resolver.external(callee, place) ?? ''
    const isWrite =
      nodeWrite.test(path) ||
      (pythonWrite.test(path) && (!/(builtins|aiofiles)\.open$/.test(path) || opensToWrite(call, place, resolver)))
    return isWrite && !isTemporary(call, place, resolver)
      ? [{ what: path.replace(/^(global|builtins)[:.]/, ''), path: module.path, line: call.line }]
      : []
  })
}

/** What of the server's work outlives it: tables, databases, files. */
export const keptData = gatherer<
  KeptDataFacts,
  { modules: typeof modules; project: typeof project; dataAccess: typeof dataAccess }
>({
  id: 'kept-data',
  impact: 'read',
  from: 'repository',
  needs: { modules, project, dataAccess },
  gather: (_, { modules, project, dataAccess }) => {
    const resolver = openResolver(modules)
    const own = modules.all.filter(({ path }) => isInScope(project, path))
    const { statements, definitions, clients, libraries } = dataAccess
    return {
      stored: [
        ...statements
          .filter(({ text }) => writing.test(text ?? ''))
          .map(({ text, file, line }) => ({
            what: (text ?? '').trim().split('\n', 1)[0]?.slice(0, 80) ?? '',
            path: file,
            line,
          })),
        ...definitions
          .filter(({ path }) => roleOf(path) === 'server')
          .map(({ path }) => ({ what: 'definitions of tables', path, line: 1 })),
      ],
      databases: [
        ...clients.map(({ product, file, line }) => ({ what: product, path: file, line })),
        ...(clients.length === 0 ? libraries.map(what => ({ what, path: 'the dependencies', line: 1 })) : []),
      ],
      written: own.flatMap(module => writesIn(module, resolver)),
      files: own.length,
    }
  },
})
