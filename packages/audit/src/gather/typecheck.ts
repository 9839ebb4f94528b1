import { gatherer } from '../core/item.ts'
import { pipelines } from './pipelines.ts'
import { isInScope, project, type Project } from './project.ts'
import { runsOf, type Run } from './runs.ts'
import { tasks, type Tasks } from './tasks.ts'
import { roleOf } from './roles.ts'
import { readTypeScriptSettings, type TypeScriptSettings } from './tsconfig.ts'

export type Checked = 'typescript' | 'python'

/** A command that checks types. */
export interface TypeCheck {
  language: Checked
  /** Program and arguments, such as `tsc --noEmit`. */
  words: string[]
  /** Where it is called from, such as `package.json script "build"`. */
  from: string
  at: string
  line?: number
  directory: string | null
  /** It may leave types unchecked, or looks at them only on the way. */
  doubt: string | null
}

export interface TypeChecking {
  /** Languages that make up the server. Plain JavaScript counts as TypeScript without types. */
  languages: Checked[]
  isPlainJavaScript: boolean
  checks: TypeCheck[]
  /** Commands that could not be followed and may check types. */
  opaque: string[]
  typescript: TypeScriptSettings | null
  /** What the settings of a Python checker say, such as `mypy strict: true in pyproject.toml`. */
  python: string[]
}

const noCheck = /^--(noCheck|version|help|init|showConfig|listFilesOnly|all|watch)$|^-[vhw]$/

const readers: { program: RegExp; language: Checked; doubt?(words: string[]): string | null }[] = [
  { program: /^(tsc|vue-tsc|tsgo|tspc|ttsc|svelte-check|tsc-watch|glint)$/, language: 'typescript' },
  { program: /^(mypy|dmypy|pyright|pyright-python|basedpyright|ty|ty-check|pyre|pytype|zuban)$/, language: 'python' },
  {
    program: /^(tsup|tsdown)$/,
    language: 'typescript',
    doubt: words => (words.includes('--dts') ? 'it looks at types only to write declarations' : null),
  },
  {
    program: /^(nest|next|ncc|ng)$/,
    language: 'typescript',
    doubt: words => (words[1] === 'build' ? 'its own build may check types' : null),
  },
  {
    program: /^deno$/,
    language: 'typescript',
    doubt: words => (/^(check|test)$/.test(words[1] ?? '') ? 'deno checks on the way' : null),
  },
]

/** What a command that really runs checks the types of; nothing when its failure is ignored. */
export const checkIn = ({ words, directory, tolerated }: Run, from: string, at: string, line?: number): TypeCheck[] => {
  const program = (words[0] ?? '').slice((words[0] ?? '').lastIndexOf('/') + 1)
  const reader = readers.find(reader => reader.program.test(program))
  if (!reader || tolerated || words.some(word => noCheck.test(word))) return []
  if (program === 'ty' && words[1] !== 'check') return []
  const doubt = reader.doubt ? reader.doubt(words) : null
  if (reader.doubt && doubt === null) return []
  return [
    {
      language: reader.language,
      words: [program, ...words.slice(1)],
      from,
      at,
      directory,
      doubt,
      ...(line ? { line } : {}),
    },
  ]
}

/** Compilers inside other tools whose configuration is code. */
const inside = (found: Project): TypeCheck[] =>
  found.node.flatMap(({ path, dependencies, devDependencies }) =>
    [
      'ts-jest',
      'ts-loader',
      '@rollup/plugin-typescript',
      'rollup-plugin-typescript2',
      'fork-ts-checker-webpack-plugin',
      'vite-plugin-checker',
    ]
      .filter(name => name in dependencies || name in devDependencies)
      .map(name => ({
        language: 'typescript' as const,
        words: [name],
        from: 'a dependency',
        at: path,
        directory: null,
        doubt: `${name} may check types inside another tool`,
      })),
  )

/** A checker that is set up or installed, and that nothing in sight runs. */
const atHand = (found: Project): TypeCheck[] =>
  found.python.flatMap(({ path, tool, dependencies, groups }) => {
    const installed = new Set([...dependencies, ...Object.values(groups).flat()].map(({ name }) => name))
    return ['mypy', 'pyright', 'basedpyright', 'ty']
      .filter(name => tool[name] !== undefined || installed.has(name))
      .map(name => ({
        language: 'python' as const,
        words: [name],
        from: 'the settings',
        at: path,
        directory: null,
        doubt: `${name} is set up, and no script, task or pipeline in sight runs it`,
      }))
  })

const distinct = (checks: TypeCheck[]): TypeCheck[] => [
  ...new Map(checks.map(each => [[each.at, each.line, each.from, ...each.words].join('\0'), each])).values(),
]

const scriptChecks = (found: Project, tasks: Tasks): { checks: TypeCheck[]; opaque: string[] } => {
  const scripts = [
    ...found.node
      .filter(({ directory, path }) => directory === '' || isInScope(found, path))
      .flatMap(({ path, directory, scripts }) =>
        Object.entries(scripts).map(([name, script]) => ({
          from: `script "${name}"`,
          at: path,
          directory,
          script,
          line: 0,
        })),
      ),
    ...tasks.named.map(({ tool, name, path, line, script }) => ({
      from: `${tool} ${name}`,
      at: path,
      directory: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
      script,
      line,
    })),
  ]
  const checks: TypeCheck[] = []
  const opaque: string[] = []
  for (const { from, at, directory, script, line } of scripts) {
    const runs = runsOf(script, directory, tasks)
    checks.push(...runs.runs.flatMap(run => checkIn(run, from, at, line)))
    opaque.push(...runs.opaque.map(command => `${command} (${from} in ${at})`))
  }
  return { checks, opaque }
}

/** Languages with at least a fifth of the server's files. */
const languagesOf = (paths: string[]): Pick<TypeChecking, 'languages' | 'isPlainJavaScript'> => {
  const own = paths.filter(
    path =>
      roleOf(path) === 'server' &&
      !/(^|\/)(dist|build|out)\/|\.d\.[mc]?ts$|\.config\.[mc]?[jt]s$|(^|\/)\.[^/]*$|(^|\/)(setup|noxfile)\.py$/.test(
        path,
      ),
  )
  const count = (extension: RegExp): number => own.filter(path => extension.test(path)).length
  const [typescript, javascript, python] = [count(/\.([mc]?ts|tsx)$/), count(/\.([mc]?js|jsx)$/), count(/\.py$/)]
  const all = typescript + javascript + python
  const isMain = (files: number): boolean => files > 0 && files * 5 >= all
  return {
    languages: [
      ...(isMain(typescript + javascript) ? (['typescript'] as const) : []),
      ...(isMain(python) ? (['python'] as const) : []),
    ],
    isPlainJavaScript: typescript === 0 && javascript > 0,
  }
}

const setting = (settings: unknown, name: string, otherwise: string): string => {
  const value =
    typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : otherwise
}

const pythonSettings = (found: Project): string[] =>
  found.python.flatMap(({ tool, path }) => [
    ...(tool['mypy'] ? [`mypy strict: ${setting(tool['mypy'], 'strict', 'false')} (${path})`] : []),
    ...['pyright', 'basedpyright'].flatMap(name =>
      tool[name] ? [`${name} typeCheckingMode: ${setting(tool[name], 'typeCheckingMode', 'default')} (${path})`] : [],
    ),
    ...(tool['ty'] ? [`ty configured (${path})`] : []),
  ])

/** The commands of scripts, tasks and pipelines that check types, and how strict they are set. */
export const typeChecking = gatherer<
  TypeChecking,
  { project: typeof project; tasks: typeof tasks; pipelines: typeof pipelines }
>({
  id: 'type-checking',
  impact: 'read',
  from: 'repository',
  needs: { project, tasks, pipelines },
  gather: async ({ repository }, { project: found, tasks, pipelines }) => {
    const own = (repository?.files ?? []).filter(path => isInScope(found, path))
    const within = found.scope.directory === '' ? '' : `${found.scope.directory}/`
    const typescript = repository
      ? ((await readTypeScriptSettings(repository, `${within}tsconfig.json`)) ??
        (await readTypeScriptSettings(repository, 'tsconfig.json')))
      : null
    const { checks, opaque } = scriptChecks(found, tasks)
    const inPipelines = pipelines.steps
      .filter(({ never, tolerated }) => never === null && !tolerated)
      .flatMap(({ runs, at, line, workflow }) =>
        runs.flatMap(run => checkIn(run, `pipeline ${workflow.path}`, at, line)),
      )
    return {
      ...languagesOf(own),
      checks: distinct([...checks, ...inPipelines, ...inside(found), ...atHand(found)]),
      opaque: [...opaque, ...pipelines.elsewhere.map(({ uses, at }) => `${uses} (${at})`)],
      typescript,
      python: pythonSettings(found),
    }
  },
})
