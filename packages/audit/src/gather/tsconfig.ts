import type { Repository } from '../core/target.ts'
import { parseJsonc } from '../target/json.ts'
import { table } from './tables.ts'

export interface TypeScriptSettings {
  path: string
  /** Null when it comes from a package that is not read. */
  strict: boolean | null
  /** `noCheck`: the compiler emits without looking at types. */
  isUnchecked: boolean
  checksJavaScript: boolean
  /** Paths of the projects it only refers to. */
  references: string[]
}

const parsed = (text: string, path: string): unknown => {
  try {
    return parseJsonc(text, path)
  } catch {
    return null
  }
}

const normal = (path: string): string | null => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null
    if (part !== '..' && part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

const near = (path: string, other: string): string | null =>
  normal(`${path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''}/${other}`)

const maxParents = 6

/** The settings of a tsconfig.json with those it extends inside the repository; null when it cannot be read. */
export const readTypeScriptSettings = async (
  repository: Repository,
  path: string,
  depth = 0,
): Promise<TypeScriptSettings | null> => {
  const text = await repository.text(path)
  const raw = text === null ? null : parsed(text, path)
  if (raw === null) return null
  const options = table(table(raw)['compilerOptions'])
  const parents = [table(raw)['extends']].flat().filter((entry): entry is string => typeof entry === 'string')
  const inherited = await Promise.all(
    parents.map(async parent => {
      const target = parent.startsWith('.') ? near(path, parent) : null
      if (target === null || depth >= maxParents) return null
      const found = await readTypeScriptSettings(repository, target, depth + 1)
      return found ?? readTypeScriptSettings(repository, `${target}.json`, depth + 1)
    }),
  )
  const own = (name: string): boolean | undefined => (typeof options[name] === 'boolean' ? options[name] : undefined)
  const known = inherited.findLast(parent => parent !== null)
  const isOpen = inherited.includes(null)
  const references = (Array.isArray(table(raw)['references']) ? (table(raw)['references'] as unknown[]) : []).flatMap(
    reference => {
      const written = table(reference)['path']
      const target = typeof written === 'string' ? near(path, written) : null
      return target === null
        ? []
        : [target.endsWith('.json') ? target : `${target === '' ? '' : `${target}/`}tsconfig.json`]
    },
  )
  const files = table(raw)['files']
  return {
    path,
    strict: own('strict') ?? (isOpen ? null : (known?.strict ?? false)),
    isUnchecked: own('noCheck') ?? known?.isUnchecked ?? false,
    checksJavaScript: own('checkJs') ?? known?.checksJavaScript ?? false,
    references: Array.isArray(files) && files.length === 0 ? references : [],
  }
}
