import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import type { Target } from '../core/target.ts'

export const canaryExtensions = ['.txt', '.md', '.json'] as const

/** Whether the server was started here and sees the same files: only then does a missing canary tell anything. */
export const isOnThisMachine = ({ server }: Target): boolean =>
  server?.launch !== undefined && !/^(docker|podman|nerdctl|ssh|kubectl)$/.test(basename(server.launch.command))

/** A directory that no tool has any business in; whoever names what is in there has been there. */
export interface Aviary {
  directory: string
  /** Its files, one for each extension; every one holds the token. */
  files: string[]
}

export interface PathCanaries {
  /** Outside everything the server was given; null when there is no such place. */
  outside: Aviary | null
  /** Beside a root, with a name that begins with the root's. */
  siblings: (Aviary & { root: string })[]
  /** Links inside a root, to directories outside. */
  links: { root: string; path: string; to: string }[]
  /** Texts that only the canaries hold: a token in the files, a name among them, and the token in Base64. */
  tells: string[]
  /** What became of the directories since: names that are new there, and files of the audit that are not as they were. */
  changes(): { appeared: string[]; spoilt: string[] }
  remove(): void
}

const isWithin = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path)

/** Places canary files; whatever it placed is gone after `remove`, which also happens at the end of the program. */
export const plantPaths = (target: Target, roots: readonly string[]): PathCanaries => {
  const token = `canary ${randomBytes(12).toString('hex')}`
  const name = `seen-${randomBytes(6).toString('hex')}`
  const mark = randomBytes(3).toString('hex')
  const made: string[] = []
  const remove = (): void => {
    for (const path of made.splice(0).toReversed()) rmSync(path, { recursive: true, force: true })
    process.off('exit', remove)
  }
  process.once('exit', remove)

  const fill = (directory: string): Aviary => {
    // Some listings show nothing but directories, some nothing but documents.
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, `${name}.md`), '')
    const files = canaryExtensions.map(extension => join(directory, `canary${extension}`))
    for (const file of files) writeFileSync(file, file.endsWith('.json') ? `{"canary":"${token}"}` : `${token}\n`)
    return { directory, files }
  }
  const attempt = <T>(place: () => T): T | null => {
    try {
      return place()
    } catch {
      // The place is not writable: that form is then left out.
      return null
    }
  }
  const business = roots.length > 0 ? roots : [target.server?.launch?.cwd ?? sep]
  const known = business.map(real)
  const isOutside = (path: string): boolean => !known.some(root => isWithin(real(path), root))

  const siblings = roots.flatMap(root => {
    const directory = join(dirname(root), `${basename(root)}-airworthy-${mark}`)
    if (dirname(root) === root || !isOutside(directory)) return []
    const placed = attempt(() => {
      mkdirSync(directory)
      made.push(directory)
      return { root, ...fill(directory) }
    })
    return placed ?? []
  })
  const outside = isOutside(target.scratch)
    ? attempt(() => {
        const directory = realpathSync(mkdtempSync(join(target.scratch, 'canaries-')))
        made.push(directory)
        return fill(directory)
      })
    : null
  const links = roots.flatMap(root =>
    [outside, siblings.find(sibling => sibling.root === root)].flatMap((aviary, index) => {
      if (!aviary) return []
      const path = join(root, `airworthy-link-${mark}-${index}`)
      const placed = attempt(() => {
        symlinkSync(aviary.directory, path)
        made.push(path)
        return { root, path, to: aviary.directory }
      })
      return placed ?? []
    }),
  )
  const inBase64 = Buffer.from(token).toString('base64').slice(0, 24)
  const aviaries = [...(outside ? [outside] : []), ...siblings]
  const own = new Set([name, `${name}.md`, ...canaryExtensions.map(extension => `canary${extension}`)])
  const isIntact = (file: string): boolean => {
    try {
      return readFileSync(file, 'utf8').includes(token)
    } catch {
      return false
    }
  }
  const namesIn = (directory: string): string[] => attempt(() => readdirSync(directory)) ?? []
  return {
    outside,
    siblings,
    links,
    tells: [token, name, inBase64],
    changes: () => ({
      appeared: aviaries.flatMap(({ directory }) => namesIn(directory)).filter(found => !own.has(found)),
      spoilt: aviaries.flatMap(({ files }) => files).filter(file => !isIntact(file)),
    }),
    remove,
  }
}

export interface CommandCanary {
  /** A path that does not exist yet; the payload is to create it. */
  file(index: number): string
  /** Which of them exist now. */
  hatched(count: number): number[]
  remove(): void
}

export const plantCommands = (target: Target): CommandCanary => {
  const directory = realpathSync(mkdtempSync(join(target.scratch, 'commands-')))
  const file = (index: number): string => join(directory, `c${index}`)
  return {
    file,
    hatched: count => Array.from({ length: count }, (_, index) => index).filter(index => existsSync(file(index))),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
