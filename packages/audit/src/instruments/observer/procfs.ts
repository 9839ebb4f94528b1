import { readdirSync, readlinkSync } from 'node:fs'
import { readText, type ProcessInfo } from '../../target/processes.ts'
import type { Descriptor, ProcessFigures } from './figures.ts'
import { socketsSeenBy } from './sockets.ts'

/** Linux tells times in hundredths of a second on every architecture. */
const msPerTick = 10
const maxDescriptors = 10_000
const notRead = 'it was not asked for'

const kindOf = (name: string): Descriptor['kind'] => {
  if (name.startsWith('socket:')) return 'socket'
  if (name.startsWith('pipe:')) return 'pipe'
  return name.startsWith('/') && !/^\/(dev\/|memfd:)/.test(name) ? 'file' : 'other'
}

const linkOf = (path: string): string | null => {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** A descriptor that was closed meanwhile is left out. @returns why not, in words, when they may not be read. */
const descriptorsOf = (pid: number): Descriptor[] | string => {
  try {
    const numbers = readdirSync(`/proc/${pid}/fd`)
    if (numbers.length > maxDescriptors) return `it has ${numbers.length} open, more than are read`
    return numbers.flatMap(number => {
      const name = linkOf(`/proc/${pid}/fd/${number}`)
      return name === null ? [] : { number: Number(number), kind: kindOf(name), name }
    })
  } catch (error) {
    return `/proc/${pid}/fd cannot be read (${(error as NodeJS.ErrnoException).code})`
  }
}

const kilobytes = (status: string, name: string): number | null => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)
  return found ? Number(found[1]) * 1024 : null
}

const cpuMsOf = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [11, 12, 13, 14].reduce((total, at) => total + Number(fields[at]), 0) * msPerTick
}

const processFrom = ({ pid, parent, group, command }: ProcessInfo, withDescriptors: boolean): ProcessFigures | null => {
  const stat = readText(`/proc/${pid}/stat`)
  const status = readText(`/proc/${pid}/status`)
  if (stat === null || status === null || /^State:\s+[ZX]/m.test(status)) return null
  const threads = /^Threads:\s+(\d+)/m.exec(status)
  const descriptors = withDescriptors ? descriptorsOf(pid) : notRead
  const closed = typeof descriptors === 'string' ? descriptors : null
  return {
    pid,
    parent,
    group,
    command,
    rss: kilobytes(status, 'VmRSS'),
    peakRss: kilobytes(status, 'VmHWM'),
    cpuMs: cpuMsOf(stat),
    threads: threads ? Number(threads[1]) : null,
    descriptors: typeof descriptors === 'string' ? null : descriptors,
    sockets: null,
    absent: closed === null ? { sockets: notRead } : { descriptors: closed, sockets: closed },
  }
}

const inodeOf = ({ kind, name }: Descriptor): string => (kind === 'socket' ? name.slice(8, -1) : '')

/** Tables hold a whole network namespace: each is read once. */
const withSockets = (processes: ProcessFigures[]): ProcessFigures[] => {
  const spaces = new Map<string, ProcessFigures[]>()
  for (const one of processes) {
    const space = linkOf(`/proc/${one.pid}/ns/net`) ?? String(one.pid)
    spaces.set(space, [...(spaces.get(space) ?? []), one])
  }
  return [...spaces.values()].flatMap(group => {
    const wanted = new Set(group.flatMap(({ descriptors }) => (descriptors ?? []).map(inodeOf)))
    wanted.delete('')
    const ends = group[0] && wanted.size > 0 ? socketsSeenBy(group[0].pid, wanted) : null
    return group.map(one => ({
      ...one,
      absent: one.descriptors ? {} : one.absent,
      sockets:
        one.descriptors?.flatMap(descriptor => {
          const found = ends?.get(inodeOf(descriptor))
          return found ? [{ descriptor: descriptor.number, ...found }] : []
        }) ?? null,
    }))
  })
}

export interface Wanted {
  /** Without them the many links of a process need not be read. */
  descriptors: boolean
  sockets: boolean
}

/** The figures of living processes from Linux's /proc; those that have ended are left out, as is what is not wanted. */
export const figuresFromProc = (family: readonly ProcessInfo[], { descriptors, sockets }: Wanted): ProcessFigures[] => {
  const processes = family.flatMap(one => processFrom(one, descriptors) ?? [])
  return sockets ? withSockets(processes) : processes
}
