import ignore from 'ignore'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Repository } from '../../core/target.ts'
import { readPackageJson } from './package-json.ts'
import { parsePyProject } from './python-project.ts'

const pnpm = z.looseObject({ packages: z.array(z.string()) })

const pnpmGlobs = (text: string | null): string[] => {
  if (text === null) return []
  try {
    return pnpm.parse(parse(text, { maxAliasCount: 10 })).packages
  } catch {
    return []
  }
}

const declaredGlobs = async (repository: Repository): Promise<string[]> => {
  const json = await readPackageJson({ repository, folder: '' })
  const toml = await repository.text('pyproject.toml')
  return [
    ...(json && json !== 'broken' ? (json.workspaces ?? []) : []),
    ...pnpmGlobs(await repository.text('pnpm-workspace.yaml')),
    ...(toml ? (parsePyProject(toml)?.tool?.uv?.workspace?.members ?? []) : []),
  ]
}

const maxFolders = 300

/** Folders that have a package of their own, the root left out; never tests or examples. */
export const packageFolders = ({ files }: Repository): string[] => {
  const folders = files
    .filter(path => /\/(package\.json|pyproject\.toml)$/.test(path))
    .map(path => path.slice(0, path.lastIndexOf('/')))
    .filter(folder => !/(^|\/)(tests?|__tests__|fixtures|examples?|templates?|docs|website|demos?)(\/|$)/.test(folder))
  return [...new Set(folders)].slice(0, maxFolders)
}

/** Those of them that the root declares as its workspaces (npm, pnpm, yarn, uv). */
export const workspaceFolders = async (repository: Repository): Promise<string[]> => {
  const globs = (await declaredGlobs(repository)).map(glob => glob.replace(/^\.?\//, '').replace(/\/$/, ''))
  const members = ignore().add(globs.slice(0, 200))
  return packageFolders(repository).filter(folder => members.ignores(folder))
}
