import { parse as parseYaml } from 'yaml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { preCommitHooks } from './hooks/pre-commit.ts'
import { stagedCommands } from './hooks/staged.ts'
import { runsOf, type Run } from './runs.ts'
import { project } from './project.ts'
import { tasks, type Tasks } from './tasks.ts'
import { table, type Table } from './tables.ts'

export interface CommitHook {
  tool: 'husky' | 'lefthook' | 'simple-git-hooks' | 'pre-commit' | 'core.hooksPath'
  /** When git runs it: `pre-commit`, `commit-msg`, `pre-push`. */
  event: string
  at: string
  runs: Run[]
  /** What it calls and does not find. */
  missing: { command: string; wanted: string }[]
  /** What cannot be read, such as a configuration that is code. */
  opaque: string[]
  /** Why it is not put in place for whoever clones the repository; null when it is, or when people do it by hand. */
  idle: string | null
}

export interface CommitHooks {
  hooks: CommitHook[]
  broken: { at: string; because: string }[]
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const texts = (value: unknown): string[] => (typeof value === 'string' ? [value] : [])

/** A script of a package that is run by the installation of its dependencies. */
const installs = ({ node, named }: Tasks, program: RegExp): boolean =>
  node.some(({ scripts }) =>
    ['prepare', 'postinstall', 'preinstall', 'install', 'prepublish'].some(name => program.test(scripts[name] ?? '')),
  ) || named.some(({ script }) => program.test(script))

const depends = ({ node }: Tasks, name: string): boolean =>
  node.some(({ dependencies, devDependencies }) => name in dependencies || name in devDependencies)

const lefthookScripts = (entry: unknown, depth = 0): string[] => {
  const { commands, jobs, group } = table(entry)
  if (depth > 4) return []
  return [
    ...Object.values(table(commands)).flatMap(each => texts(table(each)['run'])),
    ...list(jobs).flatMap(job => [...texts(table(job)['run']), ...lefthookScripts(table(job)['group'], depth + 1)]),
    ...(group ? lefthookScripts(group, depth + 1) : []),
  ]
}

interface Written {
  tool: CommitHook['tool']
  event: string
  at: string
  script: string
  idle: string | null
}

const events = ['pre-commit', 'commit-msg', 'pre-push', 'prepare-commit-msg']

const written = async (
  repository: Repository,
  known: Tasks,
  home: string,
  broken: CommitHooks['broken'],
): Promise<Written[]> => {
  const found: Written[] = []
  const huskyIdle = installs(known, /\bhusky\b/) ? null : 'no prepare script of a package.json runs husky'
  const pathIdle = installs(known, /core\.hooksPath/) ? null : 'nothing sets core.hooksPath'
  for (const path of repository.files) {
    const [, place = '', folder = '', event = ''] =
      /^(?:(.+)\/)?(\.husky|\.?git-?hooks|\.hooks)\/([a-z-]+)(?:\.sh)?$/.exec(path) ?? []
    // Git runs hooks of one folder only; those of other packages are not for this one.
    if (!events.includes(event) || (place !== '' && place !== home)) continue
    const script = (await repository.text(path)) ?? ''
    found.push(
      folder === '.husky'
        ? { tool: 'husky', event, at: path, script, idle: huskyIdle }
        : { tool: 'core.hooksPath', event, at: path, script, idle: pathIdle },
    )
  }
  const parsed = async (path: string): Promise<Table> => {
    const text = repository.exists(path) ? await repository.text(path) : null
    try {
      return text === null ? {} : table(parseYaml(text))
    } catch (error) {
      broken.push({ at: path, because: String(error).split('\n', 1)[0] ?? 'it does not parse' })
      return {}
    }
  }
  for (const path of [
    'lefthook.yml',
    'lefthook.yaml',
    '.lefthook.yml',
    '.lefthook.yaml',
    'lefthook.json',
    '.config/lefthook.yml',
  ]) {
    const isInstalled =
      depends(known, 'lefthook') || installs(known, /\blefthook(@[\w.]+)? install\b/) || known.python.length > 0
    const idle = isInstalled ? null : 'nothing installs lefthook'
    for (const [event, entry] of Object.entries(await parsed(path)))
      if (events.includes(event))
        found.push({ tool: 'lefthook', event, at: path, script: lefthookScripts(entry).join('\n'), idle })
  }
  const simple = installs(known, /\bsimple-git-hooks\b/) ? null : 'no prepare script runs simple-git-hooks'
  for (const { path, raw } of known.node) {
    const hooks = table(table(raw['husky'])['hooks'])
    for (const event of events) {
      for (const script of texts(table(raw['simple-git-hooks'])[event]))
        found.push({ tool: 'simple-git-hooks', event, at: path, script, idle: simple })
      for (const script of texts(hooks[event])) found.push({ tool: 'husky', event, at: path, script, idle: null })
    }
  }
  for (const path of ['.simple-git-hooks.json', 'simple-git-hooks.json'])
    for (const [event, script] of Object.entries(await parsed(path)))
      found.push(
        ...texts(script).map(script => ({ tool: 'simple-git-hooks' as const, event, at: path, script, idle: simple })),
      )
  return found
}

/** Placeholders of the hook runners for the files of the commit. */
const plain = (script: string): string => script.replaceAll(/\{(staged_files|all_files|push_files|files|\d+)\}/g, '.')

/** What runs before a commit, and whether whoever clones the repository gets it. */
export const commitHooks = gatherer<CommitHooks, { tasks: typeof tasks; project: typeof project }>({
  id: 'commit-hooks',
  impact: 'read',
  from: 'repository',
  needs: { tasks, project },
  gather: async ({ repository }, { tasks, project }) => {
    const found: CommitHooks = { hooks: [], broken: [] }
    if (!repository) return found
    const staged = await stagedCommands(repository, tasks)
    for (const { script, ...hook } of await written(repository, tasks, project.scope.directory, found.broken)) {
      const { runs, missing, opaque } = runsOf(plain(script), '', tasks)
      const isStaged = runs.some(({ words }) => /^(lint-staged|nano-staged)$/.test(words[0] ?? ''))
      found.hooks.push({
        ...hook,
        runs: isStaged ? [...runs, ...staged.runs] : runs,
        missing: isStaged ? [...missing, ...staged.missing] : missing,
        opaque: isStaged ? [...opaque, ...staged.opaque] : opaque,
      })
    }
    const framework = await preCommitHooks(repository, tasks)
    return { hooks: [...found.hooks, ...framework.hooks], broken: [...found.broken, ...framework.broken] }
  },
})
