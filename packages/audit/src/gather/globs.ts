import ignore from 'ignore'

const maxAlternatives = 64

/** `a.{ts,js}` as `a.ts` and `a.js`. */
export const withoutBraces = (pattern: string): string[] => {
  let open = [pattern]
  for (let round = 0; round < 6; round++)
    open = open
      .flatMap(text => {
        const [whole, inner = ''] = /\{([^{}]*)\}/.exec(text) ?? []
        return whole === undefined ? [text] : inner.split(',').map(part => text.replace(whole, () => part))
      })
      .slice(0, maxAlternatives)
  return open
}

/** Whether a path matches one of the globs, which are relative to a directory; `!` takes out again. */
export const globMatcher = (globs: string[], directory = ''): ((path: string) => boolean) => {
  const patterns = globs.flatMap(withoutBraces).map(glob => glob.replace(/^(!?)\.\//, '$1'))
  const matcher = ignore({ allowRelativePaths: true }).add(patterns)
  return path => {
    if (directory !== '' && !path.startsWith(`${directory}/`)) return false
    const relative = directory === '' ? path : path.slice(directory.length + 1)
    return matcher.ignores(relative)
  }
}
