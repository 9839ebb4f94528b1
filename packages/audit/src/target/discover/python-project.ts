import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { namesAnMcpServer, nothing, within, type Candidate, type Source } from './candidate.ts'
import { lacksSdk, programIn, pythonCommand, pythonEnvironment } from './python-environment.ts'

const scripts = z
  .record(
    z.string(),
    z.union([z.string(), z.looseObject({ reference: z.string() }).transform(({ reference }) => reference)]),
  )
  .optional()
  .catch(undefined)

const shape = z.looseObject({
  project: z
    .looseObject({
      name: z.string().catch(''),
      dependencies: z.array(z.string()).optional().catch([]),
      scripts,
    })
    .optional()
    .catch(undefined),
  tool: z
    .looseObject({
      poetry: z
        .looseObject({
          name: z.string().catch(''),
          scripts,
          dependencies: z.record(z.string(), z.unknown()).optional(),
        })
        .optional()
        .catch(undefined),
      uv: z
        .looseObject({ workspace: z.looseObject({ members: z.array(z.string()).catch([]) }).optional() })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
})
export type PyProject = z.infer<typeof shape>

export const parsePyProject = (text: string): PyProject | null => {
  try {
    return shape.parse(parse(text))
  } catch {
    return null
  }
}

const dependenciesOf = ({ project, tool }: PyProject): string[] => [
  ...(project?.dependencies ?? []).map(line => /^[\w.-]+/.exec(line)?.[0] ?? ''),
  ...Object.keys(tool?.poetry?.dependencies ?? {}),
]

/** `pkg.module:function`, as an installed console script calls it. */
const calling = (reference: string): string | null => {
  const [, module, callable] = /^([\w.]+):([\w.]+)/.exec(reference) ?? []
  if (!module || !callable) return null
  return `import sys; from ${module} import ${callable.split('.')[0]}; sys.exit(${callable}())`
}

const likeness = (name: string, project: string): number =>
  (namesAnMcpServer(name) ? 2 : 0) + (/server/i.test(name) ? 1 : 0) + (name === project ? 1 : 0)

/** The console scripts of pyproject.toml. */
export const pythonProject: Source = async place => {
  const file = within(place, 'pyproject.toml')
  const text = await place.repository.text(file)
  if (text === null) return nothing
  const toml = parsePyProject(text)
  if (!toml) return { candidates: [], looked: [`${file} (not valid TOML)`] }
  const project = toml.project?.name || toml.tool?.poetry?.name || ''
  const found = { ...toml.tool?.poetry?.scripts, ...toml.project?.scripts }
  const onSdk = dependenciesOf(toml).some(name => /^(mcp|fastmcp)$/i.test(name))
  if (!onSdk && ![project, ...Object.keys(found), ...dependenciesOf(toml)].some(namesAnMcpServer))
    return { candidates: [], looked: [`${file} (nothing in it says MCP server)`] }
  const cwd = join(place.repository.root, place.folder)
  const environment = pythonEnvironment(place)
  const source: Record<string, string> = place.repository.exists(within(place, 'src'))
    ? { PYTHONPATH: join(cwd, 'src') }
    : {}
  const why = onSdk ? 'the project depends on an MCP SDK' : 'its names say MCP'

  const candidateOf = ([name, reference]: [string, string]): Candidate => {
    const origin = `${file} scripts "${name}"`
    const installed = environment.root && programIn(environment.root, name)
    if (installed && existsSync(installed))
      return { launch: { command: installed, args: [], cwd, env: {}, origin }, why, obstacle: lacksSdk(environment) }
    if (environment.runner) {
      const [command = 'uv', ...args] = environment.runner
      return {
        launch: { command, args: [...args, name], cwd, env: {}, origin },
        why: `${why}, and a lock file is there`,
      }
    }
    const [command = 'python3', ...args] = pythonCommand(environment)
    const module = reference.split(':')[0]?.split('.')[0] ?? ''
    const asModule = ['', 'src/'].some(base => place.repository.exists(within(place, `${base}${module}/__main__.py`)))
    const code = calling(reference)
    const run = asModule || !code ? ['-m', module] : ['-c', code]
    const launch = { command, args: [...args, ...run], cwd, env: source, origin }
    if (!environment.root)
      return { launch, why: `${why}; without a virtual environment the Python of the PATH runs it` }
    return {
      launch,
      why,
      obstacle: { saw: `it is not installed in ${environment.root}`, hint: `run "${environment.install}" first` },
    }
  }
  const candidates = Object.entries(found)
    .toSorted(([a], [b]) => likeness(b, project) - likeness(a, project))
    .map(candidateOf)
  return { candidates, looked: candidates.length > 0 ? [] : [`${file} (no scripts)`] }
}
