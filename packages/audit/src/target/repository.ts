import { isUtf8 } from 'node:buffer'
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import type { Repository } from '../core/target.ts'
import { trackedFiles } from './git-index.ts'

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

/** Git keeps what it was once told to add, whatever .gitignore says of it. */
const addTracked = (root: string, found: Walk): void => {
  const known = new Set(found.files)
  for (const path of trackedFiles(root) ?? []) {
    const parts = path.split('/')
    if (known.has(path) || found.files.length >= maxFiles || parts.some(part => foreign.has(part))) continue
    const place = join(root, path)
    try {
      if (realpathSync.native(place) === place && lstatSync(place).isFile()) found.files.push(path)
    } catch {
      continue
    }
  }
}

const notesOf = (found: Walk): string[] => [
  ...(found.full ? [`only the first ${maxFiles} files of the directory were read`] : []),
  ...(found.tooDeep ? [`${found.tooDeep} directories deeper than ${maxDepth} levels were left out`] : []),
  ...(found.unreadable ? [`${found.unreadable} directories could not be read`] : []),
]

const maxNamed = 20

const leftOutNotes = (leftOut: ReadonlyMap<string, string>): string[] => {
  const named = [...leftOut].slice(0, maxNamed).map(([path, because]) => `${path}: ${because}`)
  const more = leftOut.size - named.length
  return more > 0 ? [...named, `${more} more files were not read as a whole`] : named
}

/** Text in an encoding of old is read byte by byte: what matters in source is ASCII. */
const decoded = (bytes: Buffer, onOther: () => void): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  onOther()
  return bytes.toString('latin1')
}

const isBinary = (bytes: Buffer): boolean => bytes.subarray(0, 4096).includes(0)

/** Opens a directory for reading. Symbolic links are not followed; nothing of it is executed. */
export const openRepository = (directory: string): Repository => {
  const root = realpathSync.native(directory)
  const found: Walk = { files: [], full: false, tooDeep: 0, unreadable: 0 }
  walk(root, root, 0, [], found)
  addTracked(root, found)

  const leftOut = new Map<string, string>()
  const leaveOut = (path: string, because: string): void => {
    if (!leftOut.has(path)) leftOut.set(path, because)
  }

  const inside = (path: string): string | null => {
    try {
      const real = realpathSync.native(resolve(root, path))
      return real === root || real.startsWith(root + sep) ? real : null
    } catch {
      return null
    }
  }
  return {
    root,
    files: found.files.toSorted(),
    leaveOut,
    get notes() {
      return [...notesOf(found), ...leftOutNotes(leftOut)]
    },
    exists: path => inside(path) !== null,
    // one call after the other: a file this small is read sooner than a thread is asked for it
    text: async path => {
      const real = inside(path)
      if (!real) return null
      try {
        const info = statSync(real)
        // a pipe would be waited for without an end
        if (!info.isFile()) return null
        if (info.size > maxTextBytes) {
          leaveOut(path, `${Math.round(info.size / 1e5) / 10} MB, not read`)
          return null
        }
        const bytes = readFileSync(real)
        if (isBinary(bytes)) return null
        return decoded(bytes, () => leaveOut(path, 'not UTF-8, read as Latin-1'))
      } catch {
        return null
      }
    },
  }
}
