import { isTable, type Table } from '../tables.ts'
/** Something that is written down somewhere, and where. */
export interface Spot {
  path: string
  line: number
  saw: string
}

/** How somebody finds out whether a process is well. */
export interface Probe extends Spot {
  /** `command` runs in the container, the others ask over the network. */
  kind: 'command' | 'http' | 'tcp' | 'grpc'
  /** Of a command: its words. */
  words: string[]
  /** Of `http`: the path that is asked. */
  asks: string | null
  /** As written: a number or the name of a port. */
  port: string | null
}

/** A process that something outside this repository starts and watches, as one file describes it. */
export interface Workload {
  by: 'compose' | 'kubernetes' | 'systemd' | 'docker run' | 'process manager' | 'platform'
  /** Of a process manager or a platform: which. */
  tool: string
  path: string
  line: number
  /** Workloads with the same group and name are the same, described in several files. */
  group: string
  name: string
  image: string | null
  /** The folder that its image is built from; null when it is not built here. */
  context: string | null
  command: string
  ports: string[]
  memory: Spot | null
  cpu: Spot | null
  /** What is done when it ends; null when nothing is said. */
  restart: (Spot & { again: boolean }) | null
  probes: Probe[]
  /** Where its output goes; `bounded` when what is kept has a limit, null when that cannot be known. */
  logs: (Spot & { bounded: boolean | null; toFile: boolean }) | null
  /** What makes the file unfit for its purpose. */
  faults: Spot[]
}

export const workload = (
  given: Pick<Workload, 'by' | 'tool' | 'path' | 'line' | 'name'> & Partial<Workload>,
): Workload => ({
  group: given.path,
  image: null,
  context: null,
  command: '',
  ports: [],
  memory: null,
  cpu: null,
  restart: null,
  probes: [],
  logs: null,
  faults: [],
  ...given,
})

export const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.filter(isTable) : [])
export const scalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
export const scalars = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map(scalar).filter(each => each !== '')

/** A quantity such as `512Mi`, `0.5` or `512m`, not zero and not without a bound. */
export const isBound = (value: unknown): boolean => {
  const written = scalar(value).trim()
  return written !== '' && !/^(0|0?\.0+|-1|infinity|max|unlimited|null)\s*[a-z]*$/i.test(written)
}
