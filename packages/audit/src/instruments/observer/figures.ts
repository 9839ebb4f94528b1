export interface Address {
  host: string
  port: number
}

export interface Socket {
  /** Its file descriptor. */
  descriptor: number
  protocol: 'tcp' | 'udp' | 'unix'
  /** Null for a Unix socket. */
  local: Address | null
  /** Null while it listens or is not connected. */
  remote: Address | null
  /** As netstat names it: `LISTEN`, `ESTABLISHED`, `CLOSE_WAIT` and so on; `UNCONNECTED` where there is no peer. */
  state: string
  /** Of a Unix socket that has a name. */
  path?: string
}

export interface Descriptor {
  number: number
  kind: 'file' | 'socket' | 'pipe' | 'other'
  /** The path of a file, or what the system calls it. */
  name: string
}

export type Figure = 'rss' | 'peakRss' | 'cpuMs' | 'threads' | 'descriptors' | 'sockets'

export interface ProcessFigures {
  pid: number
  parent: number
  group: number
  command: string
  /** Resident bytes. */
  rss: number | null
  peakRss: number | null
  /** Processor time of its own and of its ended children, user and system. */
  cpuMs: number | null
  threads: number | null
  descriptors: Descriptor[] | null
  /** Those of its descriptors whose ends are known. */
  sockets: Socket[] | null
  /** Why a figure is null. */
  absent: Partial<Record<Figure, string>>
}

export interface TreeSample {
  /** `performance.now()` when it was begun. */
  at: number
  tookMs: number
  processes: ProcessFigures[]
}

export type Counted = Figure | 'files' | 'pipes' | 'listening' | 'connected' | 'processes'

/**
 * Sums over processes, but `peakRss` is that of the process with the highest: peaks come at different times. Null where one
 * of them is not known. `rss` counts shared pages once for each process.
 */
export type Totals = Record<Exclude<Counted, 'processes'>, number | null> & { processes: number }

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0)

const highest = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((most, value) => (most === null || value === null ? null : Math.max(most, value)), 0)

export const totalsOf = (processes: readonly ProcessFigures[]): Totals => {
  const counted = (kind?: Descriptor['kind']) =>
    sum(
      processes.map(
        ({ descriptors }) => descriptors && descriptors.filter(one => kind === undefined || one.kind === kind).length,
      ),
    )
  const inState = (state?: string) =>
    sum(
      processes.map(
        ({ sockets }) => sockets && sockets.filter(one => state === undefined || one.state === state).length,
      ),
    )
  return {
    processes: processes.length,
    rss: sum(processes.map(({ rss }) => rss)),
    peakRss: highest(processes.map(({ peakRss }) => peakRss)),
    cpuMs: sum(processes.map(({ cpuMs }) => cpuMs)),
    threads: sum(processes.map(({ threads }) => threads)),
    descriptors: counted(),
    files: counted('file'),
    pipes: counted('pipe'),
    sockets: inState(),
    listening: inState('LISTEN'),
    connected: inState('ESTABLISHED'),
  }
}

/** Why a figure is not known, in words; null when it is. */
export const absence = (processes: readonly ProcessFigures[], figure: Figure): string | null =>
  processes.map(({ absent }) => absent[figure]).find(because => because !== undefined) ?? null
