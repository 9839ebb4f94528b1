import type { CommanderError } from 'commander'
import { Refusal } from '../core/refusal.ts'
import { version } from '../core/version.ts'
import { visible } from '../core/visible.ts'

const known = new Set(['check', 'explain', 'rows'])

/** What commander found wrong, with the next step; `face` is the command that was asked for. */
export const refusalOf = ({ message, code }: CommanderError, face: string): Refusal => {
  const [first = '', ...more] = message
    .replace(/^error: /, '')
    .replaceAll(/'([^']+)'/g, '«$1»')
    .split('\n')
  const meant = /Did you mean (.+)\?/.exec(more.join(' '))?.[1]
  if (meant) return new Refusal(first, `did you mean ${meant}?`)
  if (code === 'commander.excessArguments' && face === 'check')
    return new Refusal('check takes one directory', 'a command goes behind two dashes: airworthy check -- COMMAND ...')
  return new Refusal(first, `airworthy ${known.has(face) ? `${face} ` : ''}--help lists what there is`)
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of disk space is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
}

/** What the system refused, as something that the user can change; null for any other error. */
const fromTheSystem = (error: unknown): Refusal | null => {
  if (!(error instanceof Error)) return null
  const { code = '', path } = error as NodeJS.ErrnoException
  const reason = reasons[code]
  if (reason === undefined) return null
  return new Refusal(
    `${path ?? 'the audit could not go on'}: ${reason} (${code})`,
    'change that on this machine, and try again',
  )
}

/** What went wrong, for stderr: one sentence and the next step, or the stack of a bug. `about` names the target. */
export const trouble = (error: unknown, about?: string): string => {
  const lead = about ? `airworthy: ${visible(about, 100)}: ` : 'airworthy: '
  if (error instanceof Refusal) return `${lead}${visible(error.message, 1000)}\n  ${visible(error.hint, 1000)}\n`
  const machine = fromTheSystem(error)
  if (machine) return trouble(machine, about)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = stack.split('\n').map(line => `  ${visible(line, 1000)}`)
  return [
    `${lead}this is a bug in airworthy, not in your server`,
    '  Please report it with the command you ran and these lines:',
    `  airworthy ${version}, Node ${process.version}, ${process.platform}`,
    ...lines,
    '',
  ].join('\n')
}
