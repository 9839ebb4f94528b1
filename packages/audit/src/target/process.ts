import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Launch, Target } from '../core/target.ts'
import { readLines } from './lines.ts'
import { noteUnawaited } from './unawaited.ts'
import {
  familyOf,
  isAlive,
  killFamily,
  killOne,
  markedBy,
  markerName,
  serverOf,
  type ProcessInfo,
} from './processes.ts'

const maxLineBytes = 32 * 1024 * 1024
const maxStdoutBytes = 256 * 1024 * 1024
const maxLogLines = 5000
const maxLogBytes = 4 * 1024 * 1024

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** Milliseconds since the start. */
  ms: number
}

export interface LogLine {
  /** Milliseconds since the start. */
  ms: number
  text: string
}

export interface ServerProcess {
  pid: number
  /** `performance.now()` at the start. */
  startedAt: number
  /** Lines of its log, bounded; `dropped` counts what did not fit. */
  log: { lines: LogLine[]; dropped: number }
  /** What went over a bound and was cut, in words. */
  excesses: string[]
  /** Bytes of its stdout until now; it is stopped at 256 MB. */
  outputBytes: number
  exit: Exit | null
  exited: Promise<Exit>
  /** Resolves when all that it, and whoever holds its stdout and stderr, has written was read. */
  closed: Promise<void>
  onLine(listen: (text: string, terminated: boolean) => void): void
  /** Resolves to false when the process no longer reads. */
  write(text: string | Buffer): Promise<boolean>
  endInput(): void
  /** Closes its stdin, stdout and stderr, as a client does that is killed. */
  dropPipes(): void
  /** Stops reading its stdout, as a client does that hangs. */
  pauseOutput(): void
  resumeOutput(): void
  /** To the process that was started, or with `server` to the one that speaks below launchers. */
  signal(name: NodeJS.Signals, to?: 'server' | 'group'): boolean
  family(): ProcessInfo[]
  server(): ProcessInfo | undefined
  /**
   * Closes its input, then SIGTERM (over HTTP at once), then SIGKILL, each after `graceMs`; resolves when nothing is left.
   */
  stop(graceMs?: number): Promise<void>
  kill(): void
}

const running = new Set<ServerProcess>()
/** Begins the marker of every process that this program starts. */
const program = randomUUID()
let count = 0

/** Ends every process that was started, and tells the commands of those that cannot be ended. */
export const settleProcesses = async (): Promise<string[]> => {
  await Promise.all([...running].map(one => one.stop()))
  let left = markedBy(program)
  // A killed process takes a moment to go, and one that was just forked may have been missed.
  for (const until = performance.now() + 2000; left.length > 0 && performance.now() < until; await delay(20)) {
    for (const { pid } of left) killOne(pid)
    left = markedBy(program)
  }
  return left.map(({ command, pid }) => `${command.slice(0, 120)} (pid ${pid})`)
}

/** Kills every process that any audit of this program started. */
export const stopEverything = (): void => {
  for (const one of running) one.kill()
}
process.once('exit', stopEverything)

const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

export interface SpawnOptions {
  /** Replaces the inherited environment. */
  environment?: Record<string, string>
  cwd?: string
  /** Added last. */
  env?: Record<string, string>
  /** Its stdout is a log like its stderr, as that of a server behind a URL. */
  stdoutIsLog?: true
}

/**
 * Starts a server in its own process group. When `target.signal` fires, it is asked to end and, with all it started,
 * killed soon after.
 */
export const startProcess = (target: Target, launch: Launch, options: SpawnOptions = {}): ServerProcess => {
  const marker = `${program}-${++count};`
  const startedAt = performance.now()
  const child = spawn(launch.command, launch.args, {
    cwd: options.cwd ?? launch.cwd,
    env: { ...(options.environment ?? process.env), ...launch.env, ...options.env, [markerName]: marker },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  target.journal.processes++
  const pid = child.pid ?? 0
  const listeners: ((text: string, terminated: boolean) => void)[] = []
  const early: [string, boolean][] = []
  const log = { lines: [] as LogLine[], dropped: 0 }
  const excesses: string[] = []
  let logBytes = 0
  let stopping: Promise<void> | undefined
  const unwritten = new Set<() => void>()

  const exited = new Promise<Exit>(resolve => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      self.exit ??= { code, signal, ms: performance.now() - startedAt }
      resolve(self.exit)
      for (const lost of unwritten) lost()
    }
    child.once('error', error => {
      log.lines.push({ ms: performance.now() - startedAt, text: error.message })
      end(null, null)
    })
    // A child that outlives the server keeps the pipes open: 'close' may never come.
    child.once('exit', (code, signal) => void delay(50).then(() => end(code, signal)))
  })

  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))

  const deliver = (text: string, terminated: boolean): void => {
    if (listeners.length === 0) early.push([text, terminated])
    for (const listen of listeners) listen(text, terminated)
  }
  const stdout = readLines(maxLineBytes, deliver, head => {
    excesses.push(`a line of more than ${maxLineBytes / 1024 / 1024} MB on stdout, beginning ${JSON.stringify(head)}`)
  })
  child.stdout.on('data', (chunk: Buffer) => {
    self.outputBytes += chunk.length
    if (self.outputBytes <= maxStdoutBytes) return stdout.push(chunk)
    excesses.push(`more than ${maxStdoutBytes / 1024 / 1024} MB on stdout; the process was stopped`)
    self.kill()
  })
  child.stdout.once('end', () => stdout.end())
  const keepLog = (text: string): void => {
    noteUnawaited(target.journal, text)
    logBytes += text.length
    if (log.lines.length < maxLogLines && logBytes < maxLogBytes)
      log.lines.push({ ms: performance.now() - startedAt, text })
    else if (log.dropped++ === 0) excesses.push('more log lines than were kept')
  }
  const stderr = readLines(64 * 1024, keepLog, head =>
    excesses.push(`a line of more than 64 kB on stderr, beginning ${JSON.stringify(head)}`),
  )
  if (options.stdoutIsLog) listeners.push(keepLog)
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stderr.once('end', () => stderr.end())
  child.stdin.on('error', () => {})

  const send = (to: number, name: NodeJS.Signals): boolean => {
    try {
      return process.kill(to, name)
    } catch {
      return false
    }
  }
  const reaped = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const gone = async (ms: number): Promise<boolean> => {
    if (!isAlive(pid)) return true
    let timer: NodeJS.Timeout | undefined
    await Promise.race([reaped, new Promise(resolve => (timer = setTimeout(resolve, ms)))])
    clearTimeout(timer)
    return !isAlive(pid)
  }
  const self: ServerProcess = {
    pid,
    startedAt,
    log,
    excesses,
    outputBytes: 0,
    exit: null,
    exited,
    closed,
    onLine: listen => {
      listeners.push(listen)
      for (const [text, terminated] of early.splice(0)) listen(text, terminated)
    },
    write: text =>
      new Promise(resolve => {
        if (self.exit || child.stdin.destroyed || child.stdin.writableEnded) return resolve(false)
        const lost = (): void => resolve(false)
        unwritten.add(lost)
        child.stdin.write(text, error => {
          unwritten.delete(lost)
          resolve(!error)
        })
      }),
    endInput: () => void child.stdin.end(),
    dropPipes: () => {
      // Its input last: whoever sees the end of it finds that nobody listens either.
      child.stdout.destroy()
      child.stderr.destroy()
      child.stdin.destroy()
    },
    pauseOutput: () => void child.stdout.pause(),
    resumeOutput: () => void child.stdout.resume(),
    signal: (name, to) => {
      if (to === 'group') return send(-pid, name)
      return send((to === 'server' ? self.server()?.pid : undefined) ?? pid, name)
    },
    family: () => familyOf(pid, marker),
    server: () => serverOf(pid, self.family()),
    stop: (graceMs = 1000) => {
      stopping ??= (async () => {
        self.endInput()
        // Whoever serves a port does not look at its input.
        if (options.stdoutIsLog || !(await gone(graceMs))) {
          self.signal('SIGTERM', 'group')
          await gone(graceMs)
        }
        self.kill()
      })()
      return stopping
    },
    kill: () => {
      if (pid) killFamily(pid, marker)
      self.dropPipes()
      running.delete(self)
    },
  }
  running.add(self)
  if (target.signal.aborted) void self.stop()
  target.signal.addEventListener('abort', () => void self.stop(), { once: true })
  return self
}
