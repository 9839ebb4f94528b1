import type { SgNode } from '@ast-grep/napi'
import type { Project } from './project.ts'
import type { Trees } from './trees.ts'

/** What the settings of a test runner say of how it runs, where they are read without running them. */
export interface RunnerSettings {
  /** Settings that make a runner do one file after the other. */
  serial: { runner: string; what: string; at: string; line: number }[]
  mochaParallel: boolean
}

const configs: [file: RegExp, runner: string][] = [
  [/(^|\/)(vitest|vite)(\.[\w-]+)?\.config\.[mc]?[jt]s$/, 'vitest'],
  [/(^|\/)jest\.config\.[mc]?[jt]s$/, 'jest'],
  [/(^|\/)playwright\.config\.[mc]?[jt]s$/, 'playwright'],
  [/(^|\/)ava\.config\.[mc]?js$/, 'ava'],
]

const runnerOf = (path: string): string | undefined => configs.find(([file]) => file.test(path))?.[1]

/** `process.env.CI ? 1 : undefined` is 1 in a pipeline. */
const inPipeline = (value: SgNode): string => {
  const condition = value.kind() === 'ternary_expression' ? value.field('condition')?.text() : undefined
  if (condition === undefined) return value.text()
  const isCi = /^(!!)?\s*process\.env(\.CI|\[['"]CI['"]\])$/.test(condition)
  return isCi ? (value.field('consequence')?.text() ?? '') : ''
}

const oneByOne: Record<string, RegExp> = {
  fileParallelism: /^false$/,
  singleThread: /^true$/,
  singleFork: /^true$/,
  maxWorkers: /^1$/,
  workers: /^1$/,
  serial: /^true$/,
  concurrency: /^1$/,
}

/** Reads the settings of test runners as syntax. */
export const runnerSettings = async (found: Project, trees: Trees): Promise<RunnerSettings> => {
  const serial = await trees.visit({ test: (_, { path }) => runnerOf(path) !== undefined }, (root, { path }) =>
    root.findAll({ rule: { kind: 'pair' } }).flatMap(pair => {
      const key = pair.field('key')?.text().replaceAll(/['"]/g, '') ?? ''
      const value = pair.field('value')
      const wanted = Object.hasOwn(oneByOne, key) ? oneByOne[key] : undefined
      if (!wanted || !value || !wanted.test(inPipeline(value))) return []
      const what = `${key}: ${value.text().slice(0, 60)}`
      return [{ runner: runnerOf(path) ?? '', what, at: path, line: pair.range().start.line + 1 }]
    }),
  )
  const inManifests = found.node.flatMap(({ path, raw }) => {
    const jest = raw['jest'] as Record<string, unknown> | undefined
    return jest?.['maxWorkers'] === 1 ? [{ runner: 'jest', what: 'maxWorkers: 1', at: path, line: 1 }] : []
  })
  const mocha = found.node.some(
    ({ raw }) => (raw['mocha'] as Record<string, unknown> | undefined)?.['parallel'] === true,
  )
  return { serial: [...serial, ...inManifests], mochaParallel: mocha }
}
