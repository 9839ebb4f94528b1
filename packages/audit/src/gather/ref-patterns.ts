/** With few wildcards and short names no pattern can take long. */
const maxWildcards = 6
const maxName = 40

const patternOf = (pattern: string): RegExp | null => {
  if ((pattern.match(/[*+?]/g) ?? []).length > maxWildcards) return null
  const source = pattern
    .replace(/^!/, '')
    .replaceAll(/[.^${}()|\\]/g, '\\$&')
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '.*')
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return null
  }
}

/** Whether a pattern of branches or tags lets a name in; `!` at its start is left out of account. */
export const isMatch = (pattern: string, name: string): boolean =>
  name.length <= maxName && (patternOf(pattern)?.test(name) ?? false)
