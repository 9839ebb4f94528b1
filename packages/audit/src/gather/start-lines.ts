import { parse as parseToml } from 'smol-toml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { parseJsonc } from '../target/json.ts'
import { documents, type Document } from './documents.ts'
import { missingCommands, type Absent } from './named.ts'
import type { Owner, StartLine } from './own-names.ts'
import { startOf } from './own-start.ts'
import { passagesAbout } from './passages.ts'
import { isInScope, project, type Project } from './project.ts'
import { shellCommands } from './shell.ts'
import { tasks } from './tasks.ts'
import { isTable, type Table } from './tables.ts'

/** A command line of a document that starts or installs something. */
export interface WrittenStart extends StartLine {
  path: string
  line: number
  written: string
}

/** One server of a client's configuration that a document shows. */
export interface ShownServer {
  path: string
  line: number
  /** `mcpServers` is what Claude Desktop reads. */
  key: 'mcpServers' | 'servers'
  server: string
  written: string
  /** Null for a server that is reached by its URL. */
  start: StartLine | null
  /** A path that only exists in the current directory, which a desktop client does not have. */
  relative: string | null
  env: string[]
}

export interface StartLines {
  /** Null when there is no README. */
  readme: string | null
  lines: WrittenStart[]
  servers: ShownServer[]
  /** Configurations that are no JSON. */
  broken: { path: string; line: number; because: string }[]
  /** Commands and files of passages about installing that are not there. */
  missing: Absent[]
  /** Where a bundle is said to be opened. */
  bundle: { path: string; line: number } | null
}

const shell = /^(sh|bash|shell|zsh|console|shell-session|terminal|powershell|ps1|cmd|)$/
const aboutInstalling =
  /install|quick ?start|getting started|set ?up|usage|^\W*(run(ning)?|start(ing)?)\b|claude|cursor|vs ?code|clients?\b|connect/i

/** What stands there is about working on the server, not about using it. */
const forDevelopers =
  /develop|contribut|\btests?\b|testing|debug|releas|publish|lint|\bbuild(ing)?\b(?!.*(run|start|install))/i

const readForeign = async (repository: Repository): Promise<string[]> => {
  const module = /^module\s+(\S+)/m.exec((await repository.text('go.mod')) ?? '')?.[1]
  let crate: unknown
  try {
    crate = (parseToml((await repository.text('Cargo.toml')) ?? '')['package'] as Table | undefined)?.['name']
  } catch {
    crate = undefined
  }
  return [...(module ? [module] : []), ...(typeof crate === 'string' ? [crate] : [])]
}

const shellLines = (text: string): { words: string[]; line: number }[] => {
  const isConsole = /^\s*[$>] /m.test(text)
  const rows = text
    .split('\n')
    .map(row => (isConsole && !/^\s*[$>] /.test(row) ? '' : row.replace(/^\s*[$>] /, '')))
    .map(row => row.replace(/^\s*#.*$/, ''))
  try {
    return shellCommands(rows.join('\n')).map(({ words, line }) => ({ words, line }))
  } catch {
    return []
  }
}

/** What people leave out of a configuration that they show. */
const withoutEllipses = (text: string): string =>
  text.replaceAll(/^\s*(\/\/.*|#.*|\.{3},?|…,?)\s*$/gm, '').replaceAll(/,?\s*(\.{3}|…)\s*(?=[}\]])/g, '')

const parsed = (text: string): unknown => {
  const plain = withoutEllipses(text).trim().replace(/,$/, '')
  const tries = [plain, `{${plain}}`]
  let first: unknown
  for (const each of tries) {
    try {
      return parseJsonc(each, 'the configuration')
    } catch (error) {
      first ??= error
    }
  }
  throw first
}

/** Words that a person has to put a path in the place of stay as they are. */
const relativePath = (words: string[]): string | null =>
  words.find(
    (word, at) =>
      /^\.{0,2}\/?[\w@-][\w@./-]*\.([mc]?[jt]s|py)$/.test(word) &&
      !/^(\/|path|absolute|your|full)/i.test(word) &&
      !words.slice(0, at).some(before => /^(--directory|--project|--prefix|-C|-m|--from)$/.test(before)),
  ) ?? null

const urlOf = (entry: Table): string => {
  const given = entry['url'] ?? entry['serverUrl'] ?? entry['httpUrl']
  return typeof given === 'string' ? given : ''
}

const serversIn = (value: unknown, path: string, line: number, lines: string[], owner: Owner): ShownServer[] => {
  if (!isTable(value)) return []
  const inner = isTable(value['mcp']) ? serversIn(value['mcp'], path, line, lines, owner) : []
  const entries = Object.values(value)
  if (entries.length > 0 && entries.every(entry => isTable(entry) && typeof entry['command'] === 'string'))
    return serversIn({ mcpServers: value }, path, line, lines, owner)
  const own = (['mcpServers', 'servers'] as const).flatMap(key =>
    Object.entries(isTable(value[key]) ? value[key] : {}).flatMap(([server, entry]): ShownServer[] => {
      if (!isTable(entry)) return []
      const args = Array.isArray(entry['args'])
        ? entry['args'].filter((each): each is string => typeof each === 'string')
        : []
      const words = typeof entry['command'] === 'string' ? [entry['command'], ...args] : []
      const at = lines.findIndex(row => row.includes(`"${server}"`))
      const command = words.length > 0 ? startOf(words, owner) : null
      const undecided: StartLine = { names: 'unclear', how: 'sources', fault: null }
      return [
        {
          path,
          line: line + 1 + Math.max(0, at),
          key,
          server,
          written: words.length > 0 ? words.join(' ') : urlOf(entry),
          start: words.length > 0 ? (command ?? undecided) : null,
          relative: relativePath(words),
          env: Object.keys(isTable(entry['env']) ? entry['env'] : {}),
        },
      ]
    }),
  )
  return [...own, ...inner]
}

const isHere = (path: string, found: Project): boolean =>
  !path.includes('/') || /^docs?\//i.test(path) || isInScope(found, path)

const readmeFile = /(^|\/)README(\.(md|mdx|markdown|rst|txt|adoc))?$/i

const readInto = (result: StartLines, { path, sections }: Document, owner: Owner): void => {
  const isForDevelopers = (titles: string[]): boolean => titles.some(title => forDevelopers.test(title))
  const isReadme = readmeFile.test(path)
  for (const { title, within, blocks } of sections) {
    const around = [title, ...within]
    if (!isReadme && ![path, ...around].some(each => aboutInstalling.test(each))) continue
    for (const block of blocks) {
      const { line, text } = block
      if (!result.bundle && /\.(mcpb|dxt)\b/.test(text)) result.bundle = { path, line }
      const add = (words: string[], at: number): void => {
        const start = startOf(words, owner)
        if (start) result.lines.push({ ...start, path, line: at, written: words.join(' ').slice(0, 200) })
      }
      if (block.kind !== 'code') continue
      const isFragment = block.language.startsWith('json') && /^\s*"[\w.@/-]+"\s*:\s*\{\s*"command"\s*:/.test(text)
      const isWhole = /"(mcpServers|servers)"\s*:/.test(text) && /"(command|url|serverUrl|httpUrl)"\s*:/.test(text)
      if (isWhole || isFragment) {
        // commands and remarks may stand before it
        const before = shell.test(block.language) ? Math.max(0, text.search(/^\s*\{/m)) : 0
        const [json, first] = [text.slice(before), line + text.slice(0, before).split('\n').length - 1]
        try {
          result.servers.push(...serversIn(parsed(json), path, first, json.split('\n'), owner))
        } catch (error) {
          const because = error instanceof Error ? error.message : String(error)
          if (before === 0) result.broken.push({ path, line, because })
        }
      } else if (
        shell.test(block.language) &&
        !isForDevelopers([title, ...within.slice(1)]) &&
        !/^\s*[{[<"]/.test(text)
      )
        for (const { words, line: inside } of shellLines(text)) add(words, line + inside)
    }
  }
}

/** The lines of README and documents that install or start the server, and the client configurations that they show. */
export const startLines = gatherer<
  StartLines,
  { documents: typeof documents; project: typeof project; tasks: typeof tasks }
>({
  id: 'start-lines',
  impact: 'read',
  from: 'repository',
  needs: { documents, project, tasks },
  gather: async ({ repository }, { documents, project, tasks }) => {
    const own = documents
      .filter(({ path }) => isHere(path, project) && !/(^|\/)(CONTRIBUTING|DEVELOP\w*|HACKING)[^/]*$/i.test(path))
      .toSorted((a, b) => Number(readmeFile.test(b.path)) - Number(readmeFile.test(a.path)))
    const readme = own.find(
      ({ path }) =>
        readmeFile.test(path) && (path.slice(0, path.lastIndexOf('/') + 1) === '' || isInScope(project, path)),
    )
    const result: StartLines = {
      readme: readme?.path ?? null,
      lines: [],
      servers: [],
      broken: [],
      missing: [],
      bundle: null,
    }
    if (!repository) return result
    const owner: Owner = { project, repository, foreign: await readForeign(repository) }
    for (const document of own) readInto(result, document, owner)
    result.missing = passagesAbout(own, aboutInstalling).flatMap(({ path, sections }) =>
      missingCommands({ path, sections }, project, tasks),
    )
    return result
  },
})
