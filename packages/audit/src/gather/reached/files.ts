import { fileOf } from '../code/locate.ts'
import { directoryOf, type Places } from '../code/places.ts'
import type { Source } from '../trees.ts'
import { loadsAny } from '../unused-files.ts'

/** What is loaded by a name that is made at run time may be any file. */
const loadsAnyOfPython =
  /\b(import_module|__import__)\(\s*(?!['"])|\b(walk_packages|iter_modules|spec_from_file_location|run_path|run_module|entry_points|load_module)\(|(?<![.\w])exec\(/

const imported =
  /(?:\bfrom|\bimport|\brequire|\bURL)\s*\(?\s*['"`]([^'"`\n]{1,300})['"`]|['"`](\.{1,2}\/[^'"`\n]{1,300})['"`]/g
/** The name of a file that is started as a process or a worker. */
const started =
  /(?<!(?:from|import|require)\s{0,3}\(?\s{0,3})['"`](?:[^'"`\n]{0,200}\/)?([\w.@-]{1,100})\.[mc]?[jt]sx?['"`]/g

const importedByPython = /^[ \t]*(?:from\s+([.\w]+)\s+import\s+(\([^)]*\)|[^\n#]+)|import\s+([^\n#]+))/gm
/** `uvicorn.run("notes.app:app")`, `import_module("notes.tools")` */
const dotted = /['"]([A-Za-z_][\w.]{0,200})(?::\w+)?['"]/g

const stemOf = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\.[mc]?[jt]sx?$/, '')

const namesInPython = (text: string): string[] => [
  ...[...text.replaceAll(/\\\r?\n/g, ' ').matchAll(importedByPython)].flatMap(([, from, names = '', modules = '']) => {
    const listed = (from ? names : modules)
      .replaceAll(/[()]|#[^\n]*/g, ' ')
      .split(',')
      .map(name => name.trim().split(/\s/)[0] ?? '')
      .filter(Boolean)
    return from ? [from, ...listed.map(name => `${from.replace(/\.$/, '')}.${name}`)] : listed
  }),
  ...[...text.matchAll(dotted)].map(([, name = '']) => name),
]

/** All packages around a file are loaded before it. */
const packagesAround = (path: string, paths: ReadonlySet<string>): string[] => {
  const folder = directoryOf(path)
  const own = `${folder}/__init__.py`
  return folder === '' ? [] : [...(paths.has(own) ? [own] : []), ...packagesAround(folder, paths)]
}

/** The files that are loaded from some, by whatever looks like the name of one; null where it may be any. */
export const pathsFrom = (starts: string[], sources: Source[], places: Places): ReadonlySet<string> | null => {
  const byPath = new Map(sources.map(source => [source.path, source]))
  const byStem = new Map<string, string[]>()
  for (const { path } of sources) byStem.set(stemOf(path), [...(byStem.get(stemOf(path)) ?? []), path])
  const nextTo = (source: Source): string[] => {
    const at = (name: string): string[] => [fileOf(source, name, places) ?? []].flat()
    if (source.language === 'python')
      return [...namesInPython(source.text).flatMap(at), ...packagesAround(source.path, places.paths)]
    const byName = [...source.text.matchAll(started)].flatMap(([, stem = '']) => byStem.get(stem) ?? [])
    return [
      ...[...source.text.matchAll(imported)].flatMap(([, name, relative]) => at(name ?? relative ?? '')),
      ...byName,
    ]
  }
  const found = new Set(starts)
  for (const path of found) {
    const source = byPath.get(path)
    if (!source) continue
    if ((source.language === 'python' ? loadsAnyOfPython : loadsAny).test(source.text)) return null
    for (const next of nextTo(source)) found.add(next)
  }
  return found
}
