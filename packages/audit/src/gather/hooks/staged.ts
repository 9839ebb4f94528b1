import { parse as parseYaml } from 'yaml'
import type { Repository } from '../../core/target.ts'
import { runsOf, type Runs } from '../runs.ts'
import type { Tasks } from '../tasks.ts'

const settingsFiles = [
  '.lintstagedrc',
  '.lintstagedrc.json',
  '.lintstagedrc.yaml',
  '.lintstagedrc.yml',
  '.nano-staged.json',
  '.nanostagedrc',
]
const codeFile = /^(.+\/)?(\.?lint-?staged(rc|\.config)|\.?nano-staged(rc)?)\.(m|c)?[jt]s$/

const commandsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(commandsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(commandsIn) : []
}

/** What lint-staged and nano-staged run on the files of a commit. */
export const stagedCommands = async (repository: Repository, tasks: Tasks): Promise<Runs> => {
  const configurations: unknown[] = tasks.node.flatMap(({ raw }) => [raw['lint-staged'], raw['nano-staged']])
  for (const path of settingsFiles) {
    const text = repository.exists(path) ? await repository.text(path) : null
    try {
      if (text !== null) configurations.push(parseYaml(text))
    } catch {
      continue
    }
  }
  const code = repository.files.find(path => codeFile.test(path))
  const all = configurations.flatMap(commandsIn).map(script => runsOf(script, '', tasks))
  const isThere = configurations.some(each => each !== undefined)
  return {
    runs: all.flatMap(({ runs }) => runs),
    missing: [
      ...all.flatMap(({ missing }) => missing),
      ...(isThere || code ? [] : [{ command: 'lint-staged', wanted: 'a configuration of lint-staged', line: 1 }]),
    ],
    opaque: [...all.flatMap(({ opaque }) => opaque), ...(code ? [`${code}, which is code`] : [])],
  }
}
