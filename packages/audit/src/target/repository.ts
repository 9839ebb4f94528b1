import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import type { Repository } from '../core/target.ts'

const maxFiles = 20_000
const maxDepth = 40
const maxTextBytes = 2_000_000

/** Installed or generated trees: never the author's own work. */
const foreign = new Set(['node_modules', '.git', '__pycache__', 'site-packages', '.tox', '.nox', '.mypy_cache'])

const isForeign = (path: string, name: string): boolean => foreign.has(name) || existsSync(join(path, 'pyvenv.cfg'))

const readIgnore = (directory: string): Ignore | null => {
  const file = join(directory, '.gitignore')
  if (!existsSync(file) || !lstatSync(file).isFile()) return null
  return ignore().add(readFileSync(file, 'utf8').slice(0, maxTextBytes))
}

interface Rule {
  base: string
  rules: Ignore
}

const isIgnored = (path: string, isDirectory: boolean, rules: Rule[]): boolean =>
  rules.some(({ base, rules }) => rules.ignores(relative(base, path).split(sep).join('/') + (isDirectory ? '/' : '')))

interface Walk {
  files: string[]
  full: boolean
  tooDeep: number
  unreadable: number
}

const walk = (root: string, directory: string, depth: number, inherited: Rule[], found: Walk): void => {
  if (depth > maxDepth) {
    found.tooDeep++
    return
  }
  const own = readIgnore(directory)
  const rules = own ? [...inherited, { base: directory, rules: own }] : inherited
  let entries
  try {
    entries = readdirSync(directory, { withFileTypes: true })
  } catch {
    found.unreadable++
    return
  }
  for (const entry of entries) {
    if (found.files.length >= maxFiles) {
      found.full = true
      return
    }
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      if (!isForeign(path, entry.name) && !isIgnored(path, true, rules)) walk(root, path, depth + 1, rules, found)
    } else if (entry.isFile() && !isIgnored(path, false, rules)) {
      found.files.push(relative(root, path).split(sep).join('/'))
    }
  }
}

const notesOf = (found: Walk): string[] => [
  ...(found.full ? [`only the first ${maxFiles} files of the directory were read`] : []),
  ...(found.tooDeep ? [`${found.tooDeep} directories deeper than ${maxDepth} levels were left out`] : []),
  ...(found.unreadable ? [`${found.unreadable} directories could not be read`] : []),
]

const isBinary = (path: string): boolean => {
  const descriptor = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4096)
    return head.subarray(0, readSync(descriptor, head)).includes(0)
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a directory for reading. Symbolic links are not followed; nothing of it is executed. */
export const openRepository = (directory: string): Repository => {
  const root = realpathSync(directory)
  const found: Walk = { files: [], full: false, tooDeep: 0, unreadable: 0 }
  walk(root, root, 0, [], found)

  const inside = (path: string): string | null => {
    try {
      const real = realpathSync(resolve(root, path))
      return real === root || real.startsWith(root + sep) ? real : null
    } catch {
      return null
    }
  }
  return {
    root,
    files: found.files.toSorted(),
    notes: notesOf(found),
    exists: path => inside(path) !== null,
    text: async path => {
      const real = inside(path)
      if (!real) return null
      try {
        const info = await stat(real)
        // a pipe would be waited for without an end
        return !info.isFile() || info.size > maxTextBytes || isBinary(real) ? null : await readFile(real, 'utf8')
      } catch {
        return null
      }
    },
  }
}
