import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { within, type Candidate, type Place } from './candidate.ts'

type Obstacle = Candidate['obstacle']

/** Where the packages of a Python project are installed. */
export interface PythonEnvironment {
  /** `.venv`, or the one that is active in the shell; null when there is none. */
  root: string | null
  /** The command that runs a program inside, when a tool with a lock file manages it. */
  runner: string[] | null
  /** What to run to get everything installed. */
  install: string
}

const isWindows = process.platform === 'win32'

export const programIn = (root: string, name: string): string =>
  isWindows ? join(root, 'Scripts', `${name}.exe`) : join(root, 'bin', name)

/** Nothing of it is executed; `active` is what VIRTUAL_ENV says. */
export const pythonEnvironment = (place: Place, active = process.env['VIRTUAL_ENV']): PythonEnvironment => {
  const { repository, folder } = place
  const directory = join(repository.root, folder)
  const own = [...new Set([folder, ''])]
    .flatMap(base => ['.venv', 'venv', 'env'].map(name => join(repository.root, base, name)))
    .find(root => existsSync(join(root, 'pyvenv.cfg')))
  const has = (file: string): boolean => repository.exists(within(place, file)) || repository.exists(file)
  if (has('uv.lock'))
    return { root: own ?? null, runner: ['uv', 'run', '--frozen', '--project', directory], install: 'uv sync' }
  if (has('poetry.lock')) return { root: own ?? null, runner: ['poetry', 'run'], install: 'poetry install' }
  const root = own ?? active ?? null
  const needs = has('pyproject.toml') ? '-e .' : '-r requirements.txt'
  const create = isWindows ? 'python -m venv .venv' : 'python3 -m venv .venv'
  const pip = programIn(own ? own.slice(directory.length + 1) || own : '.venv', 'pip')
  return { root, runner: null, install: `${root ? '' : `${create} && `}${pip} install ${needs}` }
}

/** The command line that runs Python with the packages of the project. */
export const pythonCommand = ({ root, runner }: PythonEnvironment): string[] => {
  if (root) return [programIn(root, 'python')]
  return runner ? [...runner, 'python'] : [isWindows ? 'python' : 'python3']
}

/** An environment that has neither MCP package can start no server on them. */
export const lacksSdk = ({ root, install }: PythonEnvironment): Obstacle => {
  if (!root) return undefined
  const library = join(root, isWindows ? 'Lib' : 'lib')
  try {
    const places = isWindows
      ? [join(library, 'site-packages')]
      : readdirSync(library)
          .filter(name => name.startsWith('python'))
          .map(name => join(library, name, 'site-packages'))
    if (places.some(place => ['mcp', 'fastmcp'].some(name => existsSync(join(place, name))))) return undefined
    return { saw: `its dependencies are not installed in ${root}`, hint: `run "${install}" first` }
  } catch {
    return undefined
  }
}
