import { gatherer } from '../core/item.ts'
import type { Block } from './documents.ts'
import { handbook } from './handbook.ts'
import { missingCommands, type Absent } from './named.ts'
import { passagesAbout, placeholdersIn, wordsIn, type Passage, type Placeholder } from './passages.ts'
import { project } from './project.ts'
import { tasks } from './tasks.ts'

export interface Trouble {
  path: string
  line: number
  symptom: string
}

export interface Troubles {
  passages: { path: string; line: number; title: string }[]
  /** Symptoms of which it says what to do. */
  remedied: Trouble[]
  /** Symptoms after which nothing is said. */
  bare: Trouble[]
  placeholders: Placeholder[]
  /** Commands of a remedy that do not exist. */
  missing: Absent[]
  /** An address elsewhere that a passage points to. */
  elsewhere: string | null
}

const about =
  /troubleshoot|trouble[- ]shooting|\bfaqs?\b|frequently asked|(common|known|typical|frequent) (issues|problems|errors|failures|pitfalls|mistakes)|when (things|something|it) (goes?|fails?|breaks?)|gotchas|pitfalls|^\W*(problems|symptoms|debugging|errors)\b.{0,40}$|if (it|something|nothing) (does not|doesn['’]t|goes) /i

/** It says both what is seen and what to do. */
const hasBoth = (text: string): boolean =>
  wordsIn(text) >= 8 && (/[:?;→—–]|->|\. |, /.test(text) || /\b(if|when|because|unless)\b/i.test(text))

const start = (text: string): string => {
  const told = /<summary>([\s\S]{1,400}?)<\/summary>/i.exec(text)?.[1] ?? text
  return (
    told
      .replaceAll(/<[^>]*>|[*`_]/g, '')
      .trim()
      .split('\n', 1)[0]
      ?.slice(0, 100) ?? ''
  )
}

/** A line that is nothing but a symptom: `**It does not start**`, `<summary>It does not start</summary>`. */
const isLabel = ({ kind, text }: Block): boolean =>
  (kind === 'text' && /^\s*(\*\*|__)[^*\n]{4,200}(\*\*|__)\W*$/.test(text)) ||
  (kind === 'html' && /<summary>/i.test(text) && wordsIn(text.replaceAll(/<[^>]*>/g, ' ')) < 25)

/** Most frequent questions are about what it is, not about what goes wrong. */
const questions = /\bfaqs?\b|frequently asked/i
const goesWrong =
  /\b(no|not|cannot|never|nothing|errors?|fail\w*|missing|slow|time\w* ?out|wrong|broken|empty|crash\w*|hangs?|stuck|disconnect\w*|refused|denied|invalid|problems?|issues?|unable|[45]\d\d)\b|n['’]t\b|\w(Error|Exception)\b/i

const describesTool =
  /^\W*[a-z]+(_[a-z]+)+\W+(Gets|Lists|Returns|Creates|Fetches|Searches|Retrieves|Executes|Runs|Shows|Deletes|Updates|Reads|Writes|Generates)\b/

/** A comparison with others, or what a tool does. */
const isListing = (block: Block): boolean =>
  block.kind === 'row'
    ? block.cells.some(cell => /^\s*[✅❌✓✔✗✘]/u.test(cell))
    : block.kind === 'item' && describesTool.test(block.text)

/** What helps those who work on the server is of no use to those who run it. */
const forDevelopers = /(^|\/)(contribut|develop|hacking|releas)[^/]*(\/|\.\w+$)/i

const says = ({ kind, text }: Block): boolean => kind === 'code' || wordsIn(text.replaceAll(/<[^>]*>/g, ' ')) >= 3

interface Entry extends Trouble {
  remedied: boolean
}

const entriesOf = (passage: Passage): Entry[] =>
  passage.sections.flatMap((section, at): Entry[] => {
    const { path } = passage
    const { blocks } = section
    const isRoot = at === 0 || section.title === passage.title
    const under = passage.sections.slice(at + 1).filter(({ within }) => within.at(-1) === section.title)
    const headed: Entry[] =
      isRoot || under.length > 0 || section.title === ''
        ? []
        : [{ path, line: section.line, symptom: section.title, remedied: blocks.some(says) }]
    if (headed.length > 0) return headed
    return blocks.flatMap((block, index): Entry[] => {
      const entry = (remedied: boolean): Entry[] => [{ path, line: block.line, symptom: start(block.text), remedied }]
      const next = blocks[index + 1]
      if (isListing(block)) return []
      if (block.kind === 'row')
        return block.cells.length < 2 ? [] : entry(block.cells.slice(1).some(cell => wordsIn(cell) >= 2))
      if (isLabel(block)) return entry(next !== undefined && !isLabel(next) && says(next))
      const hasMore = next !== undefined && (next.kind === 'code' || (next.kind === 'item' && next.nested))
      if (block.kind === 'item') return block.nested ? [] : entry(hasBoth(block.text) || (hasMore && says(next)))
      if (block.kind === 'html') return hasBoth(block.text.replaceAll(/<[^>]*>/g, ' ')) ? entry(true) : []
      return block.kind === 'text' &&
        hasBoth(block.text) &&
        /\b(if|when|error|fail\w*|not|cannot|why)\b/i.test(block.text)
        ? entry(true)
        : []
    })
  })

const linkElsewhere = (passage: Passage): string | null => {
  const texts = passage.sections.flatMap(({ blocks }) => blocks.filter(({ kind }) => kind !== 'code'))
  return /https?:\/\/[^\s)>\]]+/.exec(texts.map(({ text }) => text).join('\n'))?.[0] ?? null
}

/** What the documents say about failures: each symptom with whether something is said to do about it. */
export const troubles = gatherer<Troubles, { handbook: typeof handbook; project: typeof project; tasks: typeof tasks }>(
  {
    id: 'troubles',
    impact: 'read',
    from: 'repository',
    needs: { handbook, project, tasks },
    gather: (_, { handbook, project, tasks }) => {
      const passages = passagesAbout(handbook, about).filter(({ path }) => !forDevelopers.test(path))
      const entries = passages.flatMap(passage =>
        entriesOf(passage).filter(({ symptom }) => !questions.test(passage.title) || goesWrong.test(symptom)),
      )
      return {
        passages: passages.map(({ path, line, title }) => ({ path, line, title })),
        remedied: entries.filter(({ remedied }) => remedied),
        bare: entries.filter(({ remedied }) => !remedied),
        placeholders: passages.flatMap(passage => placeholdersIn(passage, { strict: false })),
        missing: passages.flatMap(({ path, sections }) => missingCommands({ path, sections }, project, tasks)),
        elsewhere: passages.map(linkElsewhere).find(Boolean) ?? null,
      }
    },
  },
)
