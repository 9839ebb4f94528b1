import { spawn } from 'node:child_process'

export interface Command {
  command: string
  args: string[]
  cwd: string
  /** Replaces the inherited environment. */
  env?: NodeJS.ProcessEnv
  /** Written to its standard input, which is then closed. */
  input?: string
  deadlineMs: number
  /** Bytes of standard output that are kept; more ends the command. */
  maxBytes: number
  signal: AbortSignal
}

export interface Finished {
  /** Null when it was ended by a signal. */
  code: number | null
  stdout: Buffer
  /** At most 64 kB. */
  stderr: string
  /** What it ran over, if it was cut short. */
  cut: 'deadline' | 'output' | 'end of the audit' | null
}

const maxErrorBytes = 64_000

/** Runs a command to its end or to its bounds; nothing of its process group is left. Rejects if it cannot be started. */
export const runCommand = ({
  command,
  args,
  cwd,
  env,
  input,
  deadlineMs,
  maxBytes,
  signal,
}: Command): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, detached: true, stdio: 'pipe' })
    const chunks: Buffer[] = []
    let bytes = 0
    let stderr = ''
    const killGroup = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // the group is gone
      }
    }
    const end = (code: number | null, cut: Finished['cut']): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      killGroup()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code, stdout: Buffer.concat(chunks), stderr, cut })
    }
    const onAbort = (): void => end(null, 'end of the audit')
    const timer = setTimeout(() => end(null, 'deadline'), deadlineMs)
    signal.addEventListener('abort', onAbort)
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) end(null, 'output')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < maxErrorBytes) stderr += chunk.toString('utf8').slice(0, maxErrorBytes - stderr.length)
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('close', code => end(code, null))
    child.on('error', error => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      reject(error)
    })
  })
