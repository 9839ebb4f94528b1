import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { handedVariables, readByLibrary } from '../../gather/handed-variables.ts'
import { isSame, settingsFileRuns, type SettingsFileRuns, type Shown } from '../../gather/settings-file-runs.ts'
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

const judgeRuns = ({ without, first, second, over }: SettingsFileRuns): Verdict => {
  const at = 'started with the file that airworthy.json declares'
  const failing = [first, second].find(shown => 'failed' in shown)
  if (failing && 'failed' in failing) return unknown(`with the declared file: ${failing.failed}`)
  if ('failed' in without && !without.ended) return unknown(`without the declared file: ${without.failed}`)
  if ('failed' in without)
    return fail({ at: 'started without the declared file', saw: without.failed, wanted: 'a start with the defaults' })
  if (isSame(first, second))
    return unknown('the declared call answers the same under both contents of the declared file')
  if (over === null) return unknown('declare variables that say what the first content says as configuration.file.over')
  if ('failed' in over) return unknown(`with the file and the environment: ${over.failed}`)
  const saw = (shown: Shown): string => ('answer' in shown ? shown.shown : '')
  if (isSame(over, second))
    return fail({
      at,
      saw: `the environment says something else than the file, and the answer is that of the file: ${saw(over)}`,
      wanted: `the answer that the environment asks for: ${saw(first)}`,
    })
  return isSame(over, first)
    ? pass({ at, saw: `it answers ${saw(second)}; where the environment says something else, ${saw(over)}` })
    : unknown(
        `with the file and the environment it answers neither what one says nor what the other does: ${saw(over)}`,
      )
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
      needs: { settingsFiles, reads: settingsReads, handed: handedVariables },
      judge: ({ settingsFiles: { found, files }, reads, handed: [handed] }) => {
        if (files === 0 && found.length === 0)
          return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const settings = reads.variables.length + reads.patterns.length + reads.options.length
        if (found.length === 0 && settings + reads.computed.length === 0)
          return handed ? unknown(readByLibrary(handed)) : notApplicable('the server has no settings')
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
    check({
      asks: 'Is a declared file read, may it be missing, and does the environment win?',
      needs: { settingsFileRuns },
      judge: ({ settingsFileRuns }) => judgeRuns(settingsFileRuns),
    }),
  ],
}

export default item
