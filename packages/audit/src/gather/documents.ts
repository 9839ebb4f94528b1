import type { Node, Parent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { toString } from 'mdast-util-to-string'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'

export type Block =
  | { kind: 'text' | 'html'; line: number; text: string }
  /** An item of a list; `nested` when the list stands in an item itself. */
  | { kind: 'item'; line: number; text: string; nested: boolean }
  | { kind: 'code'; line: number; text: string; language: string }
  /** A row of a table below its head; `head` are the titles of the columns. */
  | { kind: 'row'; line: number; text: string; cells: string[]; head: string[] }

/** A heading and what follows it up to the next heading of any depth. */
export interface Section {
  /** Empty for what stands before the first heading. */
  title: string
  depth: number
  line: number
  /** Titles of the sections around it, outermost first. */
  within: string[]
  blocks: Block[]
}

export interface Document {
  path: string
  sections: Section[]
}

const maxText = 300_000
const maxDocuments = 200

/** Emphasis and links take quadratic time on hostile text, and nothing here needs them. */
const plain = { disable: { null: ['attention', 'labelStartImage', 'labelStartLink', 'labelEnd'] } }

/** More markers or indentation than this before a line is no document that a person wrote. */
const shallow = (text: string): string =>
  text
    .slice(0, maxText)
    .split('\n')
    .map(line => {
      const prefix = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? ''
      return prefix.length > 60 ? line.slice(prefix.length - 3) : line
    })
    .join('\n')

const lineOf = (node: Node): number => node.position?.start.line ?? 1
const children = (node: Node): Node[] => ('children' in node ? (node as Parent).children : [])

const withoutLinks = (text: string): string =>
  text
    .replaceAll(/!\[[^\]\n]*\]\([^)\n]*\)/g, '')
    .replaceAll(/\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replaceAll(/[*`]|<[^<>\n]*>/g, '')
    .trim()

const tableRows = (node: Node): Block[] => {
  const [head, ...rows] = children(node)
  const cellsOf = (row: Node): string[] => children(row).map(cell => toString(cell).trim())
  const titles = head ? cellsOf(head) : []
  return rows.map(row => ({
    kind: 'row',
    line: lineOf(row),
    cells: cellsOf(row),
    head: titles,
    text: cellsOf(row).join(' | '),
  }))
}

/** In a component of MDX a fence is indented, so that it looks like code that contains a fence. */
const fencesIn = (text: string, first: number): Block[] => {
  const found: Block[] = []
  let open: (Block & { kind: 'code' }) | null = null
  text.split('\n').forEach((row, index) => {
    const fence = /^\s{0,12}(?:```|~~~)\s*([\w+-]*)/.exec(row)
    if (fence && open) {
      found.push(open)
      open = null
    } else if (fence) open = { kind: 'code', line: first + index, text: '', language: (fence[1] ?? '').toLowerCase() }
    else if (open) open.text += `${open.text === '' ? '' : '\n'}${row}`
  })
  return found
}

const blocksOf = (node: Node, nested = false): Block[] => {
  const line = lineOf(node)
  if (node.type === 'code') {
    const { value, lang } = node as Node & { value: string; lang?: string | null }
    const fenced = lang ? [] : fencesIn(value, line)
    return fenced.length > 0 ? fenced : [{ kind: 'code', line, text: value, language: (lang ?? '').toLowerCase() }]
  }
  if (node.type === 'table') return tableRows(node)
  if (node.type === 'html')
    return [
      { kind: 'html', line, text: (node as Node & { value: string }).value.replaceAll(/<!--[\s\S]*?(-->|$)/g, '') },
    ]
  if (node.type === 'listItem') {
    const own = children(node).filter(({ type }) => type === 'paragraph' || type === 'heading')
    const inner = children(node).filter(({ type }) => type !== 'paragraph' && type !== 'heading')
    return [
      { kind: 'item', line, text: own.map(child => toString(child)).join('\n'), nested },
      ...inner.flatMap(child => blocksOf(child, true)),
    ]
  }
  if (node.type === 'paragraph') return [{ kind: 'text', line, text: toString(node) }]
  return children(node).flatMap(child => blocksOf(child, nested))
}

const htmlHeading = /<h([1-6])\b[^>]*>([\s\S]{0,500}?)<\/h\1>/i

/** Sections of a Markdown text. Headings written as HTML count as well. */
export const sectionsOf = (text: string): Section[] => {
  const root = fromMarkdown(shallow(text), {
    extensions: [gfmTable(), plain],
    mdastExtensions: [gfmTableFromMarkdown()],
  })
  const sections: Section[] = [{ title: '', depth: 0, line: 1, within: [], blocks: [] }]
  const around: Section[] = []
  const open = (title: string, depth: number, line: number): void => {
    while ((around.at(-1)?.depth ?? 0) >= depth) around.pop()
    const section = { title: withoutLinks(title), depth, line, within: around.map(({ title }) => title), blocks: [] }
    sections.push(section)
    around.push(section)
  }
  for (const node of root.children) {
    const html = node.type === 'html' ? htmlHeading.exec(node.value) : null
    if (node.type === 'heading') open(toString(node), node.depth, lineOf(node))
    else if (html) open(html[2] ?? '', Number(html[1]), lineOf(node))
    if (node.type !== 'heading') sections.at(-1)?.blocks.push(...blocksOf(node))
  }
  return sections
}

const isDocument = (path: string): boolean =>
  /\.(md|mdx|markdown|rst|txt|adoc)$/i.test(path) &&
  (/^[^/]+$/.test(path) || /(^|\/)(docs?|documentation|guides?)\//i.test(path) || /(^|\/)README[^/]*$/i.test(path))

/** Written for others than the users: what changed, what agents and contributors must know, what a licence says. */
const forOthers =
  /(^|\/)(CHANGELOG|CHANGES|HISTORY|RELEASE[-_]?NOTES|NEWS|AGENTS?|CLAUDE|GEMINI|COPILOT[-_]INSTRUCTIONS|LLMS(-full)?|LICEN[CS]E|NOTICE|COPYING|CODE_OF_CONDUCT|requirements[^/]*|robots|CODEOWNERS)[^/]*\.(md|mdx|rst|txt)$|(^|\/)(\.[^/]+|node_modules|tests?|evals?|fixtures|changelogs?|\.changeset)\//i

/** What the users of the server are given to read: README, documents in docs/. */
export const documents = gatherer<Document[]>({
  id: 'documents',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => readDocuments(repository),
})

const readDocuments = async (repository: Repository | undefined): Promise<Document[]> => {
  const files = repository?.files ?? []
  const skills = files.flatMap(path => /^(.+\/)SKILL\.md$/.exec(path)?.[1] ?? [])
  const isOfSkill = (path: string): boolean => skills.some(folder => path.startsWith(folder))
  const paths = files.filter(path => isDocument(path) && !forOthers.test(path) && !isOfSkill(path))
  const found: Document[] = []
  for (const path of paths.toSorted((a, b) => a.split('/').length - b.split('/').length).slice(0, maxDocuments)) {
    const text = await repository?.text(path)
    if (text) found.push({ path, sections: sectionsOf(text) })
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return found
}
