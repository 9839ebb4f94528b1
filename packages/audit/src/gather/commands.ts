import { gatherer } from '../core/item.ts'
import { pipelines } from './pipelines.ts'
import { isInScope, project, type Project } from './project.ts'
import { runsOf, type Run } from './runs.ts'
import { tasks, type Tasks } from './tasks.ts'

/** One name by which work is called: a package script, a Makefile target, a nox session, a hook. */
export interface EntryPoint {
  /** What a person types, such as `npm run check`, `make check`. */
  call: string
  tool: string
  name: string
  at: string
  line?: number
  runs: Run[]
  /** Commands on the way that cannot be followed. */
  opaque: string[]
}

/** A command that runs in the end, and where it is called from. */
export interface Command extends Run {
  from: string
  at: string
  line: number
  /** Events that reach it in a pipeline; null when it is called from no pipeline. */
  events: string[] | null
}

export interface Commands {
  entryPoints: EntryPoint[]
  /** What entry points and reached pipeline steps run, in this order. */
  all: Command[]
}

const calls: Record<string, string> = {
  make: 'make',
  just: 'just',
  task: 'task',
  tox: 'tox -e',
  nox: 'nox -s',
  hatch: 'hatch run',
  pdm: 'pdm run',
  poe: 'poe',
  'pre-commit': 'pre-commit run',
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

const entry = (tool: string, name: string, call: string, at: string, script: string, tasks: Tasks): EntryPoint => {
  const { runs, opaque } = runsOf(script, directoryOf(at), tasks)
  return { tool, name, call, at, runs, opaque }
}

/** Tools that run everything they know when they are given no name. */
const wholes: [tool: string, call: string][] = [
  ['nox', 'nox'],
  ['tox', 'tox'],
  ['pre-commit', 'pre-commit run --all-files'],
]

const entryPointsOf = (found: Project, known: Tasks): EntryPoint[] => [
  ...found.node
    .filter(({ directory, path }) => directory === '' || isInScope(found, path))
    .flatMap(({ path, scripts }) =>
      Object.keys(scripts).map(name => entry('npm', name, `npm run ${name}`, path, `npm run '${name}'`, known)),
    ),
  ...known.named.map(({ tool, name, path, line, script, before }) => {
    const call = `${calls[tool]} ${name}`
    const whole = before.length > 0 ? `${call.replace(/^tox -e$/, 'tox')}\n` : script
    return { ...entry(tool, name, call, path, whole, known), line }
  }),
  ...wholes.flatMap(([tool, call]) => {
    const first = known.named.find(task => task.tool === tool)
    return first ? [entry(tool, '', call, first.path, call, known)] : []
  }),
  ...Object.entries(known.scripts).map(([path, script]) => entry('sh', path, `./${path}`, path, script, known)),
]

/** The commands that scripts, tasks and pipelines run in the end. */
export const commands = gatherer<
  Commands,
  { project: typeof project; tasks: typeof tasks; pipelines: typeof pipelines }
>({
  id: 'commands',
  impact: 'read',
  from: 'repository',
  needs: { project, tasks, pipelines },
  gather: (_, { project: found, tasks: known, pipelines }) => {
    const entryPoints = entryPointsOf(found, known)
    const reached = pipelines.steps.filter(({ never }) => never === null)
    return {
      entryPoints,
      all: [
        ...entryPoints.flatMap(({ runs, call, at, line }) =>
          runs.map(run => ({ ...run, from: call, at, line: line ?? 1, events: null })),
        ),
        ...reached.flatMap(({ runs, at, line, events, tolerated }) =>
          runs.map(run => ({
            ...run,
            tolerated: run.tolerated || tolerated,
            from: 'a pipeline',
            at,
            line: line + run.line - 1,
            events,
          })),
        ),
      ],
    }
  },
})
