import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { Launch } from '../core/target.ts'

/** The variables that desktop clients hand to a server by themselves. */
const inherited = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'USER', 'LANG', 'TMPDIR', 'SYSTEMROOT', 'APPDATA', 'USERPROFILE']

export const bareEnvironment = (): Record<string, string> =>
  Object.fromEntries(inherited.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

const runners = new Set(['npm', 'pnpm', 'yarn', 'bun', 'make', 'just', 'cargo', 'go', 'poetry', 'pdm', 'hatch', 'rye'])

/** Why a start command means something only in its own directory; null when it can be used from anywhere. */
export const bound = ({ command, args, cwd }: Launch): string | null => {
  const program = basename(command)
  const placed = args.some(arg => /^(--directory|--project|--prefix|-C|--dir|--cwd)/.test(arg))
  if (placed) return null
  if (runners.has(program)) return `«${program} ${args.join(' ')}» finds its project by the current directory`
  if (program === 'uv' && args[0] === 'run') return '«uv run» finds its project by the current directory'
  const module = /^python[\d.]*$/.test(program) ? args[args.indexOf('-m') + 1] : undefined
  if (module && args.includes('-m')) {
    const path = join(cwd, ...module.split('.'))
    if (existsSync(path) || existsSync(`${path}.py`))
      return `«python -m ${module}» finds its module by the current directory`
  }
  return null
}

/** The same command with every path in it made absolute, as a desktop client's configuration has to give it. */
export const placeless = (launch: Launch): Launch => {
  const absolute = (word: string): string => {
    if (isAbsolute(word) || word.startsWith('-') || word === '') return word
    const path = resolve(launch.cwd, word)
    return existsSync(path) ? path : word
  }
  const command = launch.command.includes('/') ? absolute(launch.command) : launch.command
  return { ...launch, command, args: launch.args.map(absolute) }
}
