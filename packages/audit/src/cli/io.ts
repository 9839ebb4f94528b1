import type { Look } from '../api.ts'

export interface Sink {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** Where a command prints and what it knows of the terminal; tests give their own. */
export interface Io {
  stdout: Sink
  stderr: Sink
  environment: Readonly<Record<string, string | undefined>>
}

const isColoured = (sink: Sink, { environment }: Io): boolean => {
  if (environment['NO_COLOR']) return false
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true
  return sink.isTTY === true && environment['TERM'] !== 'dumb'
}

/** How a page for this terminal looks; `color` is what commander makes of --no-color. */
export const lookOf = (
  io: Io,
  { color = true, verbose = false }: { color?: boolean; verbose?: boolean } = {},
): Look => ({
  width: io.stdout.columns ?? (Number(io.environment['COLUMNS']) || 80),
  colour: color && isColoured(io.stdout, io),
  verbose,
})
