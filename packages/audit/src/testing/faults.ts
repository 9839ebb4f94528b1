import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyHistory, gitEnvironment, type PastCommit } from './history.ts'

export const repositoryLanguages = ['typescript', 'python'] as const
export type RepositoryLanguage = (typeof repositoryLanguages)[number]

export interface RepositoryCase {
  /** The item the case belongs to. */
  item: string
  /** What is different, when there are several cases for the item; else empty. */
  variant: string
  /** The patch or the script, for a person to look at. */
  file: string
  /** Other items whose answer may change with it: the first line of the file, `Also: ITEM, ITEM`. */
  also: string[]
  /** Makes the change in a copy of the good repository. */
  apply: (directory: string) => void
}

const home = new URL('../../../../fixtures/repositories/', import.meta.url)

const histories: Record<RepositoryLanguage, readonly PastCommit[]> = {
  typescript: [
    { subject: 'feat: list and read the notes of one folder' },
    { subject: 'feat(search): search the public catalogue' },
    { subject: 'feat(http): metrics at /metrics' },
    { subject: 'chore(main): release 1.3.0', tag: 'v1.3.0' },
    { subject: 'fix(search): give up after NOTES_TIMEOUT_MS' },
    { subject: 'chore(main): release 1.4.0-alpha.1', tag: 'v1.4.0-alpha.1' },
    { subject: 'docs: every setting with its default' },
    { subject: 'chore(main): release 1.4.0-beta.1', tag: 'v1.4.0-beta.1' },
    { subject: 'test(search): a catalogue that never answers' },
    { subject: 'chore(main): release 1.4.0', tag: 'v1.4.0' },
  ],
  python: [
    { subject: 'feat: list and read the stations of one network' },
    { subject: 'feat(metrics): count calls by tool' },
    { subject: 'feat!: FastMCP 4' },
    { subject: 'chore(main): release 2.0.0', tag: 'v2.0.0' },
    { subject: 'perf(compare): ask both stations at the same time' },
    { subject: 'chore(main): release 2.1.0a1', tag: 'v2.1.0a1' },
    { subject: 'docs: every setting with its default' },
    { subject: 'chore(main): release 2.1.0b1', tag: 'v2.1.0b1' },
    { subject: 'test(compare): a station that does not exist' },
    { subject: 'chore(main): release 2.1.0', tag: 'v2.1.0' },
  ],
}

/** Copies the good repository of a language into a directory, with a history of its own. */
export const copyGoodRepository = (language: RepositoryLanguage, directory: string): void => {
  const origin = fileURLToPath(new URL(language, home))
  cpSync(origin, directory, { recursive: true })
  copyHistory(origin, directory, histories[language])
}

const commands: Record<string, (file: string) => [string, string[]]> = {
  patch: file => ['git', ['apply', '-C1', '--whitespace=nowarn', file]],
  sh: file => ['sh', ['-e', file]],
}

const alsoOf = (file: string): string[] => {
  const [, names = ''] = /^(?:# )?Also: (.+)/.exec(readFileSync(file, 'utf8')) ?? []
  return names
    .split(',')
    .map(name => name.trim())
    .filter(Boolean)
}

const casesIn = (folder: URL): RepositoryCase[] =>
  (existsSync(folder) ? readdirSync(folder) : []).toSorted().flatMap(name => {
    const [, stem = '', extension = ''] = /^([^.]+)\.(patch|sh)$/.exec(name) ?? []
    const command = commands[extension]
    if (!command) return []
    const [item = '', variant = ''] = stem.split('--')
    const file = fileURLToPath(new URL(name, folder))
    const apply = (directory: string): void => {
      const env = { ...gitEnvironment(), GIT_CEILING_DIRECTORIES: dirname(directory) }
      execFileSync(...command(file), { cwd: directory, env, timeout: 30_000 })
    }
    return [{ item, variant, file, also: alsoOf(file), apply }]
  })

/** Every fault that is known for a language: its item has to fail. `faults/LANGUAGE/ITEM--VARIANT.patch`, or `.sh`. */
export const faultCases = (language: RepositoryLanguage): RepositoryCase[] =>
  casesIn(new URL(`faults/${language}/`, home))

/** Unusual but right repositories: everything is as in the good one. `right/LANGUAGE/ITEM--VARIANT.patch`, or `.sh`. */
export const rightCases = (language: RepositoryLanguage): RepositoryCase[] =>
  casesIn(new URL(`right/${language}/`, home))
