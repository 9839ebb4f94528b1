import { parse as parseYaml } from 'yaml'
import type { Repository } from '../core/target.ts'
import { valueAfter } from './known-commands.ts'
import type { Pipelines } from './pipelines.ts'
import type { Purposeful } from './purposes.ts'
import type { Run } from './runs.ts'
import type { Trees } from './trees.ts'
import { table, type Table } from './tables.ts'

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string')

/** Rules of ruff that come from Bandit. */
const bandit = /^(ALL|S\d*)$/
/** So few of them are no analysis. */
const isSelection = (rules: string[]): boolean =>
  rules.some(rule => /^(ALL|S|S[1-7])$/.test(rule)) || rules.filter(rule => bandit.test(rule)).length >= 10

const ruffSelects = ({ words }: Run, settings: Table): boolean => {
  if (!/^(ruff|ruff-check)$/.test(words[0] ?? '') || words[1] === 'format') return false
  const lint = { ...settings, ...table(settings['lint']) }
  const asked = valueAfter(words, '--select')?.split(',')
  const more = [...(valueAfter(words, '--extend-select')?.split(',') ?? []), ...strings(lint['extend-select'])]
  const ignored = [...(valueAfter(words, '--ignore')?.split(',') ?? []), ...strings(lint['ignore'])]
  return isSelection([...(asked ?? strings(lint['select'])), ...more]) && !ignored.includes('S')
}

const securityPlugin =
  /^(eslint-plugin-(security|security-node|no-unsanitized|no-secrets|sonarjs)|@microsoft\/eslint-plugin-sdl)$/
const flatConfig = /(^|\/)eslint\.config\.[mc]?[jt]s$/
const olderConfig = /(^|\/)\.eslintrc(\.(json|ya?ml))?$/

/** A flat configuration is code: a plugin counts when what is imported of it is used. */
const inFlatConfig = async (trees: Trees): Promise<boolean> => {
  const used = await trees.visit(
    { test: (text, { path }) => flatConfig.test(path) && /eslint-plugin/.test(text) },
    root =>
      root.findAll({ rule: { kind: 'import_statement' } }).flatMap(node => {
        const source = node.field('source')?.text().replaceAll(/['"]/g, '') ?? ''
        const name = node
          .find({ rule: { kind: 'import_clause' } })
          ?.find({ rule: { kind: 'identifier' } })
          ?.text()
        if (!securityPlugin.test(source) || name === undefined) return []
        return [root.findAll({ rule: { kind: 'identifier', regex: `^${name}$` } }).length > 1]
      }),
  )
  return used.includes(true)
}

const inOlderConfig = async (repository: Repository): Promise<boolean> => {
  for (const path of repository.files.filter(each => olderConfig.test(each)).slice(0, 5)) {
    try {
      const { extends: bases } = table(parseYaml((await repository.text(path)) ?? ''))
      if (strings(bases).some(base => /^plugin:(security|sonarjs|no-unsanitized|@microsoft\/sdl)\//.test(base)))
        return true
    } catch {
      // Whether the linter can read its settings is asked elsewhere.
    }
  }
  return false
}

/** Linters that are told to look for insecure code, and that a pipeline runs. */
export const securityLinting = async (
  repository: Repository,
  { steps }: Pipelines,
  ruff: Table,
  trees: Trees,
): Promise<Purposeful[]> => {
  const isEslintTold = (await inFlatConfig(trees)) || (await inOlderConfig(repository))
  const counts = (run: Run): boolean => ruffSelects(run, ruff) || (run.words[0] === 'eslint' && isEslintTold)
  return steps.flatMap(step =>
    step.runs.filter(counts).map(run => ({
      step,
      run,
      does: `${run.via.join(' → ')}${run.words[0] === 'eslint' ? ' with a plugin for security' : ' with the rules of Bandit (S)'}`,
      tolerated: step.tolerated || run.tolerated,
      quiet: run.words.includes('--exit-zero') ? '--exit-zero keeps it from failing' : null,
    })),
  )
}
