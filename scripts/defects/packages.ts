import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cache, type Defect } from './defects.ts'

const execute = promisify(execFile)
const minute = 60_000

export const run = async (command: string, args: string[], cwd: string, minutes = 3): Promise<void> => {
  await execute(command, args, { cwd, timeout: minutes * minute, maxBuffer: 1 << 26, killSignal: 'SIGKILL' })
}

export class Missing extends Error {}

const folderOf = ({ package: name }: Defect, version: string): string => `${name.replace('/', '+')}@${version}`

/** What a registry does not have is said, not replaced. */
const fromRegistry = async (what: string, work: Promise<void>): Promise<void> => {
  try {
    await work
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error)
    if (/E404|ETARGET|No matching version|No matching distribution|not find a version/.test(said))
      throw new Missing(`the registry lacks ${what}`, { cause: error })
    throw new Error(`${what}: ${said.trim().split('\n').at(-1)}`, { cause: error })
  }
}

const unpackNpm = async (name: string, version: string, place: string): Promise<string> => {
  await fromRegistry(`${name}@${version}`, run('npm', ['pack', '--silent', `${name}@${version}`], place))
  const archive = readdirSync(place).find(file => file.endsWith('.tgz'))
  await run('tar', ['xzf', archive ?? ''], place)
  const inner = readdirSync(place, { withFileTypes: true }).find(entry => entry.isDirectory())
  return join(place, inner?.name ?? '')
}

const unpackPypi = async (name: string, version: string, place: string): Promise<string> => {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--ignore-requires-python', '--only-binary', ':all:']
  await fromRegistry(`${name} ${version}`, run('python3', [...pip, `${name}==${version}`], place))
  const wheel = readdirSync(place).find(file => file.endsWith('.whl')) ?? ''
  await run('python3', ['-m', 'zipfile', '-e', wheel, '.'], place)
  rmSync(join(place, wheel))
  return place
}

const underway = new Map<string, Promise<string>>()

const once = (folder: string, make: (place: string) => Promise<string>): Promise<string> => {
  const known = underway.get(folder)
  if (known) return known
  const made = (async () => {
    if (existsSync(folder)) return folder
    const place = `${folder}.part`
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place, { recursive: true })
    renameSync(await make(place), folder)
    rmSync(place, { recursive: true, force: true })
    return folder
  })()
  underway.set(folder, made)
  return made
}

/** Unpacks one version; nothing of it is installed or executed. */
export const unpacked = (defect: Defect, version: string): Promise<string> =>
  once(join(cache, 'read', folderOf(defect, version)), place =>
    defect.registry === 'npm' ? unpackNpm(defect.package, version, place) : unpackPypi(defect.package, version, place),
  )

const installNpm = async (defect: Defect, version: string, place: string): Promise<string> => {
  const wanted = [`${defect.package}@${version}`, ...(defect.live?.with ?? [])]
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent', '--prefix', place]
  await fromRegistry(wanted.join(' '), run('npm', ['install', ...flags, ...wanted], place, 5))
  return place
}

/** A virtual environment does not like to be moved: it is made where it stays. */
const installPypi = async (defect: Defect, version: string, place: string): Promise<string> => {
  const wanted = [`${defect.package}==${version}`, ...(defect.live?.with ?? [])]
  await run('python3', ['-m', 'venv', place], '/', 2)
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--prefer-binary']
  await fromRegistry(wanted.join(' '), run(join(place, 'bin/python'), [...pip, ...wanted], place, 8))
  return place
}

/** Installs one version with what it depends on, without the scripts of npm packages. */
export const installed = (defect: Defect, version: string): Promise<string> => {
  const folder = join(
    cache,
    'run',
    `${folderOf(defect, version)}${(defect.live?.with ?? []).map(one => `+${one.replaceAll(/\W/g, '_')}`).join('')}`,
  )
  if (defect.registry === 'npm') return once(folder, place => installNpm(defect, version, place))
  const known = underway.get(folder)
  if (known) return known
  const made = (async () => {
    if (existsSync(join(folder, 'installed'))) return folder
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await installPypi(defect, version, folder)
    mkdirSync(join(folder, 'installed'))
    return folder
  })()
  underway.set(folder, made)
  return made
}
