import { basename, delimiter, dirname, isAbsolute } from 'node:path'
import { gatherer, Undecided } from '../core/item.ts'
import type { Launch, Target } from '../core/target.ts'
import { nodeOf, placeNode } from '../instruments/node-versions.ts'
import { attempt } from '../target/startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { compareVersions, ceilingOf, floorOf } from './locks/compare.ts'
import { project, type Project } from './project.ts'
import { opening } from './startup.ts'

/** One version of the language, and how the server started under it. */
export interface TriedRuntime {
  /** Such as `Node 24`. */
  name: string
  /** Null when it was not tried. */
  started: boolean | null
  /** The handshake, the end of the log, or why it was not tried. */
  saw: string
}

export interface DeclaredRuntimes {
  /** What the package says it supports, such as `node >=20`; null when it says nothing. */
  declared: string | null
  tried: TriedRuntime[]
}

/** Release lines that people run. */
const lines = { node: ['18', '20', '22', '24'], python: ['3.10', '3.11', '3.12', '3.13', '3.14'] }

type Language = keyof typeof lines

export const linesWithin = (language: Language, range: string): string[] => {
  const alternatives = range.split('||').map(part => part.trim())
  const allows = (line: string, part: string): boolean => {
    const [floor, ceiling] = [floorOf(part), ceilingOf(part)]
    return (
      (floor === null || compareVersions(`${line}.9999`, floor) >= 0) &&
      (ceiling === null || compareVersions(line, ceiling) < 0)
    )
  }
  return lines[language].filter(line => alternatives.some(part => allows(line, part)))
}

/** What a program says that was compiled for another version: how it was installed is no fault of the server. */
const compiledForAnother = /NODE_MODULE_VERSION|compiled against a different Node|ABI version/

const rangeOf = ({ node, python }: Project): { language: Language; range: string } | null => {
  const engine = node.map(one => one.engines['node']).find(one => one !== undefined)
  if (engine !== undefined) return { language: 'node', range: engine }
  const required = python.map(one => one.requiresPython).find(one => one !== null)
  return required ? { language: 'python', range: required } : null
}

const underNode = async (target: Target, launch: Launch, program: string): Promise<Launch> => {
  const node = await placeNode(program, target.scratch)
  const path = launch.env['PATH'] ?? process.env['PATH'] ?? ''
  const isNode = /^node(\.exe)?$/.test(basename(launch.command))
  const env = { ...launch.env, PATH: `${dirname(node)}${delimiter}${path}` }
  return { ...launch, ...(isNode ? { command: node } : {}), env }
}

/** With uv, which brings its packages for each version; an environment that is there serves one version alone. */
const underPython = (launch: Launch, version: string): Launch | Error => {
  const name = basename(launch.command)
  if (name === 'uvx') return { ...launch, args: ['--python', version, ...launch.args] }
  if (name === 'uv' && launch.args[0] === 'run')
    return { ...launch, args: ['run', '--isolated', '--python', version, ...launch.args.slice(1)] }
  return new Error('its packages are installed for one version of Python; start it with uvx or uv run to try others')
}

const launchUnder = async (target: Target, launch: Launch, language: Language, version: string) => {
  if (language === 'python') return underPython(launch, version)
  const program = isAbsolute(version) ? version : await nodeOf(version, target.signal)
  return program instanceof Error ? program : underNode(target, launch, program)
}

const tryUnder = async (target: Target, opening: Startup, launch: Launch): Promise<Omit<TriedRuntime, 'name'>> => {
  const server = target.server && { ...target.server, launch }
  const { connection, running } = await attempt({ ...target, ...(server ? { server } : {}) }, opening, undefined)
  if (connection) {
    const saw = `handshake after ${Math.round(connection.openedMs)} ms`
    await connection.close()
    return { started: true, saw }
  }
  const log = running.process?.log.lines.map(({ text }) => text) ?? []
  await running.process?.stop()
  if (log.some(text => compiledForAnother.test(text)))
    return { started: null, saw: 'a package of it was compiled for another version: install it under this one' }
  const said = log.filter(text => text.trim() !== '')
  const why = said.find(text => /^\w*(Error|Exception)\b/.test(text)) ?? said.slice(-3).join(' · ')
  return { started: false, saw: why.slice(0, 300) || 'it came to no handshake and said nothing' }
}

/** Starts of the server under other versions of its language. */
export const declaredRuntimes = gatherer({
  id: 'declared-runtimes',
  impact: 'start',
  from: 'server',
  deadline: 600_000,
  needs: { opening, project },
  gather: async (target, { opening, project }): Promise<DeclaredRuntimes> => {
    const wanted = target.settings.runtimes
    const found = rangeOf(project)
    const declared = found && `${found.language} ${found.range}`
    const launch = target.server?.launch
    if (wanted === undefined)
      throw new Undecided(
        `other versions are fetched and tried when airworthy.json says so: "runtimes": "declared"${declared ? ` (${declared})` : ''}, or a list of them`,
      )
    if (!launch) throw new Undecided('only its URL is known: give the command that starts it')
    if (wanted === 'declared' && !found) return { declared, tried: [] }
    const versions: [Language, string][] =
      wanted === 'declared'
        ? linesWithin(found?.language ?? 'node', found?.range ?? '').map(one => [found?.language ?? 'node', one])
        : (['node', 'python'] as const).flatMap(language =>
            (wanted[language] ?? []).map((one): [Language, string] => [language, one]),
          )
    const tried: TriedRuntime[] = []
    for (const [language, version] of versions) {
      const name = `${language === 'node' ? 'Node' : 'Python'} ${version}`
      const changed = await launchUnder(target, launch, language, version)
      if (changed instanceof Error) {
        tried.push({ name, started: null, saw: changed.message })
        continue
      }
      const first = await tryUnder(target, opening, changed)
      // A machine that is busy for a moment is no reason to fail.
      tried.push({ name, ...(first.started === false ? await tryUnder(target, opening, changed) : first) })
    }
    return { declared, tried }
  },
})
