const numbers = (version: string): number[] => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number)
const isPrerelease = (version: string): boolean =>
  /^v?\d+(\.\d+)*[-.]?(a|b|rc|alpha|beta|dev|pre|canary|next)/i.test(version)

/** Negative when `a` is older than `b`, positive when it is newer; a pre-release is older than its release. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbers(a), numbers(b)]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return Number(isPrerelease(b)) - Number(isPrerelease(a))
}

export const majorOf = (version: string): number => numbers(version)[0] ?? 0

/** The first version that a range of npm or Python does not allow any more; null when it has no upper end that is known. */
export const ceilingOf = (range: string): string | null => {
  const below = /<(?!=)\s*v?(\d+(?:\.\d+)*)/.exec(range)?.[1]
  if (below) return below
  if (/\|\||\s-\s|[<>*]|^latest$|^$|:/.test(range)) return null
  const [, sign = '', version = ''] = /^(?:\[[^\]]*\])?\s*(\^|~=?|==|=)?\s*v?(\d+(?:\.(?:\d+|x|\*))*)/.exec(range) ?? []
  if (version === '') return null
  const parts = version.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : null))
  const [major = 0, minor, patch] = parts
  if (sign === '~=') return parts.length > 2 ? `${major}.${(minor ?? 0) + 1}` : `${(major ?? 0) + 1}`
  if (sign === '^' && (major ?? 0) > 0) return `${(major ?? 0) + 1}`
  if (typeof minor !== 'number') return `${(major ?? 0) + 1}`
  if (sign === '^' && minor > 0) return `${major}.${minor + 1}`
  if (sign === '~' || typeof patch !== 'number') return `${major}.${minor + 1}`
  return sign === '~' ? `${major}.${minor + 1}` : `${major}.${minor}.${patch + 1}`
}

/** The first version that a range allows; null when it has no lower end that is known. */
export const floorOf = (range: string): string | null =>
  /(?:^(?:\[[^\]]*\])?\s*(?:\^|~=?|>=?|==?)?|[,\s]>=?)\s*v?(\d+(?:\.\d+)*)/.exec(range)?.[1] ?? null
