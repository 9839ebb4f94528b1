import { gatherer } from '../core/item.ts'
import type { Block, Document, Section } from './documents.ts'
import { handbook } from './handbook.ts'
import { missingCommands, type Absent } from './named.ts'
import { project, type Project } from './project.ts'
import { shellCommands } from './shell.ts'
import { tasks } from './tasks.ts'
import { workflows } from './workflows.ts'

/** Instructions for people: a section of a document with all below it. */
export interface Procedure {
  path: string
  line: number
  title: string
  /** List items and commands. */
  steps: number
  /** Command lines of its code blocks and words of its text. */
  commands: string[][]
  text: string
  /** What in it is about this project: the name of the package, a workflow, a file. */
  about: string | null
  /** A text that somebody was to replace. */
  placeholder: string | null
  /** What it names and is not there. */
  missing: Absent[]
}

export type Topic = 'rollback' | 'hotfix'

const titles: Record<Topic, RegExp> = {
  rollback:
    /\broll(ing|ed)?[\s-]?backs?\b|\b(revert|undo|withdraw)(ing)?\b.{0,20}\b(release|deploy\w*|version)|\bdowngrad|\b(go|going) back to\b|\b(bad|broken) release/i,
  hotfix:
    /\bhot[\s-]?fix|\b(emergency|urgent|out-of-band)\b.{0,20}\b(fix|release|patch|change|process)|\bfix\b.{0,30}\b(old|older|released|previous) (version|release)|\bpatch(ing)? (a )?release/i,
}

const placeholders =
  /\bexample\.(com|org|net)\b|\byour[-_ ](org|organi[sz]ation|company|package|repo(sitory)?|image|server|team|project|name)\b|<your\b[^>]{0,80}>|\b(TODO|TBD|FIXME)\b|lorem ipsum|\[(name|email|link|describe)[^\]]{0,80}\](?!\()/i

const textOf = (block: Block): string => block.text

const isShell = (block: Block): boolean =>
  block.kind === 'code' && /^(sh|bash|shell|zsh|console|terminal|)$/.test(block.language)

const commandsOf = (blocks: Block[]): string[][] =>
  blocks.filter(isShell).flatMap(({ text }) => {
    try {
      return shellCommands(text.replaceAll(/^\s*\$ /gm, '').replaceAll(/<([\w .-]+)>/g, '$1')).map(({ words }) => words)
    } catch {
      return []
    }
  })

const namesOf = ({ node, python, scope }: Project): string[] =>
  [
    scope.name,
    ...node.flatMap(({ name, bin }) => [name, ...Object.keys(bin)]),
    ...python.flatMap(({ name, scripts }) => [name, ...Object.keys(scripts)]),
  ].filter((name): name is string => name !== null && name.length > 2)

const below = (sections: Section[], at: number): Section[] => {
  const first = sections[at]
  const rest = sections.slice(at + 1)
  const end = rest.findIndex(({ depth }) => depth <= (first?.depth ?? 0))
  return [...(first ? [first] : []), ...(end < 0 ? rest : rest.slice(0, end))]
}

/** What people are told to do in a case that the pipeline does not cover. */
export const procedures = gatherer<
  Record<Topic, Procedure[]>,
  { handbook: typeof handbook; project: typeof project; tasks: typeof tasks; workflows: typeof workflows }
>({
  id: 'procedures',
  impact: 'read',
  from: 'repository',
  needs: { handbook, project, tasks, workflows },
  gather: (_, { handbook, project, tasks, workflows: { workflows } }) => {
    const known = [...namesOf(project), ...workflows.flatMap(({ path }) => path.slice(path.lastIndexOf('/') + 1))]
    const procedure = (document: Document, at: number): Procedure => {
      const sections = below(document.sections, at)
      const blocks = sections.flatMap(section => section.blocks)
      const commands = commandsOf(blocks)
      const text = [...sections.map(({ title }) => title), ...blocks.map(textOf)].join('\n')
      return {
        path: document.path,
        line: sections[0]?.line ?? 1,
        title: sections[0]?.title ?? '',
        steps: blocks.filter(({ kind }) => kind === 'item').length + commands.length,
        commands,
        text,
        about: known.find(name => text.includes(name)) ?? null,
        placeholder: placeholders.exec(text)?.[0] ?? null,
        missing: missingCommands({ path: document.path, sections }, project, tasks),
      }
    }
    const found = (topic: Topic): Procedure[] =>
      handbook.flatMap(document =>
        document.sections.flatMap(({ title, within }, at) =>
          titles[topic].test(title) && !within.some(outer => titles[topic].test(outer))
            ? [procedure(document, at)]
            : [],
        ),
      )
    return { rollback: found('rollback'), hotfix: found('hotfix') }
  },
})

/** Why a procedure helps nobody; null when it does. */
export const flawOf = ({ steps, about, placeholder, missing }: Procedure): string | null => {
  if (placeholder) return `it has the placeholder «${placeholder}»`
  if (missing[0]) return `it names ${missing[0].wanted}, which is not there`
  if (about === null) return 'it names nothing of this project'
  return steps < 2 ? 'it has no steps' : null
}
