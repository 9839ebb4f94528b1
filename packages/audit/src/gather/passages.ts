import type { Block, Document, Section } from './documents.ts'

/** A section with all that stands below it, or a document that is about one thing. */
export interface Passage {
  path: string
  line: number
  title: string
  /** Sections below it, with what stands directly in it first. */
  sections: Section[]
}

/** What a person has to put something else in the place of, and nobody did. */
export interface Placeholder {
  path: string
  line: number
  saw: string
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const stem = (path: string): string => baseName(path).replace(/\.[^.]+$/, '')

const below = (sections: Section[], at: number): Section[] => {
  const depth = sections[at]?.depth ?? 0
  const end = sections.findIndex((section, index) => index > at && section.depth <= depth)
  return sections.slice(at, end < 0 ? sections.length : end)
}

/** Passages whose title, or whose file name, is about something; the outermost ones only. */
export const passagesAbout = (documents: Document[], about: RegExp): Passage[] =>
  documents.flatMap(({ path, sections }) => {
    const named = !/^(README|index)$/i.test(stem(path)) && about.test(stem(path).replaceAll(/[-_]+/g, ' '))
    const first = sections.find(({ title }) => title !== '') ?? sections[0]
    if (named) return [{ path, line: 1, title: first?.title || baseName(path), sections }]
    let until = -1
    return sections.flatMap((section, at): Passage[] => {
      if (at < until || !about.test(section.title)) return []
      const inside = below(sections, at)
      until = at + inside.length
      return [{ path, line: section.line, title: section.title, sections: inside }]
    })
  })

export const blocksOf = ({ sections }: Passage): Block[] => sections.flatMap(({ blocks }) => blocks)

export const textOf = (passage: Passage): string =>
  passage.sections.flatMap(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)]).join('\n')

export const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}]{2,}/gu)?.length ?? 0

const unfinished =
  /(^|[\s(>*[-])(TODO|TBD|FIXME)(?=\s*([:.)\]*]|$))|\b[Ll]orem ipsum\b|\b[Cc]oming soon\b|[<[{]([Ii]nsert|INSERT|[Yy]our|[Aa]dd|[Ee]nter|[Ff]ill|[Cc]ontact)[ _-][^\n>\]}]{1,60}[>\]}]/
const standIn =
  /(?<![\w.-])([\w.+-]{1,60}@)?(example|your-?domain|your-?company|mycompany)\.(com|org|net)\b|\byour[-_]?(org|organi[sz]ation|name|username|company|repo|team|server|project|email)\b(?=[/@}>\]-])|\bcreate this (alias|address|list)\b/i

/** Templates that were not filled in; `strict` also finds names that stand in for real ones, such as example.com. */
export const placeholdersIn = (passage: Passage, { strict }: { strict: boolean }): Placeholder[] =>
  passage.sections.flatMap(({ title, line, blocks }) =>
    [{ text: title, line }, ...blocks].flatMap(block =>
      block.text.split('\n').flatMap((row, index) => {
        const found = unfinished.exec(row.slice(0, 2000)) ?? (strict ? standIn.exec(row.slice(0, 2000)) : null)
        return found ? [{ path: passage.path, line: block.line + index, saw: found[0].trim().slice(0, 80) }] : []
      }),
    ),
  )

/** What has to be done, one entry for each: items of lists, and lines of commands. */
export const stepsIn = (passage: Passage): string[] =>
  blocksOf(passage).flatMap(block => {
    if (block.kind === 'item') return wordsIn(block.text) >= 2 ? [block.text] : []
    if (block.kind === 'code' && /^(sh|bash|shell|zsh|console|)$/.test(block.language))
      return block.text.split('\n').filter(row => /^\s*(\$ )?[\w./]/.test(row))
    if (block.kind === 'row') return /^(step|\d+|action)/i.test(block.head[0] ?? '') ? [block.text] : []
    return []
  })
