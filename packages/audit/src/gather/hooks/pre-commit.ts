import type { Repository } from '../../core/target.ts'
import type { CommitHook, CommitHooks } from '../commit-hooks.ts'
import { runsOf } from '../runs.ts'
import type { Tasks } from '../tasks.ts'
import { readYaml } from '../yaml-source.ts'
import { table, type Table } from '../tables.ts'

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const strings = (value: unknown): string[] => list(value).filter((each): each is string => typeof each === 'string')
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Commands behind the ids of well-known hooks, where the id is not the command itself. */
const commandOf: Record<string, string> = {
  ruff: 'ruff check',
  'ruff-check': 'ruff check',
  'ruff-format': 'ruff format',
  'black-jupyter': 'black',
  'biome-check': 'biome check',
  'biome-ci': 'biome ci',
  'biome-lint': 'biome lint',
  'biome-format': 'biome format',
  'golangci-lint': 'golangci-lint run',
  'go-fmt': 'gofmt -l',
  fmt: 'cargo fmt',
  'cargo-fmt': 'cargo fmt',
  clippy: 'cargo clippy',
  'cargo-clippy': 'cargo clippy',
  commitizen: 'cz check',
}

const stagesOf = (hook: Table, defaults: string[]): string[] => {
  const own = strings(hook['stages'])
  const isMessage = /^(commitizen|commitlint|gitlint|conventional-pre-commit)$/.test(text(hook['id']))
  const stages = own.length > 0 ? own : isMessage ? ['commit-msg'] : defaults
  return stages.map(stage => (stage === 'commit' ? 'pre-commit' : stage === 'push' ? 'pre-push' : stage))
}

/** Why pre-commit refuses an entry; null when it takes it. */
const flawOf = (entry: Table): string | null => {
  const repo = text(entry['repo'])
  const hooks = list(entry['hooks']).map(table)
  if (!repo) return 'an entry has no repo'
  if (repo !== 'local' && repo !== 'meta' && entry['rev'] === undefined) return `${repo} has no rev`
  if (hooks.length === 0) return `${repo} has no hooks`
  if (hooks.some(({ id }) => !text(id))) return `a hook of ${repo} has no id`
  const bare = repo === 'local' ? hooks.find(hook => !text(hook['entry']) || !text(hook['language'])) : undefined
  return bare ? `the local hook ${text(bare['id'])} has no entry or no language` : null
}

/** The hooks of .pre-commit-config.yaml; people put them in place with `pre-commit install`. */
export const preCommitHooks = async (repository: Repository, tasks: Tasks): Promise<CommitHooks> => {
  const path = ['.pre-commit-config.yaml', '.pre-commit-config.yml'].find(each => repository.exists(each))
  const content = path === undefined ? null : await repository.text(path)
  if (path === undefined || content === null) return { hooks: [], broken: [] }
  const { root, errors } = readYaml(content)
  const entries = list(root?.['repos']).map(table)
  const flaws = [
    ...errors.slice(0, 1).map(({ message }) => message),
    ...(root && entries.length === 0 ? ['it has no repos'] : []),
    ...entries.flatMap(entry => flawOf(entry) ?? []),
  ]
  if (flaws.length > 0) return { hooks: [], broken: flaws.map(because => ({ at: path, because })) }
  const defaults = strings(root?.['default_stages'])
  const byEvent = new Map<string, string[]>()
  for (const entry of entries)
    for (const hook of list(entry['hooks']).map(table)) {
      const id = text(hook['id'])
      const local = [text(hook['entry']), ...strings(hook['args'])].join(' ')
      const command = entry['repo'] === 'local' ? local : [commandOf[id] ?? id, ...strings(hook['args'])].join(' ')
      for (const event of stagesOf(hook, defaults.length > 0 ? defaults : ['pre-commit']))
        byEvent.set(event, [...(byEvent.get(event) ?? []), command])
    }
  return {
    broken: [],
    hooks: [...byEvent].map(([event, commands]): CommitHook => {
      const all = commands.map(command => runsOf(command, '', tasks))
      return {
        tool: 'pre-commit',
        event,
        at: path,
        runs: all.flatMap(({ runs }) => runs),
        missing: all.flatMap(({ missing }) => missing),
        opaque: all.flatMap(({ opaque }) => opaque),
        idle: null,
      }
    }),
  }
}
