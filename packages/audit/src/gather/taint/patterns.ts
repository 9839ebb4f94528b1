import { RE2JS } from 're2js'

export interface Pattern {
  text: string
  flags: string
}

const maxPattern = 2000
const known = new Map<string, RE2JS | null>()

/** Compiled so that no pattern of the target takes longer than its text is long; null when that cannot be done. */
const compiled = ({ text, flags }: Pattern): RE2JS | null => {
  const key = `${flags}/${text}`
  const before = known.get(key)
  if (before !== undefined) return before
  let made: RE2JS | null = null
  const option = (flag: string, bit: number): number => (flags.includes(flag) ? bit : 0)
  if (text.length <= maxPattern)
    try {
      const options = option('i', RE2JS.CASE_INSENSITIVE) | option('m', RE2JS.MULTILINE) | option('s', RE2JS.DOTALL)
      made = RE2JS.compile(RE2JS.translateRegExp(text), options)
    } catch {
      made = null
    }
  if (known.size > 2000) known.clear()
  known.set(key, made)
  return made
}

/** Whether it matches anywhere in a text. */
export const tested = (pattern: Pattern, text: string): boolean | null => {
  const made = compiled(pattern)
  return made ? made.matcher(text).find() : null
}

/** Whether it matches from the beginning, or the whole text. */
export const matched = (pattern: Pattern, text: string, isWhole: boolean): boolean | null => {
  const made = compiled(pattern)
  if (!made) return null
  return isWhole ? made.matcher(text).matches() : made.matcher(text).lookingAt()
}

/** What the groups of the first match are, the whole of it first; null where it cannot be told. */
export const captured = (pattern: Pattern, text: string, isFromStart: boolean): (string | null)[] | null => {
  const made = compiled(pattern)
  const matcher = made?.matcher(text)
  if (!matcher || !(isFromStart ? matcher.lookingAt() : matcher.find())) return null
  return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index))
}

/** How every text that it matches begins: `notes://` of `^notes:\/\/(.+)`; empty when that is not written down. */
export const beginningOf = ({ text }: Pattern, isFromStart = false): string => {
  const written = /^(?:\\[^\w\s]|[\w:/@#=, -])+/.exec(
    text.startsWith('^') ? text.slice(1) : isFromStart ? text : '',
  )?.[0]
  if (!written) return ''
  const next = text.slice(text.indexOf(written) + written.length)
  const fixed = /^[?*+{]/.test(next) ? written.replace(/\\?.$/s, '') : written
  return fixed.replaceAll(/\\(.)/gs, '$1')
}

/** How a text that it matches may end: `.md` of `\\.(md|mdx)$`; empty when no ending of a file name is written down. */
export const endingOf = ({ text }: Pattern): string => {
  const written = /\\\.(?:\((?:\?:)?)?([a-z]\w{0,9})[\w|]*\)?\$$/i.exec(text)?.[1]
  return written === undefined ? '' : `.${written}`
}

/** A text in which what matches is replaced; groups are written `$1` and `$&`. */
export const replaced = (pattern: Pattern, text: string, by: string, isAll: boolean): string | null => {
  const made = compiled(pattern)
  if (!made) return null
  try {
    const matcher = made.matcher(text)
    return isAll ? matcher.replaceAll(by) : matcher.replaceFirst(by)
  } catch {
    return null
  }
}
