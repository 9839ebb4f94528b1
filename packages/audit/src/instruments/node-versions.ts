import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'

const installMs = 180_000
const maxBytes = 1024 * 1024

const cacheDirectory = (): string => process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')

/** Major, or more of a version, of this very Node. */
const isOwn = (version: string): boolean => `${process.versions.node}.`.startsWith(`${version}.`)

const nodeName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

const placeOf = (version: string): string => join(cacheDirectory(), 'airworthy', `node-${version}`)

const programIn = (place: string): string =>
  join(place, 'node_modules', nodeName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The path of a Node of this version where it is here already; null where it would have to be fetched. */
export const keptNode = (version: string): string | null => {
  if (isOwn(version)) return process.execPath
  const program = programIn(placeOf(version))
  return existsSync(program) ? program : null
}

/**
 * The path of a Node of this version, from a cache or from the npm registry, or an Error that tells why there is none. No
 * script of the package is run.
 */
export const nodeOf = async (version: string, signal: AbortSignal): Promise<string | Error> => {
  const kept = keptNode(version)
  if (kept) return kept
  const place = placeOf(version)
  const program = programIn(place)
  try {
    await mkdir(place, { recursive: true })
    const args = ['install', '--prefix', place, '--no-audit', '--no-fund', '--no-save', '--ignore-scripts']
    const { code, stderr, cut } = await runCommand({
      command: process.platform === 'win32' ? 'npm.cmd' : 'npm',
      args: [...args, `${nodeName}@${version}`],
      cwd: place,
      deadlineMs: installMs,
      maxBytes,
      signal,
    })
    if (code === 0 && existsSync(program)) return program
    const why =
      stderr.split('\n').find(line => /npm (error|ERR!) (?!code|A complete)/.test(line)) ?? cut ?? `exit code ${code}`
    return new Error(`Node ${version} could not be had from the npm registry: ${why.slice(0, 200)}`)
  } catch (error) {
    return new Error(`Node ${version} could not be had from the npm registry: ${(error as Error).message}`)
  }
}

/** Puts a program under the name `node` into a directory of its own, for a PATH; gives its path there. */
export const placeNode = async (program: string, scratch: string): Promise<string> => {
  const directory = await mkdtemp(join(scratch, 'runtime-'))
  const node = join(directory, 'node')
  await symlink(program, node)
  return node
}
