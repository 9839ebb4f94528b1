import type { Repository } from '../../core/target.ts'
import { isInScope, type Project } from '../project.ts'
import { fileOf, importsOf } from './locate.ts'
import { directoryOf, type Places } from './places.ts'
import type { Module } from './values.ts'

const sdk = /^(mcp|fastmcp|fastapi_mcp)(\.|$)/
const asks = (module: Module): boolean => importsOf(module).some(name => sdk.test(name))

/** What may start a file by its name. Documents tell how to install an add-on as well. */
export const starting =
  /(^|\/)([^/]*Dockerfile[^/]*|Containerfile|Procfile|[Mm]akefile|[Jj]ustfile|package\.json|smithery\.yaml)$|\.(sh|bat|ps1|toml|ya?ml|json|service)$/
export const isLock = (path: string): boolean =>
  /(^|\/)(package-lock\.json|pnpm-lock\.yaml|[^/]*\.lock[^/]*)$/.test(path)

const isNamed = async (path: string, repository: Repository): Promise<boolean> => {
  const file = path.slice(path.lastIndexOf('/') + 1)
  const name = file.replace(/\.py$/, '').replaceAll(/\W/g, '.')
  const word = new RegExp(`(^|[^\\w.-])(${name}\\.py\\b|${name}:\\w|-m[ ",]+${name}\\b)|py-modules.*\\b${name}\\b`, 'm')
  for (const other of repository.files)
    if (starting.test(other) && !isLock(other) && word.test((await repository.text(other)) ?? '')) return true
  return false
}

/**
 * Python files at the root of a project whose server lies in a folder, where nothing of the server runs with them, they run with nothing of it, and
 * nothing starts them: an add-on that another program loads, or a script that sets something up by hand.
 */
export const besideTheSource = async (
  { byPath, places }: { byPath: ReadonlyMap<string, Module>; places: Places },
  project: Project,
  repository: Repository | null | undefined,
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  const own = [...byPath.values()].filter(({ path }) => isInScope(project, path))
  const python = own.filter(({ language, role }) => language === 'python' && role === 'server')
  for (const { directory } of repository ? project.python : []) {
    const candidates = python.filter(({ path }) => directoryOf(path) === directory)
    const isBelow = ({ path }: Module): boolean => directoryOf(path) !== directory
    if (candidates.length === 0 || !python.some(module => isBelow(module) && asks(module))) continue
    const ran = new Set(python.filter(module => !candidates.includes(module)))
    for (const module of ran)
      for (const name of importsOf(module)) {
        const other = byPath.get(fileOf(module, name, places) ?? '')
        if (other) ran.add(other)
      }
    for (const module of candidates) {
      const uses = importsOf(module).some(name => byPath.has(fileOf(module, name, places) ?? ''))
      if (ran.has(module) || uses || asks(module) || (repository && (await isNamed(module.path, repository)))) continue
      found.add(module.path)
    }
  }
  return found
}
