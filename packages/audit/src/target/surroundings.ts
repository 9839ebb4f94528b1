import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Refusal } from '../core/refusal.ts'
import type { Launch, Target } from '../core/target.ts'

const kindOf = (path: string): 'directory' | 'file' | null => {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? 'directory' : stat.isFile() && stat.size < 100_000 ? 'file' : null
  } catch {
    return null
  }
}

/** Programs that start a server which does not see the files of this machine. */
const elsewhere = /(^|\/)(docker|podman|nerdctl|ssh|kubectl)$/

/** @throws Refusal for a declared root that is no directory here, where the server runs on this machine. */
export const checkRoots = (roots: readonly string[], { command, cwd }: Launch, settingsFile: string): void => {
  if (elsewhere.test(command)) return
  const index = roots.findIndex(root => kindOf(resolve(cwd, root)) !== 'directory')
  if (index === -1) return
  throw new Refusal(
    `${settingsFile} names at roots[${index}] the directory ${roots[index]}, which does not exist in ${cwd}`,
    `make it, or correct roots[${index}] in ${settingsFile}`,
  )
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
