import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { documents, type Block, type Document, type Section } from './documents.ts'
import { manifests, type JsonManifest } from './manifests.ts'
import { isInScope, project } from './project.ts'
import { table, type Table } from './tables.ts'

export interface Mention {
  /** `NOTES_DIR`, or `--notes-dir`. */
  name: string
  path: string
  line: number
  /** It says there what the setting means. */
  explained: boolean
  /** It stands where settings are listed: a settings section, .env.example, a manifest. */
  listed: boolean
}

export interface SettingsDocumented {
  mentions: Mention[]
  /** Files in which settings may be named. */
  places: string[]
}

const variable = /(?<![\w$-])[A-Z][A-Z0-9]*(?:_[A-Z0-9*]+)*(?![\w*]|-[a-z])/g
const option = /(?<![\w-])--[a-z][\w-]+/g
const settingsTitle =
  /config|environment|setting|variable|\boptions?\b|credential|authenticat|parameter|\benv\b|\bflags?\b|arguments|setup|secrets/i

/** A value that tells what belongs there: `<your key>`, `your-api-key`, `/path/to/notes`, `sk-...`. */
const tellingValue =
  /your|<[^<>]+>|path\/to|xxx|\.\.\.|change[-_ ]?me|example|\bmy[-_]|_here|\$\{user_config|\[[a-z -]+\]|…/i

const namesIn = (text: string): string[] => {
  // bold is no part of a name, and a star alone stands for its rest
  const bare = text.replaceAll('**', ' ')
  return [...new Set([...bare.matchAll(variable), ...bare.matchAll(option)].map(([name]) => name))]
}

const words = (text: string): number =>
  text
    .replaceAll(variable, ' ')
    .replaceAll(option, ' ')
    .match(/[\p{L}]{2,}/gu)?.length ?? 0

/** Names in prose: what surrounds them has to say something about them. */
const proseMentions = ({ text, line }: Block, enough: number): { name: string; line: number; explained: boolean }[] =>
  text
    .split('\n')
    .flatMap((row, index) => namesIn(row).map(name => ({ name, line: line + index, explained: words(text) >= enough })))

/** Names in code: a comment beside or above them, or a value that tells what belongs there. */
const codeMentions = (text: string, first: number): { name: string; line: number; explained: boolean }[] => {
  const lines = text.split('\n')
  return lines.flatMap((row, index) => {
    const commentAt = row.search(/(^|\s)(#|\/\/)\s/)
    const beside = commentAt < 0 ? '' : row.slice(commentAt)
    const above = (lines[index - 1] ?? '').trim()
    const isAboveComment = /^(#|\/\/|--|;)\s*\S/.test(above) && !/^#?\s*[A-Z][A-Z0-9_]*=/.test(above)
    return namesIn(row).map(name => {
      const value = row.slice(row.indexOf(name) + name.length)
      const isTold =
        words(beside.replace(name, '')) >= 2 || (isAboveComment && words(above) >= 2) || tellingValue.test(value)
      return { name, line: first + index, explained: isTold }
    })
  })
}

const mentionsOf = (path: string, section: Section): Mention[] => {
  const isListed = [section.title, ...section.within.slice(1)].some(title => settingsTitle.test(title))
  let introduced = false
  return section.blocks.flatMap(block => {
    if (block.kind === 'text' || block.kind === 'html') introduced = words(block.text) >= 6
    if (block.kind === 'row') {
      const [first = '', ...rest] = block.cells
      const inFirst = namesIn(first)
      const explained = words(rest.join(' ')) >= 1
      const own = inFirst.map(name => ({
        name,
        path,
        line: block.line,
        explained,
        listed: isListed || block.head.some(title => settingsTitle.test(title)),
      }))
      const others = namesIn(rest.join(' ')).filter(name => !inFirst.includes(name))
      return [
        ...own,
        ...others.map(name => ({ name, path, line: block.line, explained: words(block.text) >= 3, listed: false })),
      ]
    }
    if (block.kind === 'code')
      return codeMentions(block.text, block.line + 1).map(mention => ({ ...mention, path, listed: false }))
    const isEntry = block.kind === 'item' && /^\W{0,3}[A-Z][A-Z0-9_]{2,}\b/.test(block.text)
    const enough = isEntry ? 2 : 4
    return proseMentions(block, isEntry && introduced ? 0 : enough).map(mention => ({
      ...mention,
      path,
      listed: isListed && isEntry,
    }))
  })
}

const envExample =
  /(^|\/)(\.env[.-](example|sample|template|dist|defaults?)|(example|sample|template)[._-]?\.?env|env\.(example|sample|template)|\.env\.[\w-]+\.(example|sample|template))$/i

/** In an example file each line is a setting; comments directly above or beside it are its meaning. */
const exampleMentions = (path: string, text: string): Mention[] => {
  let said = false
  return text.split('\n').flatMap((row, index) => {
    const name = /^\s*#?\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(row)?.[1]
    if (!name) {
      said = /^\s*#/.test(row) ? said || words(row) >= 2 : row.trim() === '' ? false : said
      return []
    }
    const value = row.slice(row.indexOf('=') + 1)
    const explained = said || words(/\s#(.*)$/.exec(value)?.[1] ?? '') >= 1 || tellingValue.test(value)
    return [{ name, path, line: index + 1, explained, listed: true }]
  })
}

const readExamples = async (repository: Repository | undefined): Promise<{ paths: string[]; mentions: Mention[] }> => {
  const paths = (repository?.files ?? []).filter(path => envExample.test(path))
  const texts = await Promise.all(paths.map(async path => exampleMentions(path, (await repository?.text(path)) ?? '')))
  return { paths, mentions: texts.flat() }
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.map(table) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Variables of a bundle's manifest and of the registry's server.json. */
const manifestMentions = ({ path, raw, kind, lineOf }: JsonManifest): Mention[] => {
  if (kind === 'mcpb') {
    const settings = table(raw['user_config'])
    const environment = table(table(table(raw['server'])['mcp_config'])['env'])
    return Object.entries(environment).map(([name, value]) => {
      const key = /\$\{user_config\.([^}]+)\}/.exec(text(value))?.[1]
      return {
        name,
        path,
        line: lineOf(name),
        explained: key !== undefined && text(table(settings[key])['description']) !== '',
        listed: true,
      }
    })
  }
  const packages = [...tables(raw['packages']), ...tables(raw['remotes'])]
  const variables = packages.flatMap(entry => [
    ...tables(entry['environmentVariables']),
    ...tables(entry['environment_variables']),
  ])
  return variables.map(entry => {
    const name = text(entry['name'])
    return { name, path, line: lineOf(name), explained: text(entry['description']) !== '', listed: true }
  })
}

/** Every setting that user documents, .env.example, the bundle's manifest or server.json name. */
export const settingsDocumented = gatherer<
  SettingsDocumented,
  { documents: typeof documents; manifests: typeof manifests; project: typeof project }
>({
  id: 'settings-documented',
  impact: 'read',
  from: 'repository',
  needs: { documents, manifests, project },
  gather: async ({ repository }, { documents, manifests, project }) => {
    const examples = await readExamples(repository)
    const isHere = (path: string): boolean => !path.includes('/') || /^docs?\//.test(path) || isInScope(project, path)
    const read: Document[] = documents.filter(({ path }) => isHere(path))
    return {
      mentions: [
        ...read.flatMap(({ path, sections }) => sections.flatMap(section => mentionsOf(path, section))),
        ...examples.mentions.filter(({ path }) => isHere(path)),
        ...manifests.found.filter(({ kind }) => kind !== 'other').flatMap(manifestMentions),
      ],
      places: [...read.map(({ path }) => path), ...examples.paths, ...manifests.found.map(({ path }) => path)],
    }
  },
})
