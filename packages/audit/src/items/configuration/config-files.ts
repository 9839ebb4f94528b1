import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { settingsFiles, type SettingsFile } from '../../gather/settings-files.ts'
import { settingsReads } from '../../gather/settings-reads.ts'

const faultOf = ({ how, wins, optional, file, line }: SettingsFile): Evidence[] => {
  if (wins === 'file')
    return [
      {
        at: file,
        line,
        saw: `${how}: the file goes before the environment`,
        wanted: 'the environment goes before the file',
      },
    ]
  return optional
    ? []
    : [
        {
          at: file,
          line,
          saw: `${how}: the server does not start without the file`,
          wanted: 'a file that may be missing',
        },
      ]
}

const item: Item = {
  id: 'config-files',
  area: 'configuration',
  rows: [101],
  title: 'An optional file of settings, below the environment',
  level: 'may',
  why: 'A long list of variables is hard to keep in a client; and where a forgotten file goes before the environment, nobody understands why a setting has no effect.',
  how: 'Read a file when there is one, and let the environment win: dotenv without override, process.loadEnvFile behind a check, node --env-file-if-exists, SettingsConfigDict(env_file=".env"), load_dotenv().',
  refs: [
    'https://nodejs.org/api/process.html#processloadenvfilepath',
    'https://docs.pydantic.dev/latest/concepts/pydantic_settings/#dotenv-env-support',
  ],
  checks: [
    check({
      asks: 'Can settings come from a file, and does the environment win?',
      needs: { settingsFiles, reads: settingsReads },
      judge: ({ settingsFiles: { found, files }, reads }) => {
        if (files === 0 && found.length === 0)
          return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const settings = reads.variables.length + reads.patterns.length + reads.options.length
        if (found.length === 0 && settings + reads.computed.length === 0)
          return notApplicable('the server has no settings')
        const [first] = reads.variables
        if (found.length === 0)
          return fail({
            at: first?.path ?? '.',
            ...(first ? { line: first.line } : {}),
            saw: 'settings come from the environment and the command line alone',
            wanted: 'a file that may hold them as well',
          })
        const faults = found.flatMap(faultOf)
        const open = found.find(({ wins }) => wins === 'undecided')
        if (faults.length === 0 && open)
          return unknown(
            `whether the environment goes before the file that ${open.how} reads in ${open.file}:${open.line} shows in a live run`,
          )
        return judged(
          faults,
          found.map(({ how, file, line }) => ({
            at: file,
            line,
            saw: `${how}: the file may be missing, and the environment wins`,
          })),
          'not reached',
        )
      },
    }),
  ],
}

export default item
