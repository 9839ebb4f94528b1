import { parse as parseYaml } from 'yaml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { parseJsonc } from '../target/json.ts'
import { ecosystemNames, type EcosystemName } from './ecosystems.ts'
import { pipelines, type Pipelines } from './pipelines.ts'
import { readYaml } from './yaml-source.ts'
import { table, type Table } from './tables.ts'

/** Something that proposes newer versions by itself. */
export interface UpdateBot {
  what: string
  path: string
  line: number
  ecosystem: EcosystemName
  /** Folders it looks into, without slashes around; null is everywhere. */
  directories: string[] | null
  /** Why it proposes nothing; null when it does. */
  idle: string | null
}

export interface UpdateBots {
  bots: UpdateBot[]
  broken: { path: string; line: number; because: string }[]
}

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string')
const plain = (directory: string): string => directory.replaceAll(/^(\.?\/)+|\/+$/g, '')

const dependabotNames: Record<string, EcosystemName> = {
  npm: 'npm',
  bun: 'npm',
  pip: 'python',
  uv: 'python',
  docker: 'docker',
  'github-actions': 'github-actions',
  gomod: 'go',
  cargo: 'cargo',
  nuget: 'nuget',
  maven: 'maven',
  gradle: 'gradle',
  bundler: 'bundler',
  composer: 'composer',
}

/** What keeps an entry from opening pull requests. */
const idleEntry = (entry: Table, directories: string[]): string | null => {
  if (directories.length === 0) return 'it has no directory'
  if (typeof table(entry['schedule'])['interval'] !== 'string') return 'it has no schedule.interval'
  if (entry['open-pull-requests-limit'] === 0) return 'open-pull-requests-limit is 0'
  const ignored = (Array.isArray(entry['ignore']) ? entry['ignore'] : []).map(table)
  const all = ignored.some(
    rule => rule['dependency-name'] === '*' && rule['update-types'] === undefined && rule['versions'] === undefined,
  )
  return all ? 'it ignores every dependency' : null
}

const readDependabot = (path: string, text: string): UpdateBots => {
  const { root, lineOf, errors } = readYaml(text)
  const [error] = errors
  if (error) return { bots: [], broken: [{ path, line: error.line, because: error.message }] }
  const updates = Array.isArray(root?.['updates']) ? root['updates'].map(table) : []
  if (root?.['version'] !== 2 || updates.length === 0) {
    const because = root?.['version'] === 2 ? 'it has no updates' : 'it is not of version 2'
    return { bots: [], broken: [{ path, line: 1, because }] }
  }
  const bots = updates.flatMap((entry, index): UpdateBot[] => {
    const ecosystem = dependabotNames[String(entry['package-ecosystem'])]
    const directories = [...strings(entry['directory']), ...strings(entry['directories'])].map(plain)
    const line = lineOf(['updates', index])
    return ecosystem
      ? [{ what: 'Dependabot', path, line, ecosystem, directories, idle: idleEntry(entry, directories) }]
      : []
  })
  return { bots, broken: [] }
}

const managers: Record<string, EcosystemName> = {
  npm: 'npm',
  bun: 'npm',
  pep621: 'python',
  pip_requirements: 'python',
  'pip-compile': 'python',
  poetry: 'python',
  pipenv: 'python',
  dockerfile: 'docker',
  'github-actions': 'github-actions',
  gomod: 'go',
  cargo: 'cargo',
  nuget: 'nuget',
  maven: 'maven',
  gradle: 'gradle',
  bundler: 'bundler',
  composer: 'composer',
}

/** A rule that concerns whole managers, not single packages. */
const isForManagers = (rule: Table): boolean =>
  Object.keys(rule).every(key => /^(description|enabled|matchManagers|matchCategories)$/.test(key))

const renovateIdle = (config: Table, name: EcosystemName): string | null => {
  const own = Object.keys(managers).filter(manager => managers[manager] === name)
  const enabled = strings(config['enabledManagers'])
  const rules = (Array.isArray(config['packageRules']) ? config['packageRules'] : []).map(table)
  const off = rules.find(
    rule =>
      rule['enabled'] === false && isForManagers(rule) && strings(rule['matchManagers']).some(m => own.includes(m)),
  )
  if (config['enabled'] === false) return 'it is disabled'
  if (enabled.length > 0 && !enabled.some(manager => own.includes(manager))) return 'enabledManagers leaves it out'
  if (off) return 'a rule in packageRules disables it'
  return own.every(manager => table(config[manager])['enabled'] === false) ? 'it is disabled there' : null
}

const renovateFile =
  /^(renovate\.json5?|\.github\/renovate\.json5?|\.gitlab\/renovate\.json5?|\.renovaterc(\.json5?)?)$/

/** JSON with comments, or JSON5, which is nearly a flow mapping of YAML. */
const lenient = (text: string, path: string): unknown => {
  try {
    return parseJsonc(text, path)
  } catch (error) {
    if (!path.endsWith('5')) throw error
    return parseYaml(text.replaceAll(/^\s*\/\/.*$/gm, ''), { maxAliasCount: 0 })
  }
}

const readRenovate = (path: string, parse: () => unknown): UpdateBots => {
  let config: Table
  try {
    config = table(parse())
  } catch (error) {
    return { bots: [], broken: [{ path, line: 1, because: String(error instanceof Error ? error.message : error) }] }
  }
  const bots = ecosystemNames.map((ecosystem): UpdateBot => ({
    what: 'Renovate',
    path,
    line: 1,
    ecosystem,
    directories: null,
    idle: renovateIdle(config, ecosystem),
  }))
  return { bots, broken: [] }
}

const updates: [EcosystemName, RegExp][] = [
  ['npm', /^((npm-check-updates|ncu)\b.*(-u|--upgrade)\b|(npm|pnpm|yarn|bun) (update|up|upgrade)\b)/],
  ['python', /^(uv (lock|sync)\b.*(--upgrade|-U)\b|(poetry|pdm|pipenv) update\b|pip-compile\b.*(--upgrade|-U)\b)/],
  ['go', /^go get\b.*-u\b/],
  ['cargo', /^cargo (update|upgrade)\b/],
]
const proposes =
  /peter-evans\/create-pull-request|^gh pr create\b|^glab mr create\b|^git push\b|stefanzweifel\/git-auto-commit/

/** Scheduled jobs that raise versions and hand the result in. */
const scheduled = ({ steps }: Pipelines): UpdateBot[] =>
  steps
    .filter(({ events }) => events.includes('schedule'))
    .flatMap(({ runs, at, line, job }) => {
      const handsIn = steps
        .filter(other => other.job === job)
        .some(({ step, runs }) =>
          [step.uses ?? '', ...runs.map(({ words }) => words.join(' '))].some(w => proposes.test(w)),
        )
      return runs.flatMap(({ words }) =>
        updates
          .filter(([, pattern]) => pattern.test(words.join(' ')))
          .map(([ecosystem]) => ({
            what: `the scheduled job ${job.id}`,
            path: at,
            line,
            ecosystem,
            directories: null,
            idle: handsIn ? null : 'no step of its job hands the result in',
          })),
      )
    })

const read = async (repository: Repository): Promise<UpdateBots[]> => {
  const found: UpdateBots[] = []
  for (const path of repository.files) {
    const isDependabot = /^\.github\/dependabot\.ya?ml$/.test(path)
    const isRenovate = renovateFile.test(path)
    if (!isDependabot && !isRenovate && path !== 'package.json') continue
    const text = (await repository.text(path)) ?? ''
    if (isDependabot) found.push(readDependabot(path, text))
    else if (isRenovate) found.push(readRenovate(path, () => lenient(text, path)))
    else if (text.includes('"renovate"')) {
      try {
        const inside = table(JSON.parse(text))['renovate']
        if (inside !== undefined) found.push(readRenovate(path, () => inside))
      } catch {
        // a broken package.json is told by the project
      }
    }
  }
  return found
}

/** Dependabot, Renovate and scheduled jobs, each with the ecosystem and the folders that it looks after. */
export const updateBots = gatherer<UpdateBots, { pipelines: typeof pipelines }>({
  id: 'update-bots',
  impact: 'read',
  from: 'repository',
  needs: { pipelines },
  gather: async ({ repository }, { pipelines }) => {
    const found = repository ? await read(repository) : []
    return {
      bots: [...found.flatMap(({ bots }) => bots), ...scheduled(pipelines)],
      broken: found.flatMap(({ broken }) => broken),
    }
  },
})
