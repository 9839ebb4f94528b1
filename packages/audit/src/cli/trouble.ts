import { CommanderError } from 'commander'
import { Refusal, version, visible } from '../api.ts'

const refusalOf = ({ message }: CommanderError): Refusal => {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n')
  const meant = /Did you mean (.+)\?/.exec(more.join(' '))?.[1]
  return new Refusal(
    first,
    meant ? `Did you mean ${meant}?` : 'airworthy --help and airworthy COMMAND --help list what there is',
  )
}

/** What went wrong, for stderr: one sentence and the next step, or the stack of a bug. `about` names the target. */
export const trouble = (thrown: unknown, about?: string): string => {
  const error = thrown instanceof CommanderError ? refusalOf(thrown) : thrown
  const lead = about ? `airworthy: ${visible(about, 100)}: ` : 'airworthy: '
  if (error instanceof Refusal) return `${lead}${visible(error.message, 1000)}\n  ${visible(error.hint, 1000)}\n`
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
