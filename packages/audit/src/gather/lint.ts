import { gatherer, Undecided } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { runOxlint } from '../instruments/oxlint.ts'
import type { RuffFinding } from '../instruments/ruff.ts'
import { isInScope, project, type Project } from './project.ts'
import { openPythonLint } from './python-lint.ts'
import { matches, ruffSettings, strings, type RuffSettings } from './ruff-settings.ts'
import { trees, type Source } from './trees.ts'
import { table } from './tables.ts'

export interface LintFinding {
  path: string
  line: number
  rule: string
  message: string
}

export interface Linted {
  /** Name, version and rules of the linter that was used. */
  tool: string
  files: number
  findings: LintFinding[]
  /** Findings left out because of the project's own per-file ignores. */
  ignored: number
}

export interface Lint {
  python: Linted | null
  typescript: Linted | null
  /** Linters that the project configured itself, and where. */
  configured: { linter: string; at: string }[]
  /** The package that was linted; empty for the whole directory. */
  directory: string
}

const pythonRules = ['E4', 'E7', 'E9', 'F']
const isLint = /^(E[479]\d+|F\d+|invalid-syntax)$/

/** Built from something else, copied from somewhere else, or wrong on purpose. */
const notAuthored =
  /(^|\/)(dist|build|out|generated|vendor|third_party|fixtures|testdata|__snapshots__)\/|_pb2(_grpc)?\.py$/

/** The source files whose quality is the author's: no build output, generated code or fixtures. */
export const authoredSources = (sources: Source[], scope: Project): Source[] =>
  sources.filter(({ path }) => isInScope(scope, path) && !notAuthored.test(path))

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Source that is nested too deeply overflows the stack of the linter. */
const checked = (check: (source: Source) => RuffFinding[], source: Source): RuffFinding[] => {
  try {
    return check(source).filter(({ rule }) => isLint.test(rule))
  } catch (error) {
    throw new Undecided(`ruff broke down on ${source.path}: ${messageOf(error).slice(0, 100)}`)
  }
}

const lintPython = async (
  repository: Repository,
  sources: Source[],
  found: Project,
  own: RuffSettings | null,
): Promise<Linted> => {
  const linter = await openPythonLint(repository, found)
  const settings = own?.settings ?? {}
  const perFile = { ...table(settings['per-file-ignores']), ...table(table(settings['lint'])['per-file-ignores']) }
  const directory = own?.directory ?? ''
  const excluded = matches([...strings(settings['exclude']), ...strings(settings['extend-exclude'])], directory)
  const rules = Object.entries(perFile).map(([pattern, codes]) => ({
    codes: strings(codes),
    applies: pattern.startsWith('!')
      ? (path: string) => !matches([pattern.slice(1)], directory)(path)
      : matches([pattern], directory),
  }))
  const linted: Linted = {
    tool: `ruff ${linter.version} (${pythonRules.join(', ')})`,
    files: 0,
    findings: [],
    ignored: 0,
  }
  const looked = sources.filter(({ path }) => !excluded(path))
  const check = await linter.read(looked)
  for (const source of looked) {
    const { path } = source
    linted.files++
    const codes = rules.flatMap(({ codes, applies }) => (applies(path) ? codes : []))
    for (const { rule, message, line } of checked(check, source)) {
      if (codes.some(code => code === 'ALL' || rule.startsWith(code))) linted.ignored++
      else linted.findings.push({ path, line, rule, message })
    }
  }
  return linted
}

const lintConfigs: [file: RegExp, linter: string][] = [
  [/^(eslint\.config\.[mc]?[jt]s|\.eslintrc(\.[a-z]+)?)$/, 'ESLint'],
  [/^\.?biome\.jsonc?$/, 'Biome'],
  [/^\.?oxlintrc\.jsonc?$/, 'Oxlint'],
  [/^deno\.jsonc?$/, 'deno lint'],
  [/^\.?ruff\.toml$/, 'ruff'],
  [/^\.flake8$/, 'flake8'],
  [/^\.?pylintrc$/, 'pylint'],
]

const configuredLinters = (files: readonly string[], found: Project): Lint['configured'] => [
  ...files
    .filter(path => path.split('/').length <= found.scope.directory.split('/').length + 1)
    .flatMap(path =>
      lintConfigs
        .filter(([file]) => file.test(path.slice(path.lastIndexOf('/') + 1)))
        .map(([, linter]) => ({ linter, at: path })),
    ),
  ...found.node
    .filter(({ raw }) => raw['eslintConfig'] !== undefined || raw['xo'] !== undefined)
    .map(({ raw, path }) => ({ linter: raw['xo'] === undefined ? 'ESLint' : 'XO', at: path })),
  ...found.python.flatMap(({ tool, path }) =>
    ['ruff', 'pylint', 'flake8'].filter(name => tool[name] !== undefined).map(linter => ({ linter, at: path })),
  ),
]

/** Findings of our own linters in the authored sources of the server's package, tests and examples included. */
export const lint = gatherer<Lint, { trees: typeof trees; project: typeof project }>({
  id: 'lint',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async (target, { trees, project: found }) => {
    const { repository } = target
    if (!repository) throw new Undecided('no directory was given')
    const sources = authoredSources(trees.sources, found)
    const python = sources.filter(({ language }) => language === 'python')
    const typescript = sources.filter(({ language }) => language === 'typescript')
    const paths = typescript.map(({ path }) => path)
    const [own, oxlint] = await Promise.all([
      ruffSettings(repository, found),
      paths.length > 0 ? runOxlint(repository.root, paths, target) : null,
    ])
    return {
      python: python.length > 0 ? await lintPython(repository, python, found, own) : null,
      typescript: oxlint && {
        tool: `oxlint ${oxlint.version} (correctness)`,
        files: paths.length,
        findings: oxlint.findings,
        ignored: 0,
      },
      configured: configuredLinters(repository.files, found),
      directory: found.scope.directory,
    }
  },
})
