import { posix } from 'node:path'

/**
 * The folders that a server has in a trial. `/srv/root` is what it was given, `/srv/package` where its own files are;
 * everything called `airlink` is a link to `/outside`, everything called `new-…` is not there yet.
 */
export const folders = {
  root: '/srv/root',
  package: '/srv/package',
  home: '/home/user',
  temporary: '/tmp',
  outside: '/outside',
  link: 'airlink',
}

const isMissing = (path: string): boolean => posix.basename(path).startsWith('new-')

/** Without links; null when there is no such file. */
export const realPath = (path: string, isStrict = true): string | null => {
  const parts = posix.resolve(folders.root, path).split('/')
  const link = parts.findIndex(part => part === folders.link)
  const real = link < 0 ? parts.join('/') : posix.join(folders.outside, ...parts.slice(link + 1))
  return isStrict && isMissing(real) ? null : real
}

export const exists = (path: string): boolean => !isMissing(posix.resolve(folders.root, path))

/** As Python puts paths together: what is absolute begins anew. */
export const joinedPaths = (parts: string[]): string =>
  parts.reduce((base, part) => (part.startsWith('/') || base === '' ? part : `${base.replace(/\/$/, '')}/${part}`), '')

const partsOf = (path: string): string[] => path.split('/').filter(part => part !== '' && part !== '.')

/** The path from a folder to what is in it, as pathlib tells it: by the parts that are written, `..` among them. */
export const belowAsWritten = (folder: string, path: string): string | null => {
  const [base, whole] = [partsOf(folder), partsOf(path)]
  if (folder.startsWith('/') !== path.startsWith('/') || base.some((part, index) => whole[index] !== part)) return null
  return whole.slice(base.length).join('/') || '.'
}

export const commonPath = (paths: string[]): string => {
  const split = paths.map(path => posix.normalize(path).split('/'))
  const [first = [], ...rest] = split
  const end = first.findIndex((part, index) => rest.some(other => other[index] !== part))
  const common = (end < 0 ? first : first.slice(0, end)).join('/')
  return common === '' && paths[0]?.startsWith('/') ? '/' : common
}
