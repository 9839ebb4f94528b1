import { Option, type Command } from 'commander'
import type { Report, TargetWords } from '../api.ts'
import { gates, shutBy, type Gate } from '../core/gate.ts'
import { impacts, profiles, type Impact, type Profile } from '../core/item.ts'
import { names, oneOf, repeated, withFace, type Format } from './flags.ts'
import { lookOf, type Io } from './io.ts'
import { loadApi } from './lazy-api.ts'
import { mustBeWritable, writeWhole } from './output.ts'
import { showProgress } from './progress.ts'
import { trouble } from './trouble.ts'

interface CheckFlags {
  start?: true
  package?: string
  url?: string
  bundle?: string
  clientConfig?: string
  header?: string[]
  env?: string[]
  settings?: string
  forgeFacts?: string
  impact?: Impact
  profile?: Profile
  only?: string[]
  skip?: string[]
  allowTools?: string[]
  format: Format
  output?: string
  lock?: true
  gate: Gate
  verbose?: true
  color: boolean
}

const targetOf = (directory: string | undefined, command: string[] | null, flags: CheckFlags): TargetWords => {
  const elsewhere = command ?? flags.url ?? flags.bundle ?? flags.clientConfig
  const home = directory ?? (elsewhere ? undefined : '.')
  return {
    ...(home === undefined ? {} : { directory: home }),
    ...(command ? { command } : {}),
    ...(flags.url === undefined ? {} : { url: flags.url }),
    ...(flags.start ? { start: true } : {}),
    ...(flags.package === undefined ? {} : { package: flags.package }),
    ...(flags.bundle === undefined ? {} : { bundle: flags.bundle }),
    ...(flags.clientConfig === undefined ? {} : { clientConfig: flags.clientConfig }),
    ...(flags.header ? { headers: flags.header } : {}),
    ...(flags.env ? { env: flags.env } : {}),
    ...(flags.settings === undefined ? {} : { settingsFile: flags.settings }),
    ...(flags.forgeFacts === undefined ? {} : { forgeFacts: flags.forgeFacts }),
  }
}

const written = async (reports: Report[], several: boolean, flags: CheckFlags, io: Io): Promise<string> => {
  const { json, terminal } = await loadApi()
  if (flags.format === 'json') return json(several ? reports : reports[0])
  const look = flags.output ? { verbose: flags.verbose ?? false } : lookOf(io, flags)
  return reports.map(report => terminal(report, { ...look, gate: flags.gate })).join('\n')
}

/** The report in its file; where that cannot be written any more, on stdout, so that it is not lost. */
const writeOrShow = (file: string, text: string, io: Io): void => {
  try {
    writeWhole(file, text)
  } catch (error) {
    io.stdout.write(text)
    throw error
  }
}

const check = async (target: TargetWords, flags: CheckFlags, io: Io): Promise<number> => {
  if (flags.output !== undefined) mustBeWritable(flags.output)
  const { impact, profile, only, skip, allowTools } = flags
  const progress = showProgress(io.stderr)
  let targets = 1
  let failed = 0
  try {
    const { audit } = await loadApi()
    const reports = await audit({
      target,
      ...(impact ? { impact } : {}),
      ...(profile ? { profile } : {}),
      ...(only ? { only } : {}),
      ...(skip ? { skip } : {}),
      ...(allowTools ? { allowTools } : {}),
      ...(flags.lock ? { lock: true } : {}),
      listener: event => {
        progress.listener(event)
        if (event.type === 'target') targets = event.of
        if (event.type !== 'failed') return
        failed++
        progress.clear()
        io.stderr.write(trouble(event.error, event.target))
      },
    })
    progress.end()
    if (reports.length > 0) {
      const text = await written(reports, targets > 1, flags, io)
      if (flags.output === undefined) io.stdout.write(text)
      else writeOrShow(flags.output, text, io)
    }
    if (failed > 0) return 2
    return reports.some(report => shutBy(report, flags.gate).length > 0) ? 1 : 0
  } finally {
    progress.end()
  }
}

const examples = `
Examples:
  airworthy check                    reads the source here, executes nothing
  airworthy check --start            reads it and starts the server it declares
  airworthy check -- npx -y NAME     starts a server by its command
  airworthy check --url http://127.0.0.1:8000/mcp
  airworthy check --client-config claude_desktop_config.json
  gh api repos/OWNER/NAME/rules/branches/main > rules.json && airworthy check --forge-facts rules.json
                                     judges branch protection and reviews as well (docs/forge-facts.md)

Exit code: 0 the gate is met, 1 it is not, 2 the audit could not run.`

/** Adds `check`. `command` is what stood behind `--`; `ended` receives the exit code. */
export const addCheck = (program: Command, command: string[] | null, io: Io, ended: (code: number) => void): void => {
  const described = program
    .command('check')
    .description('decide the rows of the checklist from evidence')
    .argument('[dir]', 'directory with the source of the server')
    .usage('[dir] [flags] [-- command...]')
    .option('--start', 'start the server that the directory declares')
    .option('--package <package>', 'the package to judge, by name or folder; without it, each MCP server of a monorepo')
    .option('--url <url>', 'a server that answers over Streamable HTTP')
    .option('--bundle <file>', 'a bundle (.mcpb)')
    .option('--client-config <file>', "every server in a client's configuration")
    .addOption(repeated('--header <line>', "a header for the server, 'Name: value'; may be repeated"))
    .addOption(repeated('--env <pair>', 'an environment variable for the server, NAME=value; may be repeated'))
    .addOption(oneOf('--impact <impact>', 'the most the audit may do', impacts))
    .addOption(oneOf('--profile <profile>', 'what to judge it as; inferred otherwise', profiles))
    .addOption(names('--only <items>', 'judge these items only, with commas between them'))
    .addOption(names('--skip <items>', 'leave these items out'))
    .addOption(names('--allow-tools <tools>', "tools that may be called although they change something, '*' for all"))
    .addOption(new Option('--settings <file>', 'settings other than airworthy.json in the directory'))
    .option('--forge-facts <file>', 'what the forge says about the repository: answers of `gh api`, as JSON')
    .addOption(oneOf('--gate <gate>', 'failures of which level end with exit code 1', gates).default('must'))
    .option('--lock', 'remember the definitions of the tools in airworthy.lock.json')
    .option('--output <file>', 'write the report to a file')
    .option('--verbose', 'show all evidence, also of what passes')
    .addHelpText('after', examples)
  withFace(described).action(async (directory: string | undefined, flags: CheckFlags) => {
    ended(await check(targetOf(directory, command, flags), flags, io))
  })
}
