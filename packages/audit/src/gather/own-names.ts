import type { Repository } from '../core/target.ts'
import { ownRepository } from './security-policy.ts'
import type { NodePackage, Project, PythonProject } from './project.ts'

export interface StartLine {
  /** Whose package, file or image it starts or installs; `unclear` when that cannot be told from here. */
  names: 'own' | 'other' | 'unclear'
  how: 'registry' | 'container' | 'sources' | 'script' | 'remote'
  /** Why it cannot work although it means this package; null when nothing speaks against it. */
  fault: string | null
}

/** What a start line is held against. */
export interface Owner {
  project: Project
  repository: Repository
  /** Module path of go.mod, name in Cargo.toml. */
  foreign: string[]
}

export const line = (names: StartLine['names'], how: StartLine['how'], fault: string | null = null): StartLine => ({
  names,
  how,
  fault,
})
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
export const withoutVersion = (name: string): string =>
  name
    .replace(/(?<=.)@[^/]*$/, '')
    .replace(/\[[^\]]*\]/, '')
    .replace(/\s*([=<>~!]=?|(?<=.)@).*$/, '')
    .trim() || name
const core = (name: string): string =>
  plainName(name)
    .split('-')
    .filter(part => !/^(mcp|server|py|js|ts|cli)$/.test(part))
    .join('-')

/** The first word that is no option, and the values of some options. */
export const split = (words: string[], valued: string[]): { rest: string[]; values: Record<string, string> } => {
  const values: Record<string, string> = {}
  let at = 0
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    const [flag = '', value] = (words[at] ?? '').split('=')
    if (valued.includes(flag)) {
      values[flag] = value ?? words[at + 1] ?? ''
      if (value === undefined) at++
    }
    at++
  }
  return { rest: words.slice(at), values }
}

const ofNode = (own: NodePackage, isStarted: boolean): StartLine => {
  if (own.private) return line('own', 'registry', `${own.path} is private, so that no registry has it`)
  const isBare = isStarted && Object.keys(own.bin).length === 0
  return line('own', 'registry', isBare ? `${own.path} has no bin` : null)
}

export const sameRepository = (written: string, { project }: Owner): StartLine['names'] => {
  const own = ownRepository(project)
  const named = /(?:github\.com[/:]|^github:)([\w.-]+\/[\w.-]+?)(?:\.git)?(?:[@#/?].*)?$/.exec(written)?.[1]
  if (!own || !named) return 'unclear'
  return own.toLowerCase() === named.toLowerCase() ? 'own' : 'other'
}

export const npmPackage = (written: string, owner: Owner, isStarted: boolean): StartLine => {
  if (/^(git\+|github:|https?:|[\w-]+\/[\w.-]+$)/.test(written)) return line(sameRepository(written, owner), 'registry')
  if (/^\.{1,2}(\/|$)|^\/|^~|\.tgz$/.test(written)) return line('unclear', 'sources')
  const name = withoutVersion(written)
  const { node } = owner.project
  const own = node.find(each => each.name === name)
  if (own) return ofNode(own, isStarted)
  const meant = node.find(
    each => each.name && core(each.name.replace(/^@[^/]+\//, '')) === core(name.replace(/^@[^/]+\//, '')),
  )
  const isLike = meant && core(name) !== '' && !name.startsWith('@') && Object.keys(meant.bin).includes(name)
  return isLike ? line('own', 'registry', `the package is called ${meant.name}`) : line('other', 'registry')
}

const ofPython = ({ scripts, path, name }: PythonProject, command: string | null, { project }: Owner): StartLine => {
  const commands = Object.keys(scripts)
  if (command === null || (commands.length === 0 && project.setupFiles.length > 0)) return line('own', 'registry')
  if (commands.length === 0) return line('own', 'registry', `${path} has no command in [project.scripts]`)
  const asked = plainName(command.replace(/\.exe$/i, ''))
  const isThere = commands.some(each => plainName(each) === asked)
  return line(
    'own',
    'registry',
    isThere ? null : `${name} has no command ${command}, only ${commands.slice(0, 4).join(', ')}`,
  )
}

export const pythonPackage = (written: string, command: string | null, owner: Owner): StartLine => {
  const { python } = owner.project
  if (/^(git\+|https?:)/.test(written)) {
    const names = sameRepository(written.replace(/^git\+/, ''), owner)
    const [own] = python
    return names === 'own' && own && command !== null ? ofPython(own, command, owner) : line(names, 'registry')
  }
  if (/^\.{0,2}\/|^\.$|^~|\.whl$/.test(written)) return line('own', 'sources')
  const own = python.find(each => plainName(each.name ?? '') === plainName(withoutVersion(written)))
  return own ? ofPython(own, command, owner) : line('other', 'registry')
}

/** A path that ends like a file of the repository, or like what a package starts. */
export const filePath = (written: string, { project, repository }: Owner): StartLine => {
  const path = written.replaceAll('\\', '/').replace(/^\.\//, '')
  const started = project.node.flatMap(({ bin, main, directory }) =>
    [...Object.values(bin), ...(main ? [main] : [])].map(file =>
      [directory, file.replace(/^\.\//, '')].filter(Boolean).join('/'),
    ),
  )
  const isLike = (file: string): boolean => path === file || path.endsWith(`/${file}`)
  const isOwn = [...started, ...repository.files].some(isLike) || (!path.startsWith('/') && repository.exists(path))
  return line(isOwn ? 'own' : 'unclear', 'sources')
}

export const moduleName = (module: string, { project, repository }: Owner): StartLine => {
  const inner = module.replaceAll('.', '/')
  const isOwn = repository.files.some(path =>
    [`${inner}.py`, `${inner}/__init__.py`, `${inner}/__main__.py`].some(
      end => path === end || path.endsWith(`/${end}`),
    ),
  )
  const named = project.python.some(({ name }) => plainName(name ?? '') === plainName(module))
  return line(isOwn || named ? 'own' : 'other', 'sources')
}

export const image = (written: string, { project }: Owner): StartLine => {
  const name =
    written
      .replace(/[:@][^/]*$/, '')
      .split('/')
      .at(-1) ?? ''
  const own = [
    ...project.node.flatMap(each => [each.name?.replace(/^@[^/]+\//, '') ?? '', ...Object.keys(each.bin)]),
    ...project.python.flatMap(each => [each.name ?? '', ...Object.keys(each.scripts)]),
    ownRepository(project)?.split('/')[1] ?? '',
  ]
  return line(own.some(each => each !== '' && core(each) === core(name)) ? 'own' : 'unclear', 'container')
}
