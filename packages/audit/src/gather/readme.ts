import { gatherer } from '../core/item.ts'
import { documents, type Block, type Document, type Section } from './documents.ts'
import { missingCommands, missingLinks, type Absent } from './named.ts'
import { isInScope, project } from './project.ts'
import { tasks } from './tasks.ts'

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
  missing: Absent[]
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
export const namedTools = ({ path, sections }: Document): Readme['tools']['named'] =>
  sections.flatMap(section => {
    const heading = ownToolTitle.test(section.within.at(-1) ?? '') ? identifier.exec(section.title)?.[1] : undefined
    const entries = ownToolTitle.test(section.title)
      ? section.blocks.flatMap(block => entryName(block).map(name => ({ name, spot: blockSpot(path, block) })))
      : []
    return [...(heading ? [{ name: heading, spot: sectionSpot(path, section) }] : []), ...entries]
  })

const textOf = ({ sections }: Document): string =>
  sections.map(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)].join('\n')).join('\n')

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
