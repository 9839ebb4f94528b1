import { directoryOf, join, type Places } from './places.ts'
import type { Module, Value } from './values.ts'

const endings = ['ts', 'tsx', 'mts', 'cts', 'js', 'mjs', 'cjs', 'jsx']

/** A path as an import writes it: with the ending of the compiled file, without one, or as a folder. */
const sourceAt = (path: string, paths: ReadonlySet<string>): string | null => {
  if (paths.has(path)) return path
  const bare = path.replace(/(\.d)?\.[mc]?[jt]sx?$/, '')
  for (const ending of endings) if (paths.has(`${bare}.${ending}`)) return `${bare}.${ending}`
  for (const ending of endings) if (paths.has(`${path}/index.${ending}`)) return `${path}/index.${ending}`
  return null
}

/** Compiled files stand in folders of their own; what they were made of stands in the source folder. */
const authored = (path: string): string[] => {
  const replaced = path.replace(/(^|\/)(dist|build|lib|out|esm|cjs)\/((esm|cjs|src)\/)?/, '$1src/')
  return replaced === path ? [path] : [replaced, path]
}

/** The files that the path of an entry means: what is built, and what it was made of. */
export const entriesAt = (path: string, paths: ReadonlySet<string>): string[] =>
  [...authored(path), path].flatMap(each => sourceAt(each, paths) ?? [])

const throughAlias = (from: string, name: string, { aliases, paths }: Places): string | null => {
  const near = aliases
    .filter(({ directory }) => directory === '' || from.startsWith(`${directory}/`))
    .toSorted((a, b) => b.directory.length - a.directory.length || b.before.length - a.before.length)
  for (const { before, after, targets } of near) {
    const fits = after === null ? name === before : name.startsWith(before) && name.endsWith(after)
    if (!fits || name.length < before.length + (after?.length ?? 0)) continue
    const inner = after === null ? '' : name.slice(before.length, name.length - after.length)
    for (const target of targets) {
      const found = sourceAt(
        target.replace('*', () => inner),
        paths,
      )
      if (found) return found
    }
  }
  return null
}

const throughPackage = (name: string, { packages, paths }: Places): string | null => {
  const parts = name.split('/')
  const owner = parts.slice(0, name.startsWith('@') ? 2 : 1).join('/')
  const found = packages.get(owner)
  if (!found) return null
  const inner = name.slice(owner.length + 1)
  const candidates =
    inner === '' ? found.entries : [join(found.directory, inner), join(found.directory, `src/${inner}`)]
  for (const candidate of candidates)
    for (const path of candidate === null ? [] : authored(candidate)) {
      const source = sourceAt(path, paths)
      if (source) return source
    }
  return null
}

/** `#name` of package.json `imports`, as far as it is a plain path. */
const throughImports = (from: string, name: string, { packages, paths }: Places): string | null => {
  for (const { directory, raw } of packages.values()) {
    if (directory !== '' && !from.startsWith(`${directory}/`)) continue
    for (const [pattern, target] of Object.entries((raw['imports'] ?? {}) as Record<string, unknown>)) {
      const [before = '', after] = pattern.split('*')
      const places = typeof target === 'string' ? [target] : Object.values((target ?? {}) as Record<string, unknown>)
      if (after === undefined ? name !== pattern : !name.startsWith(before) || !name.endsWith(after)) continue
      const inner = after === undefined ? '' : name.slice(before.length, name.length - after.length)
      for (const place of places) {
        const path =
          typeof place === 'string'
            ? join(
                directory,
                place.replace('*', () => inner),
              )
            : null
        for (const each of path === null ? [] : authored(path)) {
          const source = sourceAt(each, paths)
          if (source) return source
        }
      }
    }
  }
  return null
}

/** The alias for the source folder, as most projects set it. */
const throughHabit = (from: string, name: string, paths: ReadonlySet<string>): string | null => {
  if (!/^[@~#]\//.test(name)) return null
  for (let folder = directoryOf(from); folder !== ''; folder = directoryOf(folder)) {
    const found = sourceAt(`${folder}/${name.slice(2)}`, paths) ?? sourceAt(`${folder}/src/${name.slice(2)}`, paths)
    if (found) return found
  }
  return null
}

const typescriptFile = (from: string, name: string, places: Places): string | null => {
  if (name.startsWith('.')) {
    const path = join(directoryOf(from), name)
    if (path === null) return null
    // tests and scripts import what is built; what it was made of can be read
    return sourceAt(path, places.paths) ?? sourceAt(authored(path)[0] ?? path, places.paths)
  }
  if (name.startsWith('node:')) return null
  return (
    throughAlias(from, name, places) ??
    (name.startsWith('#') ? throughImports(from, name, places) : throughPackage(name, places)) ??
    throughHabit(from, name, places.paths)
  )
}

const pythonFile = (from: string, name: string, { paths, root }: Pick<Places, 'paths' | 'root'>): string | null => {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0
  const inner = name.slice(dots).replaceAll('.', '/')
  const at = (base: string): string | null => {
    const path = base === '' ? inner : inner === '' ? base : `${base}/${inner}`
    return [`${path}.py`, `${path}/__init__.py`].find(candidate => paths.has(candidate)) ?? null
  }
  if (dots > 0) {
    const base = join(directoryOf(from), '../'.repeat(dots - 1))
    return base === null ? null : at(base)
  }
  for (let folder = directoryOf(from); ; folder = directoryOf(folder)) {
    const found = at(folder) ?? at(folder === '' ? 'src' : `${folder}/src`)
    if (found) return found
    if (folder !== '') continue
    const isOwn = root !== null && inner.startsWith(`${root}/`)
    return isOwn ? pythonFile('', inner.slice(root.length + 1).replaceAll('/', '.'), { paths, root: null }) : null
  }
}

/** The file of the repository that an import names, from the file that has it; null when it is outside. */
export const fileOf = (from: Pick<Module, 'path' | 'language'>, name: string, places: Places): string | null =>
  from.language === 'python' ? pythonFile(from.path, name, places) : typescriptFile(from.path, name, places)

/** Names that a file imports; of `from a import b`, also `a.b`. */
export const importsOf = ({ declarations, exports }: Module): string[] => {
  const values: Value[] = [...declarations, ...exports].map(({ value }) => value)
  return values.flatMap(value =>
    value.is === 'import' ? [value.module, `${value.module.replace(/\.$/, '')}.${value.name}`] : [],
  )
}
