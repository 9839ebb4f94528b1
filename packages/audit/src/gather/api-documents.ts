import { gatherer } from '../core/item.ts'
import type { ApiEntry } from './api-entries.ts'
import { documents, type Document } from './documents.ts'
import { isInScope, project } from './project.ts'
import { namedTools } from './readme.ts'

/** One line of the documents: a heading, or a block. */
interface Line {
  path: string
  line: number
  text: string
  /** Of a heading; 0 for what stands below one. */
  depth: number
  /** It speaks of parameters in general. */
  shared: boolean
}

export interface ApiDocuments {
  lines: Line[]
  paths: string[]
  /** Tools that headings and tables of sections about tools name. */
  named: { name: string; path: string; line: number }[]
  /** An address at which the tools are said to be documented. */
  elsewhere: string | null
}

/** Where an entry is documented, and what is not said there. */
export interface Documented {
  path: string
  line: number
  missing: string[]
}

const linesOf = ({ path, sections }: Document): Line[] =>
  sections.flatMap(({ title, line, depth, blocks }) => [
    { path, line, text: title, depth: Math.max(1, depth), shared: false },
    ...blocks.map(block => ({
      path,
      line: block.line,
      text: block.text.slice(0, 20_000),
      depth: 0,
      shared: /parameter|argument|common|shared/i.test(title),
    })),
  ])

const toolTitle = /\btools?\b|\bapi\b|reference/i

const elsewhereIn = (all: Document[]): string | null => {
  for (const { sections } of all)
    for (const { title, within, blocks } of sections)
      if ([title, ...within.slice(1)].some(each => toolTitle.test(each)))
        for (const { kind, text } of blocks) {
          const found =
            kind === 'code' || !/\btools?\b|reference/i.test(text)
              ? null
              : /https?:\/\/[^\s)>\]"']*(doc|tool|reference|wiki|guide)[^\s)>\]"']*/i.exec(text)
          if (found) return found[0]
        }
  return null
}

/** What users are given to read about the interface of the server. */
export const apiDocuments = gatherer<ApiDocuments, { documents: typeof documents; project: typeof project }>({
  id: 'api-documents',
  impact: 'read',
  from: 'repository',
  needs: { documents, project },
  gather: (_, { documents, project }) => {
    const own = documents.filter(
      ({ path }) =>
        (!path.includes('/') || /^docs?\//i.test(path) || isInScope(project, path)) &&
        !/(^|\/)(CONTRIBUTING|SECURITY|ROADMAP|MIGRAT\w*|UPGRADING)[^/]*$/i.test(path),
    )
    return {
      lines: own.flatMap(linesOf),
      paths: own.map(({ path }) => path),
      named: own.flatMap(each => namedTools(each).map(({ name, spot: { path, line } }) => ({ name, path, line }))),
      elsewhere: elsewhereIn(own),
    }
  },
})

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** A name as it is written, or with its words apart: `read_note`, `readNote`, "read note". */
const mention = (name: string): RegExp => {
  const parts = name.split(/[_\s.-]+|(?<=[a-z])(?=[A-Z])/).filter(Boolean)
  const apart = parts.length > 1 ? `|${parts.map(escaped).join('[\\s_-]?')}` : ''
  return new RegExp(`(?<![\\w-])(${escaped(name)}${apart})(?![\\w]|-\\w)`, 'i')
}

/** A name that is a word as well stands in many a sentence: it has to open the line, be called, or be called a tool. */
const isSpokenOf = (text: string, { name, kind }: ApiEntry): boolean => {
  const word = escaped(name)
  return new RegExp(
    `(^|\\n)[\\W\\d]*(${kind}:?\\s+)?${word}(?![\\w-])|(?<![\\w])${word}\\(|\\b${kind}\\b.{0,20}\\b${word}\\b|\\b${word}\\b.{0,20}\\b${kind}\\b`,
    'i',
  ).test(text)
}

/**
 * Where the documents speak of an entry: from each line that names it to the next heading of the same depth or line that
 * names another entry. Null when no line names it.
 */
export const openReference = ({ lines }: ApiDocuments, entries: ApiEntry[]) => {
  const patterns = new Map(entries.map(entry => [entry, mention(entry.name)]))
  const exact = new Set(entries.map(({ name }) => name))
  const namesIn = lines.map(({ text }) => {
    const words = new Set(text.match(/[\w.-]+/g))
    return [...exact].filter(name => words.has(name))
  })
  const shared = lines.filter((line, at) => line.shared && namesIn[at]?.length === 0).map(({ text }) => text)

  const regionFrom = (at: number, name: string): string => {
    const depth = lines[at]?.depth ?? 0
    const texts = [lines[at]?.text ?? '']
    for (let next = at + 1; next < lines.length && texts.length < 400; next++) {
      const line = lines[next]
      const others = (namesIn[next] ?? []).filter(each => each !== name)
      const isHeading = (line?.depth ?? 0) > 0
      if (!line || line.path !== lines[at]?.path) break
      if (isHeading && (depth === 0 || line.depth <= depth)) break
      // a tool that is only referred to does not end the entry of another
      if (others.length > 0 && (depth === 0 || isHeading)) break
      texts.push(line.text)
    }
    return texts.join('\n')
  }

  return (entry: ApiEntry): Documented | null => {
    const pattern = patterns.get(entry) ?? mention(entry.name)
    const { address } = entry
    const isWord = /^[a-z]+$/i.test(entry.name)
    const isHere = ({ text }: Line): boolean =>
      (!!address && address.length > 3 && text.includes(address)) ||
      (pattern.test(text) && (!isWord || isSpokenOf(text, entry)))
    const places = lines.flatMap((line, at) => (isHere(line) ? [at] : []))
    const [first] = places
    const line = first === undefined ? undefined : lines[first]
    if (first === undefined || !line) return null
    const wanted = entry.parameters ?? []
    const regions = wanted.length > 0 ? [...places.slice(0, 60).map(at => regionFrom(at, entry.name)), ...shared] : []
    const missing = wanted.filter(name => !regions.some(text => mention(name).test(text)))
    const opens = new RegExp(`^\\W*${escaped(entry.name)}(?![\\w-])`, 'i')
    const best = places.find(at => opens.test(lines[at]?.text ?? '')) ?? first
    return { path: lines[best]?.path ?? line.path, line: lines[best]?.line ?? line.line, missing }
  }
}
