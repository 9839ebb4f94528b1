import type { Job, Trigger, Workflow, WorkflowStep } from './workflows.ts'
import { readYaml } from './yaml-source.ts'

type Table = Record<string, unknown>

const reserved =
  /^(stages|variables|default|include|workflow|image|services|cache|before_script|after_script|pages:deploy|spec)$/

const table = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value.flat(3) : [value]).filter((entry): entry is string => typeof entry === 'string')

const trigger = (event: string): Trigger => ({
  event,
  branches: [],
  branchesIgnore: [],
  tags: [],
  tagsIgnore: [],
  types: [],
  paths: [],
  pathsIgnore: [],
  workflows: [],
  crons: [],
})

/** A job with all that it extends, nearest last. */
const extended = (name: string, all: Table, seen: string[] = []): Table => {
  const job = table(all[name])
  const parents = seen.includes(name) || seen.length > 10 ? [] : strings(job['extends'])
  return Object.assign({}, ...parents.map(parent => extended(parent, all, [...seen, name])), job) as Table
}

const neverRuns = (job: Table): boolean => {
  const rules = Array.isArray(job['rules']) ? job['rules'].map(table) : []
  return job['when'] === 'never' || (rules.length > 0 && rules.every(rule => rule['when'] === 'never'))
}

const jobOf = (id: string, all: Table, line: number): Job => {
  const job = extended(id, all)
  const scripts = [job['before_script'] ?? all['before_script'], job['script']].flatMap(strings)
  const allowed = job['allow_failure']
  const step: WorkflowStep = {
    name: id,
    id: null,
    line,
    if: neverRuns(job) ? 'false' : null,
    run: scripts.join('\n'),
    shell: null,
    uses: null,
    with: {},
    env: {},
    workingDirectory: null,
    continueOnError: allowed === true,
  }
  return {
    id,
    name: id,
    line,
    needs: [],
    if: null,
    runsOn: strings(job['tags']),
    matrix: null,
    steps: [step],
    uses: null,
    with: {},
    permissions: null,
    env: {},
    environment: strings(job['environment'])[0] ?? strings(table(job['environment'])['name'])[0] ?? null,
    services: strings(job['services']),
    container: strings(job['image'])[0] ?? null,
    continueOnError: allowed === true,
    timeoutMinutes: null,
    workingDirectory: null,
  }
}

/** A GitLab pipeline in the model of workflows: each job is one step with its script. Includes are not followed. */
export const readGitlabPipeline = (path: string, content: string): Workflow => {
  const { root, lineOf: lineAt, errors: faults } = readYaml(content)
  const all = root ?? {}
  const lineOf = (id: string): number => Math.max(1, lineAt([id]) - 1)
  const ids = Object.keys(all).filter(id => !reserved.test(id) && !id.startsWith('.') && 'script' in extended(id, all))
  const includes = all['include'] === undefined ? [] : [JSON.stringify(all['include'])]
  const included = includes.map((uses): Job => ({ ...jobOf('include', {}, lineOf('include')), steps: [], uses }))
  return {
    path,
    forge: 'gitlab',
    name: path,
    triggers: [trigger('push'), trigger('pull_request')],
    permissions: null,
    env: {},
    concurrency: null,
    jobs: [...ids.map(id => jobOf(id, all, lineOf(id))), ...included],
    faults,
  }
}
