import { join } from 'node:path'
import type { Launch } from '../../core/target.ts'
import { findExecutable } from '../executable.ts'
import { namesAnMcpServer, nothing, within, type Candidate, type Place, type Source } from './candidate.ts'
import { isInstalled, moduleGraph } from './node-modules.ts'
import { dependsOnSdk, looksLikeServer, packageManager, readPackageJson, type PackageJson } from './package-json.ts'

type Obstacle = Candidate['obstacle']

const directoryOf = ({ repository, folder }: Place): string => join(repository.root, folder)

const buildSteps = (place: Place, json: PackageJson): string => {
  const manager = packageManager(place, json)
  const needed = Object.keys(json.dependencies ?? {}).some(name => !isInstalled(name, directoryOf(place)))
  const build = json.scripts?.['build'] ? [`${manager} run build`] : []
  const steps = [...(needed || build.length === 0 ? [`${manager} install`] : []), ...build]
  return `run "${steps.join(' && ')}" first`
}

const notInstalled = async (place: Place, json: PackageJson, entry: string): Promise<Obstacle> => {
  if (place.repository.exists('.pnp.cjs')) return undefined
  const { packages } = await moduleGraph(place.repository, entry)
  const missing = Object.keys(json.dependencies ?? {}).find(
    name => packages.has(name) && !isInstalled(name, directoryOf(place)),
  )
  if (!missing) return undefined
  return {
    saw: `its dependency ${missing} is not installed`,
    hint: `run "${packageManager(place, json)} install" first`,
  }
}

/** The words of `#!/usr/bin/env -S node --flag`; null without such a line. */
const interpreterOf = (text: string | null): string[] | null => {
  const line = /^#!\s*([^\r\n]{1,200})/.exec(text ?? '')?.[1]?.trim()
  if (!line) return null
  const words = line.split(/\s+/)
  return words[0]?.endsWith('/env') ? words.slice(words[1] === '-S' ? 2 : 1) : words
}

/** A program that the package installed, or one of the system. */
const commandOf = (place: Place, name: string): string =>
  [directoryOf(place), place.repository.root]
    .map(directory => join(directory, 'node_modules/.bin', name))
    .find(local => findExecutable(local, '/')) ?? name

/** How a file of the package is run and what keeps it from running. */
const runFile = async (
  place: Place,
  json: PackageJson,
  file: string,
  origin: string,
): Promise<{ launch: Launch; obstacle?: Obstacle }> => {
  const path = within(place, file.replace(/^\.\//, ''))
  const cwd = directoryOf(place)
  const words = interpreterOf(await place.repository.text(path)) ?? ['node']
  const [name = 'node', ...flags] = words
  const launch = {
    command: commandOf(place, name),
    args: [...flags, join(place.repository.root, path)],
    cwd,
    env: {},
    origin,
  }
  if (!place.repository.exists(path))
    return { launch, obstacle: { saw: `it names ${file}, which is not there`, hint: buildSteps(place, json) } }
  if (/\.[mc]?tsx?$/.test(file) && /(^|\/)node$/.test(name))
    return {
      launch,
      obstacle: {
        saw: `it names ${file}, which is TypeScript and not what node runs`,
        hint: `${buildSteps(place, json)} and let it name the built file`,
      },
    }
  return { launch, obstacle: await notInstalled(place, json, path) }
}

const likeness = (name: string, json: PackageJson): number =>
  (namesAnMcpServer(name) ? 2 : 0) + (/server/i.test(name) ? 1 : 0) + (json.name.endsWith(name) ? 1 : 0)

const binsOf = ({ name, bin }: PackageJson): [name: string, file: string][] =>
  typeof bin === 'string' ? [[name.replace(/^@[^/]+\//, ''), bin]] : Object.entries(bin ?? {})

const fromBins = async (place: Place, json: PackageJson, file: string): Promise<Candidate[]> => {
  const why = dependsOnSdk(json) ? 'the package depends on an MCP SDK' : 'its names say MCP'
  const bins = binsOf(json).toSorted(([a], [b]) => likeness(b, json) - likeness(a, json))
  return Promise.all(
    bins.map(async ([name, target]) => ({ ...(await runFile(place, json, target, `${file} bin "${name}"`)), why })),
  )
}

const fromMain = async (place: Place, json: PackageJson, file: string): Promise<Candidate[]> => {
  const { main } = json
  if (!main) return []
  const run = await runFile(place, json, main, `${file} main`)
  const path = within(place, main.replace(/^\.\//, ''))
  if (!place.repository.exists(path))
    return dependsOnSdk(json) ? [{ ...run, why: 'the package depends on an MCP SDK' }] : []
  const { constructs, starts } = await moduleGraph(place.repository, path)
  return constructs && starts ? [{ ...run, why: `${main} constructs an MCP server and starts it` }] : []
}

const shellSyntax = /[|&;<>()$`"'*?#~\\]|^\s*$/

/** Started without npm and a shell in between where the script is a plain command: both would swallow signals. */
const fromStartScript = async (place: Place, json: PackageJson, file: string): Promise<Candidate[]> => {
  const script = json.scripts?.['start']
  if (!script) return []
  const cwd = directoryOf(place)
  const origin = `${file} scripts.start`
  const words = script.trim().split(/\s+/)
  const settings = words.findIndex(word => !/^[A-Z_]\w*=/i.test(word))
  const [name = '', ...args] = words.slice(Math.max(0, settings))
  if (shellSyntax.test(script) || settings < 0) {
    const manager = packageManager(place, json)
    const launch = { command: manager, args: ['run', '--silent', 'start'], cwd, env: {}, origin }
    return [{ launch, why: `the script needs a shell, so ${manager} runs it` }]
  }
  const env = Object.fromEntries(words.slice(0, settings).map(word => word.split(/=(.*)/s, 2) as [string, string]))
  const entry = args.find(arg => /\.[mc]?[jt]sx?$/.test(arg))
  const launch = { command: commandOf(place, name), args, cwd, env, origin }
  const run = entry && !entry.startsWith('/') ? await runFile(place, json, entry, origin) : undefined
  const typescript = run?.obstacle?.saw.includes('TypeScript') === true && name !== 'node'
  return [{ launch, why: script, ...(run?.obstacle && !typescript ? { obstacle: run.obstacle } : {}) }]
}

/** package.json: its bin, its main when that is a server, its start script. */
export const nodePackage: Source = async place => {
  const file = within(place, 'package.json')
  const json = await readPackageJson(place)
  if (!json) return nothing
  if (json === 'broken') return { candidates: [], looked: [`${file} (not valid JSON)`] }
  if (!looksLikeServer(json)) return { candidates: [], looked: [`${file} (nothing in it says MCP server)`] }
  const candidates = [
    ...(await fromBins(place, json, file)),
    ...(await fromMain(place, json, file)),
    ...(await fromStartScript(place, json, file)),
  ]
  return { candidates, looked: candidates.length > 0 ? [] : [`${file} (no bin, no server as main, no start script)`] }
}
