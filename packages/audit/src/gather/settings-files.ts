import { gatherer } from '../core/item.ts'
import { isEnvironmentPath, isSettingsClass } from './code/origin.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { someIn } from './code/parts.ts'
import { innermost, nameOf, type Call, type Module, type Value } from './code/values.ts'
import { isInScope, project, type Project } from './project.ts'
import { trees, type Trees } from './trees.ts'

/** A file of settings that the server reads. */
export interface SettingsFile {
  /** How it is read, such as `dotenv.config`. */
  how: string
  /** What holds where both the file and the environment say something. */
  wins: 'environment' | 'file' | 'undecided'
  /** The server starts without it. */
  optional: boolean
  file: string
  line: number
}

export interface SettingsFiles {
  found: SettingsFile[]
  /** Source files of the server that were looked at. */
  files: number
}

/** Readers that leave alone what the environment has already, and do nothing where the file is missing. */
const gentle =
  /^(dotenv|@dotenvx\/dotenvx|dotenv-flow|dotenv-defaults|dotenv-safe):(default\.)?config$|^dotenv\.(main\.)?load_dotenv$|^environs\.(\w*Env)\(\)\.read_env$|^dynaconf\.(Dynaconf|LazySettings)$|^decouple\.(AutoConfig|Config)$|^starlette\.config\.Config$/
/** Files in a format of the project's own. */
const parsers =
  /^(global:JSON\.parse|yaml:(default\.)?(parse|load)|js-yaml:(default\.)?load|smol-toml:parse|(@iarna\/)?toml:(default\.)?parse|json5:(default\.)?parse|ini:(default\.)?parse|tomllib\.loads?|tomli\.loads?|toml\.loads?|yaml\.(safe_)?load|json\.loads?|configparser\.\w+\(\)\.read)$/
const searching =
  /^(cosmiconfig:\w+\(\)\.(search|load)|c12:loadConfig|rc:(default)?|nconf:file|nconf:(default\.)?\w+\(\)\.file|convict:(default)?\(\)\.loadFile|lilconfig:\w+\(\)\.(search|load))$/

const isInside = ({ at, end }: { at: number; end: number }, offset: number): boolean => at <= offset && offset < end

const isCaught = (at: number, { tries }: Module): boolean =>
  tries.some(({ body, handlers }) => handlers.length > 0 && isInside(body, at))

/** Behind a look whether the file is there. */
const isLookedFor = (at: number, { guards }: Module): boolean =>
  guards.some(
    ({ test, consequent }) =>
      isInside(consequent, at) &&
      someIn(test, part => part.is === 'call' && /exists|is_?file|access|stat/i.test(nameOf(part.callee))),
  )

/** In a `try`, or behind a condition, or in a function that is only called where the file is looked for. */
const isGuarded = (at: number, module: Module): boolean => {
  const { branches, functions, calls, declarations } = module
  if (isCaught(at, module) || branches.some(branch => isInside(branch, at))) return true
  const around = innermost(functions, at)
  const name = around?.name ?? declarations.find(({ value }) => value === around)?.name
  const callers = around && name ? calls.filter(({ callee }) => nameOf(callee) === name) : []
  return callers.length > 0 && callers.every(call => isLookedFor(call.at, module))
}

const isOn = (value: Value | undefined): boolean => value?.is === 'constant' && value.of === true

const named = (call: Call, names: RegExp, place: Place, resolver: Resolver): Value | undefined =>
  call.named.findLast(([key]) => names.test(key))?.[1] ??
  call.arguments
    .flatMap(argument =>
      resolver.things(argument, place).flatMap(({ value }) => (value.is === 'record' ? value.fields : [])),
    )
    .findLast(([key]) => names.test(key))?.[1]

/** Something that is called after settings, or a place that a variable named after settings holds. Each value is looked at once. */
const isSettingsPath = (value: Value, place: Place, resolver: Resolver, seen = new Set<Value>()): boolean => {
  if (seen.has(value) || seen.size > 100) return false
  seen.add(value)
  const any = (values: Value[]): boolean => values.some(each => isSettingsPath(each, place, resolver, seen))
  const text = resolver.text(value, place)
  if (text !== null) return /(^|[/._-])(config|settings|preferences)[^/]*\.(json5?|ya?ml|toml|ini)$/i.test(text)
  if (value.is === 'call') return any([...(value.callee.is === 'member' ? [value.callee.of] : []), ...value.arguments])
  if (value.is === 'join') return any(value.parts)
  if (value.is === 'either') return any([value.first, value.second])
  if (value.is !== 'name' && value.is !== 'member') return false
  return resolver.things(value, place).some(thing => {
    const { value: found } = thing
    if (found.is === 'external') return isEnvironmentPath(found.path) && /config|settings/i.test(found.path)
    return /^(call|join|either|text)$/.test(found.is) && isSettingsPath(found as Value, thing, resolver, seen)
  })
}

/** `JSON.parse(process.env.SETTINGS)`: what is parsed stands in the variable itself. */
const isVariable = (value: Value, place: Place, resolver: Resolver): boolean =>
  resolver.things(value, place).some(({ value: found }) => found.is === 'external' && isEnvironmentPath(found.path))

const readsIn = (module: Module, resolver: Resolver): SettingsFile[] => {
  const place: Place = { module, frames: [] }
  return module.calls.flatMap((call): SettingsFile[] => {
    const path = resolver.external(call.callee, place)
    if (path === null) return []
    const at = { how: path.replace(/^(global|builtins)[:.]/, '').replace(':', '.'), file: module.path, line: call.line }
    if (gentle.test(path)) {
      const wins = isOn(named(call, /^(override|overload)$/, place, resolver)) ? 'file' : 'environment'
      const isOptional = !path.startsWith('dotenv-safe') || isGuarded(call.at, module)
      return [{ ...at, wins, optional: isOptional }]
    }
    // Node throws where the file is missing
    if (/^(global:process|process:)\.?loadEnvFile$/.test(path))
      return [{ ...at, wins: 'environment', optional: isGuarded(call.at, module) }]
    if (searching.test(path)) return [{ ...at, wins: 'undecided', optional: true }]
    const [first] = call.arguments
    if (!parsers.test(path) || !first) return []
    if (!path.startsWith('configparser.') && isVariable(first, place, resolver)) return []
    if (!isSettingsPath(first, place, resolver)) return []
    return [{ ...at, wins: 'undecided', optional: isGuarded(call.at, module) }]
  })
}

/** `model_config = SettingsConfigDict(env_file=".env")`: the environment goes first unless the sources are put in order anew. */
const classesIn = (module: Module, resolver: Resolver): SettingsFile[] => {
  const place: Place = { module, frames: [] }
  return module.classes.flatMap((one): SettingsFile[] => {
    if (!isSettingsClass(one, place, resolver)) return []
    const member = (name: string): Value | undefined => one.members.findLast(each => each.name === name)?.value
    const config = member('model_config')
    const fields = config?.is === 'call' ? config.named : config?.is === 'record' ? config.fields : []
    const inner = module.classes.find(other => other.name === 'Config' && isInside(one, other.at) && other !== one)
    const all: [string, Value][] = [
      ...fields,
      ...(inner?.members.map(({ name, value }): [string, Value] => [name, value]) ?? []),
    ]
    const given = all.find(([key, value]) => /^(env|toml|yaml|json)_file$/.test(key) && !(value.is === 'constant'))
    if (!given) return []
    const isReordered = member('settings_customise_sources') !== undefined
    const line = config?.is === 'call' || config?.is === 'record' ? config.line : 1
    return [
      {
        how: `BaseSettings with ${given[0]}`,
        wins: isReordered ? 'undecided' : 'environment',
        optional: true,
        file: module.path,
        line,
      },
    ]
  })
}

const sideEffect = /^[ \t]*(?:import\s+['"]dotenv\/config['"]|require\(\s*['"]dotenv\/config['"]\s*\))/m

/** `import 'dotenv/config'` and `node --env-file-if-exists=.env`. */
const withoutCalls = ({ sources }: Trees, project: Project): SettingsFile[] => [
  ...sources
    .filter(({ role, path, language }) => role === 'server' && language === 'typescript' && isInScope(project, path))
    .flatMap(({ path, text }): SettingsFile[] => {
      const match = sideEffect.exec(text)
      const line = match ? text.slice(0, match.index).split('\n').length : 0
      return match ? [{ how: 'dotenv/config', wins: 'environment', optional: true, file: path, line }] : []
    }),
  ...project.node
    .filter(({ directory }) => directory === project.scope.directory)
    .flatMap(({ path, scripts }): SettingsFile[] => {
      const option = /--env-file(-if-exists)?\b/.exec(scripts['start'] ?? '')
      return option
        ? [{ how: `node ${option[0]}`, wins: 'environment', optional: option[1] !== undefined, file: path, line: 1 }]
        : []
    }),
]

/** The files of settings that the server reads, and what holds when the environment says something else. */
export const settingsFiles = gatherer<
  SettingsFiles,
  { modules: typeof modules; project: typeof project; trees: typeof trees }
>({
  id: 'settings-files',
  impact: 'read',
  from: 'repository',
  needs: { modules, project, trees },
  gather: (_, { modules: source, project, trees }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const found = own.flatMap(module => [...readsIn(module, resolver), ...classesIn(module, resolver)])
    return { found: [...found, ...withoutCalls(trees, project)], files: own.length }
  },
})
