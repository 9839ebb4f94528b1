import { posix } from 'node:path'
import { shellCommands } from '../shell.ts'
import { folders } from './folders.ts'
import { hasOption, optionsOf } from './options.ts'
import type { Arrival } from './sinks.ts'
import { redirecting } from './addresses.ts'
import { nearlyMatching } from './compare.ts'
import { isRun, samplesFor } from './scripts.ts'
import {
  device,
  following,
  lines,
  linkItself,
  otherLanguage,
  perhapsFollowing,
  plainSelect,
  several,
} from './sinks/arrival.ts'

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
  { sample: `x/../${far}`, form: 'climbs out behind a beginning that is allowed' },
  { sample: link, form: 'through a symbolic link' },
  { sample: `${folders.root}/${link}`, form: 'through a symbolic link' },
  { sample: folders.link, form: 'a symbolic link' },
  { sample: `${folders.root}/${folders.link}`, form: 'a symbolic link' },
  { sample: `${folders.link}/new-file`, form: 'a new file behind a symbolic link' },
  { sample: `${folders.root}/${folders.link}/new-file`, form: 'a new file behind a symbolic link' },
]

/** What lies beside the files of the package was put there by its author. */
const isOwn = (path: string): boolean => path.startsWith(folders.package)

/** Neighbours of the folders that a path was compared with, whose names begin alike. */
export const siblings = (prefixes: Iterable<string>): Attack[] =>
  [...prefixes]
    .filter(prefix => prefix.startsWith('/') && prefix.length > 1 && !prefix.endsWith('/') && !isOwn(prefix))
    .flatMap(prefix => {
      const target = `${prefix}-sibling/`
      const form = 'a neighbour of the folder whose name begins alike'
      return [`${target}file`, `../${posix.basename(target)}/file`].map(sample => ({ sample, form, target }))
    })

const shells: Attack[] = [';#;', '$(#)', '`#`', `';#;'`, `";#;"`, '|#', '&#', 'x\n#'].map(sample => ({
  sample: sample.replace('#', word),
  form: 'a second command',
}))
const lineEnds: Attack[] = [{ sample: `x\n${word}`, form: 'a second line, which is another command' }]
/** A list of programs is of no use where a shell reads what comes after them. */
export const behind = (programs: Iterable<string>): Attack[] =>
  [...programs].map(program => ({
    sample: `${program} ;${word};`,
    form: 'a second command behind one that is allowed',
  }))

/**
 * The same behind a beginning that is asked for: `notes://`, `https://api.example`. A statement that has to begin with
 * SELECT is a whole statement all the same.
 */
export const begun = (kind: Arrival['kind'], { sample, form }: Attack, prefixes: Iterable<string>): Attack[] => {
  // what opens something else on a device is told by how it begins
  const isWhole = (kind === 'sql' && !sample.startsWith('x')) || intents.some(intent => intent.sample === sample)
  if (!/^(file|shell|sql|url|code)$/.test(kind) || isWhole) return []
  return [...prefixes]
    .filter(prefix => !sample.startsWith(prefix) && (kind !== 'sql' || /:$|:\/\//.test(prefix)))
    .slice(0, 4)
    .map(prefix => {
      const isFolder = kind === 'file' && prefix.startsWith('/') && !prefix.endsWith('/') && !sample.startsWith('/')
      return { sample: `${prefix}${isFolder ? '/' : ''}${sample}`, form: `${form}, behind ${prefix}` }
    })
}

/** The same with an ending that is asked for: `.md`, `sitemap.xml`. */
export const ended = (kind: Arrival['kind'], { sample, form, target }: Attack, endings: Iterable<string>): Attack[] =>
  kind === 'file' || kind === 'url'
    ? [...endings]
        .filter(ending => !sample.endsWith(ending))
        .slice(0, 3)
        .map(ending => ({
          sample: `${sample}${ending}`,
          form: `${form}, with ${ending} at its end`,
          ...(target === undefined ? {} : { target }),
        }))
    : []

/** What an address or a path has to end with, or to hold somewhere, stands in others as well. */
export const around = (
  kind: Arrival['kind'],
  { endings, parts }: { endings: Iterable<string>; parts: Iterable<string> },
): Attack[] => {
  if (kind === 'file')
    return [...parts]
      .filter(part => part.startsWith('/') && !isOwn(part))
      .slice(0, 4)
      .map(part => ({
        sample: `/outside${part}/file`,
        form: 'another folder whose path holds the one that is asked for',
      }))
  if (kind !== 'url') return []
  const ends = [...endings]
    .filter(ending => /^\w[\w.-]*\.\w+$/.test(ending))
    .map(ending => ({ sample: `https://evil${ending}/x`, form: 'a name that ends alike', target: `evil${ending}` }))
  const holding = [...parts].flatMap(part => {
    const host = hostOf(part.includes('://') ? part : `https://${part}`)
    const form = 'another machine, with what is asked for in its address'
    return host === null || !host.includes('.')
      ? [{ sample: `http://169.254.169.254/${part}`, form: 'another machine, with what is asked for in its path' }]
      : [`https://${host}.evil.example/x`, `https://evil.example/x?${part}`].map(sample => ({ sample, form }))
  })
  return [...ends.slice(0, 4), ...holding.slice(0, 4)]
}

const urls: Attack[] = [
  'http://169.254.169.254/x',
  'https://127.0.0.1/x',
  '//169.254.169.254/x',
  '@169.254.169.254/x',
  '169.254.169.254',
  '.evil.example/x',
].map(sample => ({ sample, form: 'another machine' }))
/** Only worth trying where the others are refused, and answers that lead elsewhere may be followed. */
export const redirects: Attack[] = [
  {
    sample: `https://${redirecting}/x`,
    form: 'a site whose answer leads to another machine, which is asked unchecked',
  },
]
export const isRedirect = ({ sample }: Attack): boolean => sample.includes(redirecting)
const named: Attack[] = [{ sample: 'https://evil.example/x', form: 'a name whose address is a private one' }]
const more = 'more SQL'
const intents: Attack[] = ['intent://x', 'file:///etc/passwd'].map(sample => ({
  sample,
  form: 'a scheme that opens something else',
}))
const queries: Attack[] = ["x' # '", 'x" # "', 'x` # `', 'x] # [', '1 #']
  .map(sample => ({
    sample: sample.replace('#', word),
    form: more,
  }))
  .concat(
    { sample: `DROP TABLE ${word}`, form: 'a statement that changes data' },
    { sample: `WITH a AS (DELETE FROM ${word} RETURNING *) SELECT * FROM a`, form: 'a change inside of a query' },
  )

/** Only of use where a text may hold several statements, and its beginning is looked at. */
const seconds: Attack[] = ['SELECT 1', 'SHOW x'].map(first => ({
  sample: `${first}; DROP TABLE ${word}`,
  form: 'a second statement that changes data',
}))

/**
 * What a rule about words says nothing of, once it refuses all the others: it is not known to do harm, and shows that
 * whole statements are run. `form` is what is doubted.
 */
export const unlisted = (program: string | null): Attack[] => [
  {
    sample: `${word.toUpperCase()} ${word}`,
    form: 'a list of what is forbidden, which lets through every statement that is not on it',
  },
  ...(program === plainSelect
    ? []
    : [
        {
          sample: `SELECT ${word}(1)`,
          form: 'rules about the words of a statement, which let through a SELECT whatever function it calls',
        },
      ]),
]
export const isUnlisted = ({ sample }: Attack): boolean => unlisted(null).some(each => each.sample === sample)

/** For a program whose options are not known. */
export const anyOption: Attack = { sample: '--airworthy=/outside/file', form: 'an option' }

/** What is tried against each kind of place. */
export const attacksOf = (kind: Arrival['kind'], program: string | null): Attack[] => {
  switch (kind) {
    case 'file':
      return files
    case 'shell':
      return program === lines ? lineEnds : shells
    case 'program':
      return [{ sample: word, form: 'another program' }]
    case 'arguments':
      return program === null ? [] : optionsOf(program)
    case 'sql':
      if (program === otherLanguage) return queries.filter(({ form }) => form === more)
      return program === several ? [...queries, ...seconds] : queries
    case 'url':
      return program === device ? intents : [...urls, ...named]
    case 'pattern':
      return [{ sample: '(a+)+$', form: 'a pattern that takes for ever' }]
    case 'replacement':
      return [{ sample: program === 'Python' ? '\\g<0>' : '$&', form: 'a mark that stands for what was found' }]
    case 'subject':
      return [{ sample: nearlyMatching, form: 'a text that nearly matches' }]
    default:
      return samplesFor(program).map((sample, index) => ({
        sample,
        form: index === 0 ? 'a program' : 'a program behind the end of a text',
      }))
  }
}

const reachesOut = (path: string, target: string | undefined, isLinkItself: boolean): boolean => {
  const whole = posix.resolve(folders.root, path)
  if (isLinkItself && posix.basename(whole) === folders.link) return false
  if (target !== undefined) return whole.startsWith(target)
  return (
    whole === folders.outside ||
    whole.startsWith(`${folders.outside}/`) ||
    (whole.startsWith(`${folders.root}/`) && whole.split('/').includes(folders.link))
  )
}

/** SQL without the texts and names that stand in quotes, and without comments. */
const bare = (sql: string): string =>
  sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[(?:[^\]]|\]\])*\]|--[^\n]*|\/\*[^]*?\*\//g, ' ')

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

/** Whether what arrived does what the attack is for. */
export const succeeds = (
  { kind, texts, program }: Arrival & { texts: string[] },
  { sample, form, target }: Attack,
): boolean => {
  const [first = ''] = texts
  switch (kind) {
    case 'file':
      return reachesOut(first, target, program === linkItself)
    case 'shell':
      return program === lines ? first.split('\n').some(line => line.trim().startsWith(word)) : runs(first)
    case 'program':
      return first.split(/\s/)[0] === word
    case 'arguments':
      return hasOption(texts, sample, program)
    case 'sql':
      if (program === otherLanguage && first.replace(/^\s*(explain|profile)\s+/i, '') === sample) return false
      // as a whole statement only what is one counts
      return bare(first).includes(word) && (first !== sample || !form.startsWith(more))
    case 'url': {
      if (program === device) return first.startsWith(sample)
      const host = hostOf(first)
      if (target !== undefined) return host === target
      if (host === redirecting) return program === following || program === perhapsFollowing
      return host === '169.254.169.254' || host === '127.0.0.1' || (host?.endsWith('evil.example') ?? false)
    }
    case 'replacement': {
      // what is put in has to be there as it was sent
      const made = program === 'Python' ? first.replaceAll(/\\(?!\\)g<0>/g, 'x') : 'x'.replace('x', first)
      return first.includes(sample) && !made.includes(sample)
    }
    case 'code':
      return isRun(program, first, sample)
    default:
      return first.includes(sample)
  }
}
