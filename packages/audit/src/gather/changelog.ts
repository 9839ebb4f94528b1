import { gatherer } from '../core/item.ts'
import { sectionsOf, type Block } from './documents.ts'
import { parseVersion, type Version } from './versions.ts'
import { project } from './project.ts'

export interface ChangelogEntry {
  /** Null for what is not released yet. */
  version: Version | null
  title: string
  line: number
  /** Sentences and list items, without headings. */
  changes: string[]
}

export interface Changelog {
  path: string
  /** As they stand in the file: usually the newest first. */
  entries: ChangelogEntry[]
}

const file = /^(docs\/)?(CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES|RELEASE[-_]NOTES)(\.(md|mdx|markdown|rst|txt|adoc))?$/i

const versionOf = (title: string): Version | null => {
  const [, written] = /(?:^|[\s[(])v?(\d+\.\d+[\w.+-]*)/.exec(title.replaceAll(/[`*]/g, '')) ?? []
  return written === undefined ? null : parseVersion(written.replace(/[.:,;)\]]+$/, ''))
}

const isUnreleased = (title: string): boolean => /unreleased|upcoming|next release/i.test(title)

const changesOf = (blocks: Block[]): string[] =>
  blocks
    .flatMap(({ kind, text }) => (kind === 'code' || kind === 'html' ? [] : [text.trim()]))
    .filter(text => /\w{3}/.test(text))

/** A title that is underlined, as in reStructuredText and setext, becomes one that is marked. */
const marked = (text: string): string =>
  text
    .slice(0, 300_000)
    .replaceAll(
      /^([^\n]{1,120})\n([=~^"*+-])\2{2,119}[ \t]*$/gm,
      (_, title: string, sign: string) => `${sign === '=' ? '#' : '##'} ${title}`,
    )

/** The entries of a changelog by their version. */
export const changelogEntries = (text: string): ChangelogEntry[] => {
  const entries: ChangelogEntry[] = []
  let depth = 0
  for (const { title, line, blocks, depth: own } of sectionsOf(marked(text))) {
    const version = title ? versionOf(title) : null
    const current = entries.at(-1)
    if (version || isUnreleased(title)) {
      depth = own
      entries.push({ version, title, line, changes: changesOf(blocks) })
    } else if (current && own > depth) current.changes.push(...changesOf(blocks))
    else depth = Math.max(depth, own)
  }
  return entries
}

/** The changelog of the package in scope, or of the repository; null when there is none. */
export const changelog = gatherer<Changelog | null, { project: typeof project }>({
  id: 'changelog',
  impact: 'read',
  from: 'repository',
  needs: { project },
  gather: async ({ repository }, { project: { scope } }) => {
    const places = [...new Set([scope.directory ? `${scope.directory}/` : '', ''])]
    for (const place of places) {
      const path = repository?.files.find(each => each.startsWith(place) && file.test(each.slice(place.length)))
      const text = path === undefined ? null : await repository?.text(path)
      if (path !== undefined && typeof text === 'string') return { path, entries: changelogEntries(text) }
    }
    return null
  },
})
