import { homedir } from 'node:os'
import { dirname, isAbsolute } from 'node:path'
import type { Target } from '../core/target.ts'

const shortestValue = 8

const within = (path: string, directories: string[]): boolean =>
  directories.some(directory => path === directory || path.startsWith(`${directory}/`))

/**
 * What a message to a client gives away about this machine: the home directory, where the server lives and runs, and
 * the values it was given in its environment. Directories among its arguments are its business and left out.
 */
export const machinePlaces = ({
  server,
  settings,
}: Target): { directories: string[]; environment: { name: string; value: string }[] } => {
  const launch = server?.launch
  const named = (launch?.args ?? []).map(arg => arg.replace(/^--?[\w-]+=/, '')).filter(isAbsolute)
  const program = [launch?.command ?? '', ...named.filter(arg => /\.(c|m)?[jt]s$|\.py$/.test(arg))].filter(isAbsolute)
  const business = named.filter(arg => !program.includes(arg))
  const candidates = [homedir(), launch?.cwd ?? '', ...program.map(path => dirname(path))]
  return {
    directories: [...new Set(candidates)].filter(
      path => (path.lastIndexOf('/') > 0 || path === '/root') && !within(path, business),
    ),
    environment: Object.entries({ ...settings.env, ...launch?.env })
      .filter(([, value]) => value.length >= shortestValue)
      .map(([name, value]) => ({ name, value })),
  }
}
