import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface GitDirectory {
  /** Where HEAD and the index are. */
  own: string
  /** Where the objects and the refs are; another place than `own` in a worktree. */
  common: string
}

/** Text of a regular file up to 4 MB; empty when there is none. */
export const readSmall = (path: string): string => {
  try {
    const info = lstatSync(path)
    return info.isFile() && info.size < 4_000_000 ? readFileSync(path, 'latin1') : ''
  } catch {
    return ''
  }
}

/** Only a git directory that names this folder as its worktree is believed: a text file alone could name any place. */
const linked = (root: string, link: string): GitDirectory | null => {
  const [, place] = /^gitdir: ([^\r\n\0]+)\s*$/.exec(readSmall(link)) ?? []
  if (place === undefined) return null
  try {
    const own = realpathSync(resolve(root, place))
    const back = readSmall(join(own, 'gitdir')).trim()
    const common = readSmall(join(own, 'commondir')).trim()
    if (!back || !common || realpathSync(resolve(own, back)) !== realpathSync(link)) return null
    return { own, common: realpathSync(resolve(own, common)) }
  } catch {
    return null
  }
}

/** The git directory of a folder, its own or that of its worktree; null when it has none that may be read. */
export const gitDirectory = (root: string): GitDirectory | null => {
  const place = join(root, '.git')
  try {
    const info = lstatSync(place)
    if (info.isDirectory()) return { own: place, common: place }
    return info.isFile() ? linked(root, place) : null
  } catch {
    return null
  }
}
