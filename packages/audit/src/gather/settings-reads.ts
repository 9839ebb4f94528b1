import { gatherer } from '../core/item.ts'
import { inPython } from './code/python-walks.ts'
import { inTypeScript } from './code/typescript-walks.ts'
import { envOfPython } from './env-python.ts'
import { envOfTypeScript } from './env-typescript.ts'
import type { CommandOption, EnvFacts, SettingsClass, Wrapper } from './env-facts.ts'
import { isInScope, project, type Project } from './project.ts'
import type { SettingKind } from './setting-kinds.ts'
import { trees, type Source } from './trees.ts'

export interface Place {
  path: string
  line: number
}

export interface SettingsReads {
  /** Environment variables by name, each with the first place that reads it. */
  variables: ({ name: string; kind?: SettingKind | undefined } & Place)[]
  /** Names that are put together at run time, `NOTES_*`. */
  patterns: ({ pattern: string } & Place)[]
  /** Reads whose name cannot be told from the source. */
  computed: Place[]
  options: (CommandOption & Place)[]
  /** Sources of the server that were looked at. */
  sources: number
  /** Files that contain dependencies as well; their reads are not the server's own. */
  bundles: string[]
}

/** Set by the system, the shell, the platform or the runtime; not a setting of this server. */
const platformNames = `
  PATH PATHEXT HOME USER USERNAME LOGNAME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA
  PROGRAMFILES.* ALLUSERSPROFILE TEMP TMP TMPDIR SHELL COMSPEC SYSTEMROOT SYSTEMDRIVE WINDIR TERM TERM_PROGRAM.*
  COLORTERM COLUMNS LINES LANG LANGUAGE LC_.* TZ PWD OLDPWD INIT_CWD HOSTNAME XDG_.* DISPLAY WAYLAND_.* WSL_.*
  _ CI_.* EDITOR VISUAL PAGER BROWSER NO_COLOR FORCE_COLOR CLICOLOR.* CI CONTINUOUS_INTEGRATION BUILD_.*
  GITHUB_(ACTIONS?|SHA|REF.*|RUN_.*|WORKSPACE|OUTPUT|STEP_SUMMARY|EVENT_.*|REPOSITORY.*) RUNNER_.* GITLAB_CI
  JEST_WORKER_ID VITEST.* PYTEST_.* NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS
  NODE_TLS_REJECT_UNAUTHORIZED NODE_DEBUG NODE_V8_COVERAGE npm_.* NVM_.* VIRTUAL_ENV.* CONDA_.* PYTHON[A-Z]+ UV_.*
  PIP_.* SSL_CERT_.* REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSH_.* DBUS_.* KUBERNETES_.*
  K_(SERVICE|REVISION|CONFIGURATION) AWS_LAMBDA_.* VERCEL(_.*)? NETLIFY RENDER(_.*)? RAILWAY_.* FLY_.* DYNO
  TRAVIS(_.*)? CIRCLECI CIRCLE_.* JENKINS_(URL|HOME) BUILDKITE(_.*)? AZURE_PIPELINES TF_BUILD APPVEYOR(_.*)?
  TEAMCITY_VERSION BITBUCKET_(BUILD|COMMIT|PIPELINE|STEP).* DRONE CODEBUILD_.* CODESPACES CODESPACE_NAME GITPOD_.* INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET OTEL_.* container DEV PROD MODE SSR __CF.*`
const platform = new RegExp(`^(${platformNames.trim().split(/\s+/).join('|')})$`, 'i')
const proxy = /^(https?|no|all|ftp|socks)_proxy$/i

export const isPlatformVariable = (name: string): boolean => platform.test(name) || proxy.test(name)

const toolFile =
  /(^|\/)([^/]+\.(config|setup)\.[mc]?[jt]sx?|setup\.py|noxfile\.py|conftest\.py|tasks\.py|gulpfile\.[mc]?[jt]s)$|(^|\/)(\.[^/]+|migrations|evals?)\//i

/** A script that is run by hand may be called so, and a tool of the server as well: `deploy-app.ts`. */
const scriptName =
  /(^|\/)(update|generate|gen|build|release|publish|bump|sync|copy|check|prepare|bundle|deploy)[-_][^/]+$/i

/** Another file of the server asks for it by its name. */
const isAskedFor = (path: string, sources: Source[]): boolean => {
  const stem = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.\w+$/, '')
    .replaceAll(/[^\w-]/g, String.raw`\$&`)
  const inImport = new RegExp(String.raw`["'/.]${stem}(\.\w+)?["']|import\b[^;]{0,300}\b${stem}\b|\b${stem}\s+import\b`)
  return sources.some(source => source.path !== path && source.role === 'server' && inImport.test(source.text))
}

const bundle = /^\s*\/\/(#region)? (\.\.\/)*node_modules\/|^\/\*{3}\/ "\.?\/?node_modules\//m

const isOwn = ({ path, role, text }: Source, found: Project, sources: Source[]): boolean =>
  role === 'server' &&
  !toolFile.test(path) &&
  !(scriptName.test(path) && !isAskedFor(path, sources)) &&
  isInScope(found, path) &&
  !bundle.test(text.slice(0, 500_000))

/** Functions that read what their argument names, and functions that only pass it on to one of these. */
const allWrappers = (files: EnvFacts[]): Wrapper[] => {
  const known = files.flatMap(({ wrappers }) => wrappers)
  for (let round = 0; round < 4; round++) {
    const before = known.length
    for (const { calls } of files)
      for (const { callee, arguments: given, inside } of calls)
        for (const wrapper of known.filter(({ name }) => name === callee)) {
          const argument = given[wrapper.index]
          if (!argument || 'text' in argument || !inside?.name) continue
          const index = inside.parameters.indexOf(argument.name)
          const isNew = index >= 0 && !known.some(other => other.name === inside.name && other.index === index)
          if (isNew) known.push({ name: inside.name, index, prefix: wrapper.prefix, kind: wrapper.kind })
        }
    if (known.length === before) break
  }
  return known
}

const settingsBases = /^(BaseSettings|PydanticBaseSettings)$/

/** Classes below pydantic's BaseSettings, whatever they are called. */
const readsOfClasses = (
  files: EnvFacts[],
): ({ name: string; nested: boolean; kind?: SettingKind | undefined } & Place)[] => {
  const all = files.flatMap(({ path, classes }) => classes.map(each => ({ path, ...each })))
  const configOf = (
    { name, bases, prefix, nested }: SettingsClass,
    seen: string[] = [],
  ): { reads: boolean; prefix: string; nested: string | null } => {
    const parents = seen.includes(name)
      ? []
      : all.filter(other => bases.includes(other.name)).map(parent => configOf(parent, [...seen, name]))
    return {
      reads: bases.some(base => settingsBases.test(base)) || parents.some(({ reads }) => reads),
      prefix: prefix ?? parents[0]?.prefix ?? '',
      nested: nested ?? parents[0]?.nested ?? null,
    }
  }
  return all.flatMap(found => {
    const { reads, prefix, nested } = configOf(found)
    if (!reads) return []
    return found.fields.flatMap(({ name, aliases, line, kind }) =>
      (aliases.length > 0 ? aliases : [prefix + name]).map(each => ({
        name: each.toUpperCase(),
        path: found.path,
        line,
        nested: nested !== null,
        kind,
      })),
    )
  })
}

const variableName = /^[A-Z][A-Z0-9_]*$/

const merged = (files: EnvFacts[]): Omit<SettingsReads, 'sources' | 'bundles'> => {
  const wrappers = allWrappers(files)
  const schemas = new Map(
    files.flatMap(file => file.schemas.map(([name, keys]) => [name, { path: file.path, keys }] as const)),
  )
  const found: ({ name: string; kind?: SettingKind | undefined } & Place)[] = []
  const patterns: SettingsReads['patterns'] = []
  const computed: Place[] = []
  for (const { path, reads, calls, applied, computed: names } of files) {
    found.push(...reads.map(read => ({ ...read, path })))
    for (const { callee, arguments: given, line } of calls)
      for (const { name, index, prefix, kind } of wrappers) {
        const argument = name === callee ? given[index] : null
        if (argument && 'text' in argument && variableName.test(prefix + argument.text))
          found.push({ name: prefix + argument.text, path, line, kind })
      }
    for (const { schema, line } of applied) {
      const known = schemas.get(schema)
      if (known) found.push(...known.keys.map(key => ({ ...key, path: known.path })))
      else computed.push({ path, line })
    }
    for (const { pattern, line } of names) {
      if (pattern && /[A-Z]{2}/.test(pattern)) patterns.push({ pattern, path, line })
      else computed.push({ path, line })
    }
  }
  found.push(...readsOfClasses(files))
  const kindOf = (name: string): { kind?: SettingKind } => {
    const kind = found.find(read => read.name === name && read.kind)?.kind
    return kind ? { kind } : {}
  }
  const variables = [
    ...new Map(
      found
        .toReversed()
        .map(read => [read.name, { name: read.name, path: read.path, line: read.line, ...kindOf(read.name) }]),
    ).values(),
  ]
  return {
    variables: variables
      .filter(({ name }) => /^[A-Za-z_]\w*$/.test(name) && !isPlatformVariable(name))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    patterns,
    computed,
    options: files.flatMap(({ path, options }) => options.map(option => ({ ...option, path }))),
  }
}

const mentions =
  /\benv\b|environ|getenv|ProcessEnv|BaseSettings|Settings\b|config\(|convict|envvar|add_argument|[oO]ption\(|process\.|object\(/

/** Every setting that the server's own code reads: environment variables and command line options. */
export const settingsReads = gatherer<SettingsReads, { trees: typeof trees; project: typeof project }>({
  id: 'settings-reads',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async (_, { trees, project }) => {
    const own = trees.sources.filter(source => isOwn(source, project, trees.sources))
    const ownPaths = new Set(own.map(({ path }) => path))
    const isWanted = ({ path, text }: Source): boolean => ownPaths.has(path) && mentions.test(text)
    const files = [
      ...(await inTypeScript(trees.sources.filter(isWanted), ({ program }, source) =>
        envOfTypeScript(program, source),
      )),
      ...(await inPython(trees.sources.filter(isWanted), envOfPython)),
    ]
    const bundles = trees.sources.filter(({ role, text }) => role === 'server' && bundle.test(text.slice(0, 500_000)))
    return { ...merged(files), sources: own.length, bundles: bundles.map(({ path }) => path) }
  },
})
