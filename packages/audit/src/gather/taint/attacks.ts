import { posix } from 'node:path'
import { shellCommands } from '../shell.ts'
import { folders } from './folders.ts'
import type { Arrival } from './sinks.ts'

/** What an attacker would send, and what it is called. */
export interface Attack {
  sample: string
  form: string
  /** The folder that must not be reached, when it is not the one outside of everything. */
  target?: string
}

const word = 'airworthy'
const far = '../../../../../../../../outside/file'
const link = `${folders.link}/file`

const files: Attack[] = [
  { sample: far, form: 'climbs out of the folder' },
  { sample: '/outside/file', form: 'an absolute path' },
  { sample: '....//....//....//....//....//....//....//outside/file', form: 'climbs out after ../ was removed once' },
  { sample: '%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/outside/file', form: 'climbs out after it was decoded' },
]

/** Only worth trying where the others are refused. */
export const links: Attack[] = [
  { sample: link, form: 'through a symbolic link' },
  { sample: `${folders.root}/${link}`, form: 'through a symbolic link' },
  { sample: folders.link, form: 'a symbolic link' },
  { sample: `${folders.root}/${folders.link}`, form: 'a symbolic link' },
  { sample: `${folders.link}/new-file`, form: 'a new file behind a symbolic link' },
  { sample: `${folders.root}/${folders.link}/new-file`, form: 'a new file behind a symbolic link' },
]

/** Neighbours of the folders that a path was compared with, whose names begin alike. */
export const siblings = (prefixes: Iterable<string>): Attack[] =>
  [...prefixes]
    .filter(prefix => prefix.startsWith('/') && prefix.length > 1 && !prefix.endsWith('/'))
    .flatMap(prefix => {
      const target = `${prefix}-sibling/`
      const form = 'a neighbour of the folder whose name begins alike'
      return [`${target}file`, `../${posix.basename(target)}/file`].map(sample => ({ sample, form, target }))
    })

const shells: Attack[] = [';#;', '$(#)', '`#`', `';#;'`, `";#;"`, '|#', '&#', 'x\n#'].map(sample => ({
  sample: sample.replace('#', word),
  form: 'a second command',
}))
const urls: Attack[] = [
  'http://169.254.169.254/x',
  'https://127.0.0.1/x',
  '//169.254.169.254/x',
  '@169.254.169.254/x',
  '169.254.169.254',
  '.evil.example/x',
].map(sample => ({ sample, form: 'another machine' }))
const public_: Attack[] = [{ sample: 'https://evil.example/x', form: 'any machine' }]
const queries: Attack[] = ["x' # '", 'x" # "', 'x` # `', 'x] # [', '1 #'].map(sample => ({
  sample: sample.replace('#', word),
  form: 'more SQL',
}))

/** What is tried against each kind of place. */
export const attacksOf = (kind: Arrival['kind']): Attack[] => {
  switch (kind) {
    case 'file':
      return files
    case 'shell':
      return shells
    case 'program':
      return [{ sample: word, form: 'another program' }]
    case 'arguments':
      return [
        { sample: `--${word}=x`, form: 'an option' },
        { sample: `x --${word}=x`, form: 'an option behind a blank' },
      ]
    case 'sql':
      return queries
    case 'url':
      return [...urls, ...public_]
    case 'pattern':
      return [{ sample: '(a+)+$', form: 'a pattern that takes for ever' }]
    case 'code':
      return [{ sample: `${word}()`, form: 'a program' }]
  }
}

const reachesOut = (path: string, target: string | undefined): boolean => {
  const whole = posix.resolve(folders.root, path)
  if (target !== undefined) return whole.startsWith(target)
  return (
    whole === folders.outside ||
    whole.startsWith(`${folders.outside}/`) ||
    (whole.startsWith(`${folders.root}/`) && whole.split('/').includes(folders.link))
  )
}

/** SQL without the texts and names that stand in quotes, and without comments. */
const bare = (sql: string): string =>
  sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[^]*?\*\//g, ' ')

const hostOf = (url: string): string | null => {
  try {
    return new URL(url, 'https://host.example/').hostname
  } catch {
    return null
  }
}

const runs = (command: string): boolean => {
  try {
    return shellCommands(command).some(({ words }) => words[0] === word)
  } catch {
    return command.includes(word)
  }
}

/** Programs that options make do something else than what was meant. */
const obedient =
  /^(git|hg|svn|kubectl|helm|docker|podman|find|fd|tar|ssh|scp|sftp|rsync|curl|wget|rg|zip|unzip|sed|g?awk|npm|npx|yarn|pnpm|pip3?|uvx?|terraform|psql|mysql|sqlite3|openssl|make|xargs|env|sudo|ffmpeg|convert|magick|sort|less|man|gh)(\.exe|\.cmd)?$/

/** An option of an attacker in a list of arguments: not behind `--`, not the value of another option. */
const hasOption = (texts: readonly string[], program: string | null): boolean => {
  if (program === null || !obedient.test(posix.basename(program))) return false
  const end = texts.findIndex(each => each === '--' || each === '--end-of-options')
  const open = end < 0 ? texts : texts.slice(0, end)
  return open.some((each, index) => each.startsWith(`--${word}`) && !/^-/.test(open[index - 1] ?? ''))
}

/** Whether what arrived does what the attack is for. */
export const succeeds = (
  { kind, texts, program }: Arrival & { texts: string[] },
  { sample, target }: Attack,
): boolean => {
  const [first = ''] = texts
  switch (kind) {
    case 'file':
      return reachesOut(first, target)
    case 'shell':
      return runs(first)
    case 'program':
      return first.split(/\s/)[0] === word
    case 'arguments':
      return hasOption(texts, program)
    case 'sql':
      return bare(first).includes(word)
    case 'url': {
      const host = hostOf(first)
      return host === '169.254.169.254' || host === '127.0.0.1' || (host?.endsWith('evil.example') ?? false)
    }
    case 'pattern':
      return first.includes(sample)
    case 'code':
      return first.includes(sample)
  }
}
