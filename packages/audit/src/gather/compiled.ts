import { gatherer, Undecided } from '../core/item.ts'
import type { Repository, Target } from '../core/target.ts'
import { compile, installedIn, type Compiled } from '../instruments/compiler.ts'
import { project, type Project } from './project.ts'
import { typeChecking, type TypeCheck, type TypeChecking } from './typecheck.ts'

export interface Compilation extends Compiled {
  language: 'typescript' | 'python'
}

const foldersOf = ({ scope }: Project, inside: string[]): string[] =>
  [...new Set([scope.directory, ''])].flatMap(directory =>
    inside.map(folder => (directory === '' ? folder : `${directory}/${folder}`)),
  )

const projectOf = ({ words }: TypeCheck): string | null => {
  const index = words.findIndex(word => /^(-p|--project)$/.test(word))
  return index > 0 ? (words[index + 1] ?? null) : null
}

const compileTypeScript = async (
  { root }: Repository,
  checking: TypeChecking,
  found: Project,
  target: Target,
): Promise<Compilation[]> => {
  const own = checking.checks.filter(({ language, doubt }) => language === 'typescript' && doubt === null)
  const program = own.some(({ words }) => words[0] === 'vue-tsc') ? 'vue-tsc' : 'tsc'
  const command = installedIn(root, foldersOf(found, ['node_modules/.bin']), program)
  if (!command) throw new Undecided(`${program} is not installed in node_modules: install the dependencies first`)
  const { directory } = found.scope
  const within = directory === '' ? '' : `${directory}/`
  const settings = checking.typescript
  const written = own.flatMap(check => (check.directory === directory ? [projectOf(check)] : [])).find(Boolean)
  const projects =
    settings && settings.references.length > 0
      ? settings.references.slice(0, 10).map(path => path.slice(within.length))
      : [settings?.path.startsWith(within) ? settings.path.slice(within.length) : (written ?? 'tsconfig.json')]
  const done: Compilation[] = []
  for (const [index, path] of projects.entries()) {
    const build = `${target.scratch}/tsc-${index}.tsbuildinfo`
    const args = [
      '--noEmit',
      '--emitDeclarationOnly',
      'false',
      '--pretty',
      'false',
      '--incremental',
      '--tsBuildInfoFile',
      build,
      '-p',
      path,
    ]
    done.push({ language: 'typescript', ...(await compile(root, directory, command, args, target)) })
  }
  return done
}

/** Arguments that make a checker stop at once and print what can be read. */
const extraArguments: Record<string, string[]> = {
  ty: ['--output-format', 'concise'],
  mypy: ['--no-color-output', '--no-pretty'],
}

const compilePython = async (
  { root }: Repository,
  checking: TypeChecking,
  found: Project,
  target: Target,
): Promise<Compilation[]> => {
  const own = checking.checks.filter(({ language }) => language === 'python')
  const [first] = own
  if (!first) throw new Undecided('no type checker is configured that could be run')
  const name = (first.words[0] ?? '').replace('pyright-python', 'pyright').replace('ty-check', 'ty')
  const command = installedIn(root, foldersOf(found, ['.venv/bin', 'venv/bin']), name)
  if (!command) throw new Undecided(`${name} is not installed in .venv: install the development dependencies first`)
  const given = own.find(({ from }) => from.startsWith('script') || from.startsWith('pipeline')) ?? first
  const written = given.words.slice(1).filter(word => !/[$*{}]/.test(word))
  const hasSettings = checking.python.some(text => text.startsWith(name))
  const fallback = name === 'mypy' && !hasSettings ? ['.'] : name === 'ty' ? ['check'] : []
  const args = [...(written.length > 0 ? written : fallback), ...(extraArguments[name] ?? [])]
  return [
    { language: 'python', ...(await compile(root, given.directory ?? found.scope.directory, command, args, target)) },
  ]
}

/** What the project's own installed type checkers say. Runs them: the first gatherer that executes code of the target. */
export const compiled = gatherer<Compilation[], { checking: typeof typeChecking; project: typeof project }>({
  id: 'compiled',
  impact: 'start',
  from: 'repository',
  deadline: 250_000,
  needs: { checking: typeChecking, project },
  gather: async (target, { checking, project: found }) => {
    const { repository } = target
    if (!repository) throw new Undecided('no directory was given')
    if (checking.languages.length === 0) throw new Undecided('no TypeScript, JavaScript or Python source was found')
    const results: Compilation[] = []
    if (checking.languages.includes('typescript') && checking.typescript)
      results.push(...(await compileTypeScript(repository, checking, found, target)))
    if (checking.languages.includes('python'))
      results.push(...(await compilePython(repository, checking, found, target)))
    if (results.length === 0) throw new Undecided('there is no tsconfig.json to run the compiler with')
    return results
  },
})
