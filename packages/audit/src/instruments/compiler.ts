import { realpathSync } from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Target } from '../core/target.ts'
import { runCommand } from './command.ts'

export interface TypeFault {
  /** Null when it belongs to no file. */
  path: string | null
  line: number | null
  message: string
}

export interface Compiled {
  command: string
  faults: TypeFault[]
  /** Its last lines when it failed without naming a fault. */
  failure: string | null
  /** What it ran over, such as `deadline`. */
  cut: string | null
}

const deadlineMs = 120_000
const maxBytes = 8 * 1024 * 1024

/** A program that is installed inside the repository, in one of these folders; null when there is none. */
export const installedIn = (root: string, folders: string[], program: string): string | null => {
  for (const folder of folders)
    try {
      const real = realpathSync(join(root, folder, program))
      if (real.startsWith(root + sep)) return join(root, folder, program)
    } catch {
      // not here
    }
  return null
}

const forms = [
  // src/a.ts(3,5): error TS2322: ...
  /^(?<path>[^\s(][^(]*)\((?<line>\d+),\d+\): error (?<message>TS\d+: .*)$/,
  // error TS18003: ...
  /^error (?<message>TS\d+: .*)$/,
  // pkg/a.py:3: error: ... [code], with or without a column
  /^(?<path>[^\s:][^:]*):(?<line>\d+):(?:\d+:)? error(?:\[[\w-]+\])?:? (?<message>.*)$/,
  //   /root/pkg/a.py:3:5 - error: ... (rule)
  /^\s*(?<path>[^\s:][^:]*):(?<line>\d+):\d+ - error:? (?<message>.*)$/,
]

/** The faults in the output of tsc, vue-tsc, mypy, pyright, basedpyright or ty. */
export const faultsIn = (output: string, root: string): TypeFault[] =>
  stripVTControlCharacters(output)
    .split('\n')
    .flatMap((text): TypeFault[] => {
      for (const form of forms) {
        const groups = form.exec(text.trimEnd())?.groups
        if (!groups) continue
        const path = groups['path']?.startsWith(root + sep) ? groups['path'].slice(root.length + 1) : groups['path']
        return [{ path: path ?? null, line: Number(groups['line']) || null, message: groups['message'] ?? '' }]
      }
      return []
    })

/** Runs a type checker of the target in the target: this executes its code. */
export const compile = async (
  root: string,
  directory: string,
  command: string,
  args: string[],
  target: Target,
): Promise<Compiled> => {
  const { code, stdout, stderr, cut } = await runCommand({
    command,
    args,
    cwd: join(root, directory),
    env: {
      ...process.env,
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      MYPY_CACHE_DIR: join(target.scratch, 'mypy'),
    },
    deadlineMs,
    maxBytes,
    signal: target.signal,
  })
  const output = stdout.toString('utf8')
  const within = directory === '' ? '' : `${directory}/`
  const faults = faultsIn(output, root).map(fault => ({
    ...fault,
    path: fault.path === null || fault.path.startsWith(within) ? fault.path : within + fault.path,
  }))
  const last = `${output}\n${stderr}`.trim().split('\n').slice(-5).join(' ⏎ ')
  const name = command.slice(command.lastIndexOf(sep) + 1)
  return {
    command: [
      name,
      ...args.filter(argument => !argument.startsWith(target.scratch) && argument !== '--tsBuildInfoFile'),
    ].join(' '),
    faults,
    failure: code === 0 || faults.length > 0 || cut ? null : last.slice(0, 500) || `exit code ${code}`,
    cut,
  }
}
