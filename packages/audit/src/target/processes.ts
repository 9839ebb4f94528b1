import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename } from 'node:path'

export interface ProcessInfo {
  pid: number
  parent: number
  group: number
  /** Resident memory in bytes. */
  rss: number
  command: string
}

/** Every process started for one run carries it in its environment, however often it forks or changes its session. */
export const markerName = 'AIRWORTHY_RUN'

const hasProc = existsSync('/proc/self/stat')
const pageSize = 4096

// Every process of the system is read again and again: one buffer for all, and no question how long a file is.
const page = Buffer.alloc(16 * 1024)

/** The text of a file of /proc; null when it cannot be read. */
export const readText = (path: string): string | null => {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    let text = ''
    for (;;) {
      const length = readSync(file, page, 0, page.length, null)
      if (length === 0) return text
      text += page.toString('latin1', 0, length)
    }
  } catch {
    return null
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

interface Kin {
  pid: number
  parent: number
  group: number
  session: number
  rss: number
  /** When it began, in ticks of the system. */
  began: number
}

const kinFromProc = (pid: number): Kin | null => {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The name in parentheses may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const [parent, group, session] = fields.slice(1, 4).map(Number)
  const [began, rss] = [Number(fields[19]), Number(fields[21]) * pageSize]
  return { pid, parent: parent ?? 0, group: group ?? 0, session: session ?? 0, rss, began }
}

const selfBegan = hasProc ? (kinFromProc(process.pid)?.began ?? 0) : 0

const fromProc = (pid: number, kin = kinFromProc(pid)): ProcessInfo | null => {
  const command = readText(`/proc/${pid}/cmdline`)
  if (kin === null || command === null) return null
  const { parent, group, rss } = kin
  return { pid, parent, group, rss, command: command.replaceAll('\0', ' ').trim().slice(0, 500) }
}

const pidsFromProc = (): number[] => readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? Number(name) : []))

const isMarked = (pid: number, marker: string): boolean =>
  readText(`/proc/${pid}/environ`)?.includes(`${markerName}=${marker}`) === true

/** The living processes whose marker begins so; none where the system does not show environments. */
export const markedBy = (marker: string): ProcessInfo[] =>
  hasProc
    ? pidsFromProc()
        .filter(pid => isMarked(pid, marker))
        .flatMap(pid => fromProc(pid) ?? [])
    : []

/** By marker, and by parent and group what was started with an environment of its own. */
const familyFromProc = (root: number, marker: string): ProcessInfo[] => {
  const all = pidsFromProc().flatMap(pid => kinFromProc(pid) ?? [])
  const first = all.find(({ pid }) => pid === root)
  // A number that belongs to another process by now leads to no kin of ours.
  const isTaken = first !== undefined && first.parent !== process.pid && !isMarked(root, marker)
  const own = new Set(
    all.filter(({ group, session }) => group === root && session === root && !isTaken).map(({ pid }) => pid),
  )
  addChildren(own, all)
  // Environments are the dearest to read: only of those that are not known for kin yet, and are no older than the marker.
  for (const { pid, began } of all) if (!own.has(pid) && began >= selfBegan && isMarked(pid, marker)) own.add(pid)
  addChildren(own, all)
  return all.flatMap(kin => (own.has(kin.pid) ? (fromProc(kin.pid, kin) ?? []) : []))
}

const addChildren = (found: Set<number>, all: readonly { pid: number; parent: number }[]): void => {
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
}

const allFromPs = (): ProcessInfo[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,rss=,command='], { encoding: 'utf8', maxBuffer: 1e8 })
    .split('\n')
    .flatMap(line => {
      const [, pid, parent, group, rss, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      if (!pid) return []
      const info = { pid: Number(pid), parent: Number(parent), group: Number(group), rss: Number(rss) * 1024 }
      return { ...info, command: (command ?? '').slice(0, 500) }
    })

const familyFromPs = (root: number): ProcessInfo[] => {
  const all = allFromPs()
  const found = new Set(all.filter(({ pid, group }) => pid === root || group === root).map(({ pid }) => pid))
  addChildren(found, all)
  return all.filter(({ pid }) => found.has(pid))
}

/**
 * The living processes of one run: its process group and all descendants, on Linux also all that carry its marker.
 * Zombies are left out.
 */
export const familyOf = (root: number, marker: string): ProcessInfo[] => {
  if (hasProc) return familyFromProc(root, marker)
  return root > 0 ? familyFromPs(root) : []
}

const launchers = new Set([
  'npx',
  'npm',
  'pnpm',
  'yarn',
  'bunx',
  'uv',
  'uvx',
  'pipx',
  'sh',
  'bash',
  'dash',
  'zsh',
  'env',
  'cmd',
])

type Named = Pick<ProcessInfo, 'pid' | 'parent' | 'command'>

const isLauncher = ({ command }: Named): boolean => {
  const words = command.split(' ').map(word => basename(word).replace(/(-cli)?\.(c|m)?js$/, ''))
  return words.slice(0, 2).some(word => launchers.has(word))
}

/** The process that speaks, below launchers such as npx, uvx or a shell. */
export const serverOf = <P extends Named>(root: number, family: readonly P[]): P | undefined => {
  let current = family.find(({ pid }) => pid === root)
  while (current && isLauncher(current)) {
    const children = family.filter(({ parent }) => parent === current?.pid)
    if (children.length !== 1) break
    current = children[0]
  }
  return current
}

/** The process that speaks and everything it started, without the launchers above it. */
export const belowServer = <P extends Named>(root: number, family: readonly P[]): P[] => {
  const server = serverOf(root, family)
  const found = new Set(server ? [server.pid] : [])
  addChildren(found, family)
  return family.filter(({ pid }) => found.has(pid))
}

export const isAlive = (pid: number): boolean => {
  if (hasProc) return kinFromProc(pid) !== null
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export const killOne = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Kills the run's process group and whatever else carries its marker. Synchronous, so that it works at exit. */
export const killFamily = (root: number, marker: string): void => {
  for (let round = 0; round < 3; round++) {
    const pids = familyOf(root, marker).map(({ pid }) => pid)
    for (const pid of [-root, ...pids]) killOne(pid)
    if (pids.length === 0) return
  }
}
