import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Target } from '../core/target.ts'

const kindOf = (path: string): 'directory' | 'file' | null => {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? 'directory' : stat.isFile() && stat.size < 100_000 ? 'file' : null
  } catch {
    return null
  }
}

/** Directories that the server was told to work in: those of the settings, else those among its arguments. */
export const rootsOf = ({ server, settings }: Target): string[] => {
  const launch = server?.launch
  if (!launch) return []
  const declared = settings.roots ?? []
  if (declared.length > 0)
    return declared.map(root => resolve(launch.cwd, root)).filter(root => kindOf(root) === 'directory')
  return launch.args
    .map(arg => resolve(launch.cwd, arg.replace(/^--?[\w-]+=/, '')))
    .filter((_, index) => !launch.args[index]?.startsWith('-') || launch.args[index]?.includes('='))
    .filter(path => kindOf(path) === 'directory')
}

/** Small files right inside these directories. */
export const filesIn = (directories: string[]): string[] =>
  directories.flatMap(directory => {
    const names = readdirSync(directory).slice(0, 200)
    const plain = names
      .filter(name => /\.(txt|md|json|csv|ya?ml|toml|html)$/i.test(name))
      .map(name => join(directory, name))
    return plain.filter(path => kindOf(path) === 'file').slice(0, 3)
  })
