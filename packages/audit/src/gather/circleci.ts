import { filledIn, parametersOf, whenHolds, type Parameters } from './circleci-parameters.ts'
import { matrixOf } from './job-matrix.ts'
import type { Job, JobRule, Trigger, Workflow, WorkflowStep } from './workflows.ts'
import { readYaml } from './yaml-source.ts'
import { table, type Table } from './tables.ts'

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
const record = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table(value)).map(([name, entry]) => [
      name,
      text(entry) ??
        (Array.isArray(entry) && entry.every(each => text(each) !== null) ? entry.join('\n') : JSON.stringify(entry)),
    ]),
  )

/** The only entry of `- name: { options }`, or a bare name. */
const named = (value: unknown): [name: string, options: unknown] => {
  if (typeof value === 'string') return [value, {}]
  const [first] = Object.entries(table(value))
  return first ?? ['', {}]
}

interface Config {
  path: string
  root: Table
  parameters: Parameters
  lineOf: (path: (string | number)[]) => number
}

const maxDepth = 6
const ownSteps =
  /^(checkout|setup_remote_docker|save_cache|restore_cache|store_artifacts|store_test_results|persist_to_workspace|attach_workspace|add_ssh_keys|deploy)$/

/** `node/install-packages` of the orb that the file calls `node`: `circleci/node/install-packages`. */
const orbName = (name: string, { root }: Config): string | null => {
  const [alias = '', rest] = name.split(/\/(.*)/s)
  const orb = table(root['orbs'])[alias]
  return rest === undefined ? null : typeof orb === 'string' ? orb.replace(/(@.*)?$/, `/${rest}$1`) : `${alias}/${rest}`
}

const bareStep = (name: string, line: number): WorkflowStep => ({
  name,
  id: null,
  line,
  if: null,
  run: null,
  shell: null,
  uses: null,
  with: {},
  env: {},
  workingDirectory: null,
  continueOnError: false,
})

const conditionOf = (when: string | null): string | null =>
  when === 'on_fail' ? 'failure()' : when === 'always' ? 'always()' : null

const runStep = (options: unknown, line: number): WorkflowStep => {
  const given = typeof options === 'string' ? { command: options } : table(options)
  const command = text(given['command']) ?? ''
  return {
    ...bareStep(text(given['name']) ?? command.trim().split('\n', 1)[0] ?? 'run', line),
    run: command,
    shell: text(given['shell']) ?? 'bash -eo pipefail',
    if: conditionOf(text(given['when'])),
    env: record(given['environment']),
    workingDirectory: text(given['working_directory']),
  }
}

const stepsOf = (steps: unknown, config: Config, place: (string | number)[], depth = 0): WorkflowStep[] =>
  list(steps).flatMap((step, index): WorkflowStep[] => {
    const at = depth === 0 ? [...place, index] : place
    const line = config.lineOf(at)
    const [name, options] = named(step)
    if (name === 'run') return [runStep(options, line)]
    if (name === 'when' || name === 'unless') {
      const holds = whenHolds(table(options)['condition'])
      const isDead = holds !== undefined && holds !== (name === 'when')
      const inner = stepsOf(table(options)['steps'], config, at, depth + 1)
      return isDead ? inner.map(each => ({ ...each, if: 'false' })) : inner
    }
    const command = table(table(config.root['commands'])[name])
    if (command['steps'] !== undefined && depth < maxDepth) {
      const filled = filledIn(command['steps'], 'parameters', { ...parametersOf(command), ...table(options) })
      return stepsOf(filled, config, at, depth + 1)
    }
    const uses = ownSteps.test(name) ? `circleci:${name}` : (orbName(name, config) ?? `circleci:unknown/${name}`)
    return [{ ...bareStep(name, line), uses, with: record(options) }]
  })

const system = (resource: Table): string[] => {
  if (resource['macos'] !== undefined) return ['macos']
  const image = text(table(resource['machine'])['image']) ?? ''
  if (/windows/i.test(image) || text(resource['resource_class'])?.startsWith('windows')) return ['windows']
  return ['linux']
}

/** A pattern of CircleCI as a glob; null when it is more than a glob can say. */
const globOf = (pattern: string): string | null => {
  const inner = /^\/\^?(.*?)\$?\/$/s.exec(pattern)?.[1]
  if (inner === undefined) return pattern
  const glob = inner
    .replaceAll(String.raw`\d`, '[0-9]')
    .replaceAll(String.raw`\.`, '\u0000')
    .replaceAll(/\.[*+]/g, '**')
    .replaceAll(/[()]/g, '')
  return /[\\|.?{}]/.test(glob) ? null : glob.replaceAll('\u0000', '.')
}

const globs = (value: unknown): string[] => list(value).flatMap(each => globOf(text(each) ?? '') ?? [])

const bareTrigger: Omit<Trigger, 'event'> = {
  branches: [],
  branchesIgnore: [],
  tags: [],
  tagsIgnore: [],
  types: [],
  paths: [],
  pathsIgnore: [],
  workflows: [],
  crons: [],
}

const name = (kind: 'branch' | 'tag', pattern: string): string =>
  `matches(circleci.${kind}, '${pattern.replaceAll("'", '')}')`

/** Without a filter for tags a job does not run for one. */
const rulesOf = (filters: unknown): JobRule[] => {
  const [branches, tags] = [table(table(filters)['branches']), table(table(filters)['tags'])]
  const rule = (condition: string, runs: boolean): JobRule => ({ if: condition, changes: [], runs, manual: false })
  const kinds = [
    ['branch', branches, true],
    ['tag', tags, tags['only'] !== undefined || tags['ignore'] !== undefined],
  ] as const
  return kinds.flatMap(([kind, given, byDefault]): JobRule[] => [
    ...globs(given['ignore']).map(pattern => rule(name(kind, pattern), false)),
    ...globs(given['only']).map(pattern => rule(name(kind, pattern), true)),
    ...(byDefault && (given['only'] === undefined || globs(given['only']).length === 0)
      ? [rule(`circleci.${kind}`, true)]
      : []),
  ])
}

const executorOf = (job: Table, { root }: Config): Table => {
  const [executor, given] =
    typeof job['executor'] === 'string'
      ? [job['executor'], {}]
      : [text(table(job['executor'])['name']) ?? '', job['executor']]
  const found = table(table(root['executors'])[executor])
  return table(filledIn(found, 'parameters', { ...parametersOf(found), ...table(given) }))
}

const jobOf = (workflow: string, entry: unknown, index: number, config: Config): Job => {
  const [called, given] = named(entry)
  const options = table(given)
  const parameters = table(table(options['matrix'])['parameters'])
  const matrixSource =
    options['matrix'] === undefined ? undefined : { ...parameters, exclude: list(table(options['matrix'])['exclude']) }
  const matrix = matrixOf(matrixSource)
  const fromMatrix = Object.fromEntries(Object.keys(parameters).map(key => [key, `\${{ matrix.${key} }}`]))
  const written = table(table(config.root['jobs'])[called])
  const values = { ...parametersOf(written), ...options, ...fromMatrix }
  const job = table(filledIn(written, 'parameters', values))
  const resource = { ...executorOf(job, config), ...job }
  const images = list(resource['docker']).map(each => text(table(each)['image']) ?? '')
  const orb = table(config.root['jobs'])[called] === undefined ? orbName(called, config) : null
  const line = config.lineOf(orb ? ['workflows', workflow, 'jobs', index] : ['jobs', called])
  const shards = Number(text(job['parallelism'])) || 1
  const own = orb
    ? [{ ...bareStep(called, line), uses: orb, with: record({ ...options, ...fromMatrix }) }]
    : stepsOf(job['steps'], config, ['jobs', called, 'steps'])
  const around = (key: string): WorkflowStep[] => stepsOf(options[key], config, ['workflows', workflow, 'jobs', index])
  return {
    id: text(options['name']) ?? called,
    name: text(options['name']) ?? called,
    line,
    needs: list(options['requires']).map(each => named(each)[0]),
    if: null,
    runsOn: system(resource),
    matrix: matrix?.values ?? null,
    combinations: matrix?.combinations ?? null,
    matrixSource,
    shards: shards > 1 ? shards : null,
    steps: options['type'] === 'approval' ? [] : [...around('pre-steps'), ...own, ...around('post-steps')],
    uses: null,
    with: {},
    permissions: null,
    env: { ...record(resource['environment']) },
    environment: null,
    services: images.slice(1),
    container: images[0] ?? null,
    continueOnError: false,
    timeoutMinutes: null,
    workingDirectory: text(job['working_directory'])?.replace(/^~\/project\/?/, '') ?? null,
    cancelInProgress: null,
    rules: rulesOf(options['filters']),
    path: null,
  }
}

/** By what a workflow is started: a push unless it says otherwise, only on request when a parameter has to be set for it. */
const triggersOf = (workflow: Table): Trigger[] => {
  const asked = workflow['when'] ?? workflow['unless']
  const holds = asked === undefined ? true : whenHolds(asked)
  const runs = workflow['when'] === undefined && workflow['unless'] !== undefined ? holds !== true : holds !== false
  if (!runs) return [{ ...bareTrigger, event: 'workflow_dispatch' }]
  const schedules = list(workflow['triggers']).flatMap(each => {
    const cron = text(table(table(each)['schedule'])['cron'])
    return cron === null ? [] : [{ ...bareTrigger, event: 'schedule', crons: [cron] }]
  })
  return schedules.length > 0 ? schedules : [{ ...bareTrigger, event: 'push' }]
}

/** Switched off in the file itself, so that no parameter can switch it on. */
const isOff = (written: Table): boolean =>
  written['when'] === false || written['when'] === 'never' || written['unless'] === true

/** The workflows of a CircleCI configuration; a job that none of them names does not run. */
export const readCircleConfig = (path: string, content: string): Workflow[] => {
  const { root: read, lineOf, errors } = readYaml(content, true)
  const parameters = parametersOf(read ?? {})
  const root = table(filledIn(read ?? {}, 'pipeline.parameters', parameters))
  const config: Config = { path, root, parameters, lineOf }
  const given = Object.entries(table(root['workflows'])).filter(([id]) => id !== 'version')
  const all: [string, Table][] =
    given.length > 0
      ? given.map(([id, workflow]) => [id, table(workflow)])
      : [['build', { jobs: Object.keys(table(root['jobs'])).filter(id => id === 'build') }]]
  return all.map(([id, workflow]): Workflow => {
    const jobs = list(workflow['jobs']).map((entry, index) => jobOf(id, entry, index, config))
    const ids = new Set(jobs.map(job => job.id))
    const exists = (need: string): boolean => [...ids].some(other => need === other || need.startsWith(`${other}-`))
    const unknown = [
      ...jobs.flatMap(({ id: job, line, needs }) =>
        needs
          .filter(need => !exists(need))
          .map(need => ({ line, message: `job ${job} requires the job ${need}, which does not exist` })),
      ),
      ...list(workflow['jobs']).flatMap((entry, index) => {
        const [called, options] = named(entry)
        const isKnown = called in table(root['jobs']) || called.includes('/') || table(options)['type'] === 'approval'
        return isKnown ? [] : [{ line: lineOf(['workflows', id, 'jobs', index]), message: `there is no job ${called}` }]
      }),
    ]
    return {
      path,
      forge: 'circleci',
      name: id,
      triggers: isOff(table(table(read?.['workflows'])[id])) ? [] : triggersOf(workflow),
      permissions: null,
      env: {},
      concurrency: null,
      cancelInProgress: null,
      inputs: {},
      rules: null,
      jobs,
      faults:
        errors.length > 0 ? errors : root['version'] === undefined ? [{ line: 1, message: 'no version' }] : unknown,
    }
  })
}
