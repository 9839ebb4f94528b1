import type { SgNode } from '@ast-grep/napi'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { project, type PythonProject } from './project.ts'
import { sourceTrees, type Trees } from './trees.ts'
import { table, type Table } from './tables.ts'

export interface PackageScript {
  command: string
  /** `weather_mcp.main:main`. */
  target: string
  /** The file of the module; null when there is none. */
  file: string | null
  /** What the name is in that file; null when it cannot be told. */
  defined: 'function' | 'coroutine' | 'missing' | null
  /** Whether the build puts the module into the wheel; null when the build decides by itself. */
  packed: boolean | null
}

export interface PypiPackage {
  path: string
  name: string | null
  /** A version, or that it is set when it is built. */
  version: string | null
  scripts: PackageScript[]
  /** Why it cannot be uploaded. */
  refused: string[]
  /** Files that the build needs and that are not there. */
  missing: { field: string; file: string }[]
  /** Folders and modules that become the wheel; null when the build decides by itself. */
  packs: string[] | null
  backend: string | null
  /** Optional fields that are empty. */
  lacking: string[]
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.map(table) : [])
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string')
const at = (value: unknown, ...keys: string[]): unknown => keys.reduce<unknown>((of, key) => table(of)[key], value)
const join = (...parts: string[]): string => parts.filter(part => part !== '' && part !== '.').join('/')

/** What the project's own settings name as the content of the wheel; null when nothing does. */
const named = ({ tool, name }: PythonProject): string[] | null => {
  const wheel = at(tool, 'hatch', 'build', 'targets', 'wheel')
  const hatch = ['packages', 'only-include', 'include'].flatMap(key => strings(at(wheel, key)))
  const sources = at(tool, 'hatch', 'build', 'targets', 'wheel', 'force-include')
  if (hatch.length > 0 || sources !== undefined) return [...hatch, ...Object.keys(table(sources))]
  const poetry = tables(at(tool, 'poetry', 'packages'))
  if (poetry.length > 0) return poetry.map(entry => join(text(entry['from']) ?? '', text(entry['include']) ?? ''))
  const uv = at(tool, 'uv', 'build-backend')
  if (uv !== undefined && name) {
    const module = text(table(uv)['module-name']) ?? name.replaceAll(/[-.]+/g, '_')
    return [join(text(table(uv)['module-root']) ?? 'src', module)]
  }
  const setuptools = at(tool, 'setuptools', 'packages')
  const roots = Object.values(table(at(tool, 'setuptools', 'package-dir'))).flatMap(strings)
  const modules = strings(at(tool, 'setuptools', 'py-modules')).map(module => `${module}.py`)
  const listed = Array.isArray(setuptools) ? strings(setuptools).map(each => each.replaceAll('.', '/')) : []
  // what `packages.find` finds is not named
  if (listed.length + modules.length === 0 || Object.keys(table(setuptools)).length > 0) return null
  return [...modules, ...listed].flatMap(each => [each, ...roots.map(root => join(root, each))])
}

/** Where hatchling, flit, Poetry and uv look when nothing is named. */
const usual = ({ name, buildBackend }: PythonProject): string[] | null => {
  if (!name || !/hatchling|flit|poetry|uv_build/.test(buildBackend ?? '')) return null
  const module = name.replaceAll(/[-.]+/g, '_')
  const roots = buildBackend?.startsWith('uv_build') ? ['src'] : ['', 'src']
  return roots.flatMap(root => [join(root, module), join(root, `${module}.py`)])
}

/** What a module defines under a name, at its top level. */
const definedIn = (root: SgNode, name: string): PackageScript['defined'] => {
  for (const node of root
    .children()
    .flatMap(each => (each.kind() === 'decorated_definition' ? each.children() : [each]))) {
    const kind = String(node.kind())
    if (kind === 'function_definition' && node.field('name')?.text() === name)
      return node.text().startsWith('async') ? 'coroutine' : 'function'
    if (kind === 'class_definition' && node.field('name')?.text() === name) return 'function'
  }
  const isMentioned = root
    .findAll({ rule: { kind: 'identifier' } })
    .some(node => node.text() === name && !/^(call|argument_list)$/.test(String(node.parent()?.kind())))
  const isStar = root.findAll({ rule: { kind: 'wildcard_import' } }).length > 0
  return isMentioned || isStar ? null : 'missing'
}

const scriptOf = async (
  [command, target]: [string, string],
  own: PythonProject,
  repository: Repository,
  trees: Trees,
  packs: string[] | null,
): Promise<PackageScript> => {
  const [module = '', name = ''] = target.split(/[:[]/).map(part => part.trim())
  const inner = module.replaceAll('.', '/')
  const roots = ['', 'src', 'lib', 'python', ...(packs ?? []).map(each => each.split('/').slice(0, -1).join('/'))]
  const candidates = roots.flatMap(root =>
    [`${inner}.py`, `${inner}/__init__.py`].map(end => join(own.directory, root, end)),
  )
  const file = candidates.find(path => repository.files.includes(path)) ?? null
  const found = file
    ? await trees.visit({ test: (_, { path }) => path === file }, root => [definedIn(root, name.split('.')[0] ?? '')])
    : []
  const local = file === null ? '' : own.directory === '' ? file : file.slice(own.directory.length + 1)
  const isInside = (each: string): boolean => {
    const place = each.replace(/^\.?\//, '').replace(/\/?\*.*$|\/$/, '')
    return place === '' || local === place || local.startsWith(`${place}/`)
  }
  return { command, target, file, defined: found[0] ?? null, packed: packs && file ? packs.some(isInside) : null }
}

/** Version files, readmes and licences that the build reads. */
const neededFiles = ({ raw, tool }: PythonProject): { field: string; file: string }[] => {
  const readme = at(raw, 'project', 'readme')
  const found: [string, string | null][] = [
    ['readme', text(readme) ?? text(table(readme)['file'])],
    ['license.file', text(at(raw, 'project', 'license', 'file'))],
    ['readme', text(at(tool, 'poetry', 'readme'))],
    ['tool.hatch.version.path', text(at(tool, 'hatch', 'version', 'path'))],
  ]
  return found.flatMap(([field, file]) => (file ? [{ field, file }] : []))
}

const refusals = (own: PythonProject): string[] => {
  const { raw, tool, name, version } = own
  const classifiers = strings(at(raw, 'project', 'classifiers'))
  const isDynamic = strings(at(raw, 'project', 'dynamic')).includes('version') || at(tool, 'poetry') !== undefined
  return [
    ...(name === null ? ['it has no name'] : []),
    ...(version === null && !isDynamic ? ['it has no version'] : []),
    ...(classifiers.some(each => each.startsWith('Private ::')) ? ['its classifier says Private'] : []),
    ...(at(tool, 'uv', 'package') === false ? ['tool.uv.package is false'] : []),
    ...(at(tool, 'poetry', 'package-mode') === false ? ['tool.poetry.package-mode is false'] : []),
  ]
}

/** What the server's package is on PyPI: its commands, and whether the modules of these are in the wheel. */
export const pypiPackage = gatherer<PypiPackage | null, { project: typeof project; trees: typeof sourceTrees }>({
  id: 'pypi-package',
  impact: 'read',
  from: 'repository',
  needs: { project, trees: sourceTrees },
  gather: async ({ repository }, { project, trees }) => {
    const own = project.python.find(({ directory, name }) => directory === project.scope.directory && name !== null)
    if (!own || !repository) return null
    const expected = usual(own)
    const fallback = expected?.some(each => repository.exists(join(own.directory, each))) ? expected : null
    const packs = named(own) ?? fallback
    const metadata = table(own.raw['project'])
    return {
      path: own.path,
      name: own.name,
      version: own.version,
      scripts: await Promise.all(
        Object.entries(own.scripts).map(entry => scriptOf(entry, own, repository, trees, packs)),
      ),
      refused: refusals(own),
      missing: neededFiles(own).filter(({ file }) => !repository.exists(join(own.directory, file))),
      packs,
      backend: own.buildBackend,
      lacking: ['description', 'license', 'readme'].filter(
        key => metadata[key] === undefined && at(own.tool, 'poetry', key) === undefined,
      ),
    }
  },
})
