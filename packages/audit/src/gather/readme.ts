import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { documents, type Block, type Document, type Section } from './documents.ts'
import { withoutPrefixes } from './prefixes.ts'
import { isInScope, project, type Project } from './project.ts'
import { runsOf } from './runs.ts'
import { tasks, type Tasks } from './tasks.ts'

export interface Spot {
  path: string
  line: number
  saw: string
}

export type Topic = 'purpose' | 'install' | 'configure' | 'example' | 'licence' | 'support'

export interface Readme {
  path: string
  /** Where each topic is treated; null when it is not. */
  topics: Record<Topic, Spot | null>
  /** Sections about tools, and the documents that the README points to. */
  tools: {
    section: Spot | null
    text: string
    named: { name: string; spot: Spot }[]
    /** Where it says how many there are or where they are listed. */
    explained: Spot | null
  }
  /** Commands, scripts and files that it names and that do not exist. */
  missing: (Spot & { wanted: string })[]
}

const installCommand =
  /(?:^|[\s"'`(])(?:(?:npm|pnpm|yarn|bun)\s+(?:install|i|add|ci)\b|yarn\s*$|npx\s|bunx\s|uvx\s|pipx?3?\s+(?:install|run)\b|uv\s+(?:add|sync|run|tool|pip)\b|poetry\s+(?:install|add)|docker\s+(?:run|pull|build|compose)\b|git\s+clone|brew\s+install|go\s+install|cargo\s+install|claude\s+mcp\s+add|make\s+install|helm\s+install|dotnet\s+tool|conda\s+install)|"mcpServers"|"mcp"\s*:|"servers"\s*:|"command"\s*:|\.mcpb\b/m

const titles: Record<Exclude<Topic, 'purpose'>, RegExp> = {
  install: /install|quick ?start|getting started|set ?up|usage|deploy|run(ning)?\b|how to use|connect/i,
  configure:
    /config|environment|setting|variable|\boptions?\b|credential|authenticat|\bflags?\b|arguments|parameters|api keys?/i,
  example: /example|usage|quick ?start|demo|prompts|how to use|use cases|sample/i,
  licence: /licen[cs]e/i,
  support: /support|contribut|issues?\b|help|feedback|contact|communit|troubleshoot|faq|bugs/i,
}

/** A variable that is given a value or explained, or an option of a command. */
const settingMention = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b["'`]?\s*[=:|]|(^|[\s"'`])--[a-z][\w-]+(=\S|\s+[<"'A-Z0-9/.])/m

const blockSpot = (path: string, block: Block): Spot => ({
  path,
  line: block.line,
  saw: block.text.trim().split('\n', 1)[0]?.slice(0, 100) ?? '',
})
const sectionSpot = (path: string, { title, line }: Section): Spot => ({ path, line, saw: title })

const hasWords = ({ blocks }: Section, enough: number): boolean =>
  (blocks
    .map(({ text }) => text)
    .join(' ')
    .match(/\p{L}{2,}/gu)?.length ?? 0) >= enough

const topicsOf = ({ path, sections }: Document): Readme['topics'] => {
  const titled = (topic: Exclude<Topic, 'purpose'>): Section | undefined =>
    sections.find(
      (section, at) =>
        titles[topic].test(section.title) && (hasWords(section, 2) || (sections[at + 1]?.depth ?? 0) > section.depth),
    )
  const blocks = sections.flatMap(section => section.blocks.map(block => ({ section, block })))
  const install = blocks.find(
    ({ block }) =>
      (block.kind === 'code' || block.kind === 'text' || block.kind === 'item') && installCommand.test(block.text),
  )
  const first = blocks.find(
    ({ block }) =>
      block.kind !== 'code' &&
      (block.text.replaceAll(/<[^>]*>|\[!\[.*?\)|https?:\S+/g, ' ').match(/\p{L}{2,}/gu)?.length ?? 0) >= 6,
  )
  const example = blocks.find(({ block, section }) => block.kind === 'code' || titles.example.test(section.title))
  const link = blocks.find(({ block }) =>
    /\/(issues|discussions)\b|discord|slack|mailto:|stackoverflow/i.test(block.text),
  )
  const setting = blocks.find(({ block }) => settingMention.test(block.text))
  const sectionOf = (topic: Exclude<Topic, 'purpose'>): Spot | null => {
    const found = titled(topic)
    return found ? sectionSpot(path, found) : null
  }
  return {
    purpose: first ? blockSpot(path, first.block) : null,
    install: install ? blockSpot(path, install.block) : null,
    configure: sectionOf('configure') ?? (setting ? blockSpot(path, setting.block) : null),
    example: example ? blockSpot(path, example.block) : null,
    licence: sectionOf('licence'),
    support: sectionOf('support') ?? (link ? blockSpot(path, link.block) : null),
  }
}

const toolTitle = /\btools?\b|\bapi\b|\bfeatures?\b|capabilit|functions?\b|commands?\b/i
const ownToolTitle = /^\W*(the |available |mcp |supported |server )*tools?( (list|reference|overview))?\W*$/i
const identifier = /^[`"']?([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+)[`"']?(?:\s*[(:].*)?$/

/** A row of a table of tools, or an item `read_note: what it does` that is not one of its parameters. */
const entryName = (block: Block): string[] => {
  const isRow = block.kind === 'row' && /^(tool|name)/i.test(block.head[0] ?? '')
  const isItem = block.kind === 'item' && !block.nested
  const found = isRow
    ? identifier.exec(block.cells[0] ?? '')
    : isItem
      ? /^([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+)\s*[:–—]\s/.exec(block.text)
      : null
  return found?.[1] ? [found[1]] : []
}

const elsewhere =
  /\b\d+\+? (\w+ )?tools\b|\b(full|complete|entire|all)\b.{0,40}\b(list|tools|reference)\b|\bsee\b.{0,80}\b(tools|reference|documentation|docs)\b/i

const explanation = ({ path, sections }: Document): Spot | null => {
  const blocks = sections
    .filter(({ title, within }) => [title, ...within.slice(1)].some(each => toolTitle.test(each)))
    .flatMap(({ blocks }) => blocks)
  const found = blocks.find(block => block.kind !== 'code' && elsewhere.test(block.text))
  return found ? blockSpot(path, found) : null
}

/** Tools that headings or tables of a section about tools name by their identifiers. */
const namedTools = ({ path, sections }: Document): Readme['tools']['named'] =>
  sections.flatMap(section => {
    const heading = ownToolTitle.test(section.within.at(-1) ?? '') ? identifier.exec(section.title)?.[1] : undefined
    const entries = ownToolTitle.test(section.title)
      ? section.blocks.flatMap(block => entryName(block).map(name => ({ name, spot: blockSpot(path, block) })))
      : []
    return [...(heading ? [{ name: heading, spot: sectionSpot(path, section) }] : []), ...entries]
  })

const textOf = ({ sections }: Document): string =>
  sections.map(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)].join('\n')).join('\n')

// ---- what it names and what is there

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
const core = (name: string): string =>
  plainName(name)
    .split('-')
    .filter(part => !/^(mcp|server|py|js|ts|cli)$/.test(part))
    .join('-')

/** Names under which the packages of the repository can be started. */
const startNames = ({ node, python }: Project): Set<string> =>
  new Set(
    [
      ...node.flatMap(each => [each.name?.replace(/^@[^/]+\//, '') ?? '', ...Object.keys(each.bin)]),
      ...python.flatMap(each => [each.name ?? '', ...Object.keys(each.scripts)]),
    ]
      .filter(Boolean)
      .map(plainName),
  )

const isStarter = /^(npx|bunx|uvx|pipx|uv|poetry|pnpm|yarn)$/

const wrongName = (written: string[], names: Set<string>): string | null => {
  if (!isStarter.test(written[0] ?? '')) return null
  const [name = ''] = withoutPrefixes(written)
  if (names.size === 0 || names.has(plainName(name)) || core(name) === '') return null
  const meant = [...names].find(each => core(each) === core(name))
  return meant ?? null
}

const shells = /^(sh|bash|shell|zsh|console|shell-session|terminal|)$/

/** Shell text without prompts and output, and without `cd` into the folder that a clone makes. */
const shellText = (text: string, files: ReadonlySet<string>): string => {
  const isConsole = /^\s*\$ /m.test(text)
  const folders = new Set(
    [...files].flatMap(path => path.split('/').map((_, at, parts) => parts.slice(0, at).join('/'))),
  )
  return text
    .split('\n')
    .filter(line => !isConsole || /^\s*\$ /.test(line))
    .map(line => line.replace(/^\s*\$ /, ''))
    .map(line =>
      line.replace(
        /(^|&&|;)\s*cd\s+["']?([^\s"';&]+)["']?\s*(&&|;|$)/,
        (whole: string, before: string, place: string) =>
          folders.has(place.replace(/^\.\/|\/$/g, '')) ? whole : before === '&&' ? '' : before,
      ),
    )
    .join('\n')
}

const launches = (text: string): string[][] => {
  const found: string[][] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || found.length > 50) return
    const { command, args } = value as { command?: unknown; args?: unknown }
    if (typeof command === 'string')
      found.push([
        command,
        ...(Array.isArray(args) ? args.filter((each): each is string => typeof each === 'string') : []),
      ])
    for (const each of Object.values(value)) visit(each)
  }
  try {
    visit(JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')))
  } catch {
    return []
  }
  return found
}

const missingCommands = ({ path, sections }: Document, found: Project, known: Tasks): Readme['missing'] => {
  const names = startNames(found)
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap(block => {
      if (block.kind !== 'code') return []
      const wrong = (words: string[], line: number): Readme['missing'] => {
        const meant = wrongName(words, names)
        return meant
          ? [{ path, line, saw: `${words.join(' ')} names a command that does not exist`, wanted: meant }]
          : []
      }
      if (/^(json|jsonc|json5)$/.test(block.language))
        return launches(block.text).flatMap(words => wrong(words, block.line))
      const isShell = shells.test(block.language) && !/^\s*[{[<]/.test(block.text)
      if (!isShell) return []
      const script = shellText(block.text, known.files)
      const here = runsOf(script, directory, known)
      const atRoot = runsOf(script, '', known)
      const absent = here.missing.length <= atRoot.missing.length ? here : atRoot
      return [
        ...absent.missing
          .filter(({ command }) => !/[<>]|\byour\b|path\/to/i.test(command))
          .map(({ command, wanted, line }) => ({ path, line: block.line + line, saw: command, wanted })),
        ...here.runs.flatMap(({ via, line }) => wrong((via[0] ?? '').split(' '), block.line + line)),
      ]
    }),
  )
}

/** Links to files of the repository that are not there. */
const missingLinks = (path: string, text: string, repository: Repository): Readme['missing'] => {
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  let fenced = false
  return text.split('\n').flatMap((row, index) => {
    if (/^\s*(```|~~~)/.test(row)) fenced = !fenced
    if (fenced) return []
    return [...row.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, link = '']) => {
      const bare = link.replace(/[#?].*$/, '')
      if (
        bare === '' ||
        /^([a-z][a-z0-9+.-]*:|\/\/|<|\.\.\/\.\.\/)/i.test(link) ||
        !/\.\w+$|\/$|^(LICENSE|docs)/.test(bare)
      )
        return []
      const file = bare.startsWith('/') ? bare.slice(1) : directory + bare
      return repository.exists(decoded(file))
        ? []
        : [{ path, line: index + 1, saw: `a link to ${link}`, wanted: `the file ${bare}` }]
    })
  })
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const readmeFile = /(^|\/)README(\.(md|mdx|markdown|rst|txt|adoc))?$/i

/** The README of the server's package: what it treats, which tools it names, and what it names that does not exist. */
export const readme = gatherer<
  Readme | null,
  { documents: typeof documents; project: typeof project; tasks: typeof tasks }
>({
  id: 'readme',
  impact: 'read',
  from: 'repository',
  needs: { documents, project, tasks },
  gather: async ({ repository }, { documents, project, tasks }) => {
    const all = documents.filter(({ path }) => readmeFile.test(path))
    const own = all.find(
      ({ path }) =>
        isInScope(project, path) &&
        path.slice(0, path.lastIndexOf('/') + 1).replace(/\/$/, '') === project.scope.directory,
    )
    const chosen = own ?? all.find(({ path }) => !path.includes('/'))
    if (!chosen || !repository) return null
    const text = (await repository.text(chosen.path)) ?? ''
    const section = chosen.sections.find(each => toolTitle.test(each.title))
    const pointed = documents.filter(
      ({ path }) => path !== chosen.path && text.includes(path.slice(path.lastIndexOf('/') + 1)),
    )
    return {
      path: chosen.path,
      topics: topicsOf(chosen),
      tools: {
        section: section ? sectionSpot(chosen.path, section) : null,
        text: [chosen, ...pointed].map(textOf).join('\n'),
        named: namedTools(chosen),
        explained: explanation(chosen),
      },
      missing: [...missingCommands(chosen, project, tasks), ...missingLinks(chosen.path, text, repository)],
    }
  },
})
