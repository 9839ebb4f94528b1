import { execFile } from 'node:child_process'
import type { ProcessInfo } from '../../target/processes.ts'
import type { Address, Descriptor, ProcessFigures, Socket } from './figures.ts'

const longestMs = 10_000
const maxBytes = 16 * 1024 * 1024

/** What a command of the system prints; an Error tells why there is nothing. Both may end with 1 and still tell. */
const printed = (command: string, args: string[]): Promise<string | Error> =>
  new Promise(resolve =>
    execFile(command, args, { timeout: longestMs, maxBuffer: maxBytes }, (error, stdout) =>
      resolve(error && stdout === '' ? error : stdout),
    ),
  )

const reasonOf = (command: string, { message, ...error }: NodeJS.ErrnoException): string =>
  error.code === 'ENOENT' ? `${command} is not installed` : `${command} told nothing: ${message.slice(0, 200)}`

/** `1-02:03:04`, `02:03.45` and the like, in milliseconds. */
export const cpuMsFrom = (text: string): number => {
  const [clock = '', days = '0'] = text.split('-').toReversed()
  return clock.split(':').reduce((total, part) => total * 60 + Number(part), 0) * 1000 + Number(days) * 86_400_000
}

const timesFrom = (output: string): Map<number, { rss: number; cpuMs: number }> =>
  new Map(
    output.split('\n').flatMap(line => {
      const [pid, rss, time] = line.trim().split(/\s+/)
      return pid && rss && time ? [[Number(pid), { rss: Number(rss) * 1024, cpuMs: cpuMsFrom(time) }]] : []
    }),
  )

const kinds: Record<string, Descriptor['kind']> = { REG: 'file', DIR: 'file', FIFO: 'pipe', PIPE: 'pipe' }
const socketTypes = new Set(['IPv4', 'IPv6', 'unix', 'sock', 'systm'])

const addressFrom = (text: string): Address => {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) || 0 }
}

/** One descriptor of lsof: its fields by their letter. */
type Fields = Record<string, string>

const socketFrom = (number: number, { t = '', P = '', n = '', T }: Fields): Socket | null => {
  if (t === 'unix') {
    const path = n.startsWith('/') ? { path: n.split(' ')[0] ?? n } : {}
    return { descriptor: number, protocol: 'unix', local: null, remote: null, state: 'UNCONNECTED', ...path }
  }
  if (t !== 'IPv4' && t !== 'IPv6') return null
  const [local = '', remote] = n.split('->')
  const state = T?.replace('ST=', '') ?? (remote ? 'ESTABLISHED' : 'UNCONNECTED')
  const ends = { local: addressFrom(local), remote: remote ? addressFrom(remote) : null }
  return { descriptor: number, protocol: P === 'UDP' ? 'udp' : 'tcp', ...ends, state }
}

interface Open {
  descriptors: Descriptor[]
  sockets: Socket[]
}

/** The output of `lsof -F pftPnT`, by process. */
export const openFrom = (output: string): Map<number, Open> => {
  const all = new Map<number, Open>()
  let open: Open = { descriptors: [], sockets: [] }
  let fields: Fields = {}
  const take = (): void => {
    const number = Number(fields['f'] ?? Number.NaN)
    const type = fields['t'] ?? ''
    if (Number.isNaN(number)) return
    const kind = socketTypes.has(type) ? 'socket' : (kinds[type] ?? 'other')
    open.descriptors.push({ number, kind, name: fields['n'] ?? '' })
    const socket = socketFrom(number, fields)
    if (socket) open.sockets.push(socket)
  }
  for (const line of output.split('\n')) {
    const letter = line.charAt(0)
    if (letter === 'p' || letter === 'f' || letter === '') {
      take()
      fields = {}
    }
    if (letter === 'p') all.set(Number(line.slice(1)), (open = { descriptors: [], sockets: [] }))
    // Of the facts on a TCP connection only its state is kept.
    else if (letter !== 'T' || line.startsWith('TST=')) fields[letter] = line.slice(1)
  }
  return all
}

/** The figures that `ps` and `lsof` offer where there is no /proc. */
export const figuresFromCommands = async (family: readonly ProcessInfo[]): Promise<ProcessFigures[]> => {
  if (family.length === 0) return []
  const pids = family.map(({ pid }) => pid).join(',')
  const [times, files] = await Promise.all([
    printed('ps', ['-o', 'pid=,rss=,time=', '-p', pids]),
    printed('lsof', ['-n', '-P', '-w', '-a', '-p', pids, '-F', 'pftPnT']),
  ])
  const timeOf = times instanceof Error ? new Map() : timesFrom(times)
  const openOf = files instanceof Error ? new Map<number, Open>() : openFrom(files)
  const untimed = times instanceof Error ? reasonOf('ps', times) : 'ps told nothing of it'
  const unopened = files instanceof Error ? reasonOf('lsof', files) : 'lsof told nothing of it'
  return family.map(({ pid, parent, group, command }) => {
    const time = timeOf.get(pid)
    const open = openOf.get(pid)
    return {
      pid,
      parent,
      group,
      command,
      rss: time?.rss ?? null,
      peakRss: null,
      cpuMs: time?.cpuMs ?? null,
      threads: null,
      descriptors: open?.descriptors ?? null,
      sockets: open?.sockets ?? null,
      absent: {
        peakRss: 'ps tells no peak',
        threads: 'ps counts no threads on every system',
        ...(time ? {} : { rss: untimed, cpuMs: untimed }),
        ...(open ? {} : { descriptors: unopened, sockets: unopened }),
      },
    }
  })
}
