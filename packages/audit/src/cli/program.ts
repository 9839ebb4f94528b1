import { Command, CommanderError } from 'commander'
import { Refusal } from '../core/refusal.ts'
import { version } from '../core/version.ts'
import { addCheck } from './check.ts'
import { addExplain } from './explain.ts'
import type { Io } from './io.ts'
import { addRows } from './rows.ts'
import { refusalOf, trouble } from './trouble.ts'

const commandBehind = (argv: readonly string[]): string[] | null => {
  const dashes = argv.indexOf('--')
  if (dashes === -1) return null
  const command = argv.slice(dashes + 1)
  if (command.length === 0)
    throw new Refusal('there is no command after --', 'such as: airworthy check -- node dist/server.js')
  return command
}

/** Runs one command line and resolves to its exit code: 0 gate met, 1 not met, 2 could not run. */
export const runCommandLine = async (argv: readonly string[], io: Io): Promise<number> => {
  let code = 0
  const program = new Command('airworthy')
    .description('Proves that an MCP server is ready for production, from evidence.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: text => void io.stdout.write(text), writeErr: () => {} })
  const [face = ''] = argv
  try {
    const command = commandBehind(argv)
    addCheck(program, command, io, ended => {
      code = ended
    })
    addExplain(program, io)
    addRows(program, io)
    const words = command ? argv.slice(0, argv.indexOf('--')) : argv
    if (words.length === 0) {
      io.stdout.write(program.helpInformation())
      return 2
    }
    if (command && words[0] !== 'check' && !words.includes('--help'))
      throw new Refusal('only check takes a command after --', 'such as: airworthy check -- node dist/server.js')
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    io.stderr.write(trouble(error instanceof CommanderError ? refusalOf(error, face) : error))
    return 2
  }
}
