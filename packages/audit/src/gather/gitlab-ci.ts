import { onlyAndExcept, rulesOf } from './gitlab-rules.ts'
import { matrixOf, type Matrix } from './job-matrix.ts'
import { folder } from './shell.ts'
import type { Job, Trigger, Workflow, WorkflowStep } from './workflows.ts'
import { readYaml } from './yaml-source.ts'
import { table, type Table } from './tables.ts'

const reserved =
  /^(stages|variables|default|include|workflow|image|services|cache|before_script|after_script|pages:deploy|spec)$/

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const strings = (value: unknown): string[] =>
  list(value)
    .flat(3)
    .filter((entry): entry is string => typeof entry === 'string')
const scalars = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table(value)).flatMap(([name, entry]) => {
      const one = table(entry)['value'] ?? entry
      return typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [[name, String(one)]] : []
    }),
  )

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

interface Source {
  /** All files of the pipeline in one. */
  all: Table
  /** Where each of its entries is written. */
  placeOf: (id: string) => { path: string; line: number }
}

/** A job with all that it extends, nearest last. */
const extended = (name: string, all: Table, seen: string[] = []): Table => {
  const job = table(all[name])
  const parents = seen.includes(name) || seen.length > 10 ? [] : strings(job['extends'])
  return Object.assign({}, ...parents.map(parent => extended(parent, all, [...seen, name])), job) as Table
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

/** `!reference [.job, script]` stands for the lines of another job. */
const linesOf = (value: unknown, all: Table, depth = 0): string[] =>
  list(value).flatMap((entry): string[] => {
    if (typeof entry === 'string') return [entry]
    if (!Array.isArray(entry) || depth > 10) return []
    const [job, key] = entry as unknown[]
    const isReference = entry.length === 2 && typeof job === 'string' && typeof key === 'string' && job in all
    return linesOf(isReference ? extended(job, all)[key] : entry, all, depth + 1)
  })

/** What the forge does around the script, as steps of their own: `gitlab:cache`, `gitlab:artifacts`. */
const aroundScript = (id: string, job: Table, line: number): { before: WorkflowStep[]; after: WorkflowStep[] } => {
  const caches = list(job['cache']).map(table)
  const artifacts = table(job['artifacts'])
  const reports = table(artifacts['reports'])
  const inputs = {
    paths: strings(artifacts['paths']).join('\n'),
    when: strings(artifacts['when'])[0] ?? 'on_success',
    ...Object.fromEntries(Object.keys(reports).map(kind => [`report-${kind}`, 'true'])),
  }
  const coverage = typeof job['coverage'] === 'string' ? { ...bareStep(id, line), uses: 'gitlab:coverage' } : null
  return {
    before: caches
      .filter(cache => cache['paths'] !== undefined)
      .map(cache => ({
        ...bareStep(id, line),
        uses: 'gitlab:cache',
        with: {
          path: strings(cache['paths']).join('\n'),
          key: JSON.stringify(cache['key'] ?? 'default'),
          policy: strings(cache['policy'])[0] ?? 'pull-push',
        },
      })),
    after: [
      ...(job['artifacts'] === undefined ? [] : [{ ...bareStep(id, line), uses: 'gitlab:artifacts', with: inputs }]),
      ...(coverage ? [coverage] : []),
    ],
  }
}

/** `parallel: { matrix: [{ PY: ["3.11", "3.12"] }] }` is one product for each entry. */
const parallelOf = (value: unknown): { shards: number | null; matrix: Matrix | null } => {
  if (typeof value === 'number') return { shards: value > 1 ? value : null, matrix: null }
  const entries = list(table(value)['matrix']).map(entry =>
    matrixOf(Object.fromEntries(Object.entries(table(entry)).map(([key, each]) => [key, list(each)]))),
  )
  if (entries.length === 0) return { shards: null, matrix: null }
  const values: Matrix['values'] = {}
  for (const entry of entries)
    for (const [key, each] of Object.entries(entry?.values ?? {}))
      values[key] = [...new Set([...(values[key] ?? []), ...(each ?? [])])]
  return { shards: null, matrix: { values, combinations: entries.flatMap(entry => entry?.combinations ?? []) } }
}

const jobOf = (id: string, { all, placeOf }: Source): Job => {
  const defaults = { ...all, ...table(all['default']) }
  const own = extended(id, all)
  const inherited = Object.fromEntries(
    ['image', 'cache', 'before_script', 'services', 'tags', 'interruptible', 'artifacts'].map(key => [
      key,
      own[key] ?? defaults[key],
    ]),
  )
  const job: Table = { ...own, ...inherited }
  const { path, line } = placeOf(id)
  const variables = { ...scalars(all['variables']), ...scalars(job['variables']) }
  const manual = job['when'] === 'manual'
  const allowed = job['allow_failure'] === true || (manual && job['allow_failure'] !== false)
  const { shards, matrix } = parallelOf(job['parallel'])
  const filled = (text: string): string =>
    text.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) =>
      matrix && name in matrix.values ? `\${{ matrix.${name} }}` : (variables[name] ?? whole),
    )
  const { before, after } = aroundScript(id, job, line)
  const step: WorkflowStep = {
    ...bareStep(id, line),
    run: [job['before_script'], job['script']].flatMap(script => linesOf(script, all)).join('\n'),
    shell: 'bash',
    continueOnError: allowed,
  }
  const rules = rulesOf(job['rules'], job['when']) ?? onlyAndExcept(job, manual)
  return {
    id,
    name: id,
    line,
    needs: [],
    if: job['when'] === 'never' ? 'false' : null,
    runsOn: strings(job['tags']).map(filled),
    matrix: matrix?.values ?? null,
    combinations: matrix?.combinations ?? null,
    matrixSource: undefined,
    shards,
    steps: [...before, step, ...after],
    uses: null,
    with: {},
    permissions: null,
    env: variables,
    environment: strings(job['environment'])[0] ?? strings(table(job['environment'])['name'])[0] ?? null,
    services: list(job['services']).flatMap(service => strings(table(service)['name'] ?? service)),
    container: [...strings(job['image']), ...strings(table(job['image'])['name'])].map(filled)[0] ?? null,
    continueOnError: allowed,
    timeoutMinutes: null,
    workingDirectory: null,
    cancelInProgress: job['interruptible'] === true ? 'true' : null,
    rules: rules ?? (manual ? [{ if: null, changes: [], runs: true, manual }] : null),
    path,
  }
}

const maxFiles = 30

/** The file with those it includes from the repository, and what it includes from elsewhere. */
const readSource = async (
  path: string,
  content: string,
  read: (path: string) => Promise<string | null>,
): Promise<Source & { elsewhere: string[]; faults: Workflow['faults'] }> => {
  const places = new Map<string, { path: string; line: number }>()
  const elsewhere: string[] = []
  const faults: Workflow['faults'] = []
  const seen = new Set([path])
  const load = async (at: string, text: string): Promise<Table> => {
    const { root, lineOf, errors } = readYaml(text, true)
    faults.push(...errors.map(({ line, message }) => ({ line: at === path ? line : 1, message: `${at}: ${message}` })))
    const all: Table = {}
    for (const entry of list(root?.['include'])) {
      const local = strings(
        table(entry)['local'] ?? (typeof entry === 'string' && !/^https?:/.test(entry) ? entry : []),
      )
      const file = local[0] === undefined ? null : folder('', local[0].replace(/^\//, ''))
      const inner = file === null || seen.has(file) || seen.size > maxFiles ? null : await read(file)
      if (file === null || inner === null) elsewhere.push(JSON.stringify(entry))
      else {
        seen.add(file)
        Object.assign(all, await load(file, inner))
      }
    }
    for (const id of Object.keys(root ?? {})) places.set(id, { path: at, line: Math.max(1, lineOf([id]) - 1) })
    return { ...all, ...root }
  }
  const all = await load(path, content)
  return { all, elsewhere, faults, placeOf: id => places.get(id) ?? { path, line: 1 } }
}

/** A GitLab pipeline in the model of workflows: the script of a job is one step, between its cache and its artifacts. */
export const readGitlabPipeline = async (
  path: string,
  content: string,
  read: (path: string) => Promise<string | null> = () => Promise.resolve(null),
): Promise<Workflow> => {
  const source = await readSource(path, content, read)
  const { all, faults, elsewhere } = source
  const ids = Object.keys(all).filter(id => !reserved.test(id) && !id.startsWith('.') && 'script' in extended(id, all))
  const included = elsewhere.map((uses): Job => ({ ...jobOf('include', source), steps: [], uses, rules: null }))
  return {
    path,
    forge: 'gitlab',
    name: path,
    triggers: ['push', 'pull_request', 'schedule', 'workflow_dispatch'].map(trigger),
    permissions: null,
    env: {},
    concurrency: null,
    cancelInProgress: null,
    inputs: {},
    rules: rulesOf(table(all['workflow'])['rules'], undefined),
    jobs: [...ids.map(id => jobOf(id, source)), ...included],
    faults,
  }
}
