import { gatherer } from '../core/item.ts'
import type { Spot } from './containers/workload.ts'
import { sectionsOf, type Document, type Section } from './documents.ts'
import { handbook } from './handbook.ts'
import { placeholdersIn, type Placeholder } from './passages.ts'

/** What one document says of when this server belongs in a container. */
export interface ContainerDecision {
  path: string
  /** Sentences that say when to use one, and when not; null when there is none. */
  use: Spot | null
  avoid: Spot | null
  /** It only shows how to start one. */
  howTo: Spot | null
  placeholders: Placeholder[]
}

const noun = '(?:docker(?:file|ised|ized)?|containers?|containeri[sz](?:e|ed|ing|ation)|images?|podman|kubernetes|k8s)'
const when =
  '(?:when|whenever|if|unless|where|in case|because|since|so that|for|in production|once|as long as|only|over stdio|locally)'
const verb = '(?:us(?:e|es|ing)|choose|prefer|recommend(?:ed)?|runs?|deploy(?:s|ed)?|ship(?:s|ped)?|pick)'
const near = '[^.]{0,80}?'
const pattern = (...parts: string[]): RegExp => new RegExp(`\\b${parts.join(`\\b${near}\\b`)}\\b`, 'i')

const container = new RegExp(`\\b${noun}\\b`, 'i')
const conditional = new RegExp(`\\b${when}\\b|:`, 'i')
/** `N` stands for a container, or for «it» below a heading about containers. */
const choosing = (N: string): RegExp[] => [
  pattern(verb, N, when),
  pattern(when, `[^.]{0,60}?,[^.]{0,60}?\\b${verb}`, N),
  pattern(N, '(?:suits?|fits?|is for|are for|belongs?)'),
]
const refused =
  "(?:do not|don[’']t|does not|not|never|avoid|no need|decided against|rather than|instead of|without|outside)"
const refusing = (N: string): RegExp[] => [
  pattern(refused, N),
  pattern(
    N,
    "(?:is not|are not|isn[’']t|aren[’']t|unnecessary|overkill|not needed|adds nothing|gets in the way|cannot)",
  ),
  pattern('(?:directly|natively)', '(?:than|instead|not)', N),
]
/** Advice on how to run one, which is no answer to whether. */
const advice = /\bas root\b|\bprivileged\b|:latest|\s--\w|\bforget\b|\bexpose\b/i
const decides =
  /\b(when|why|should|whether|choos|decision|decided|decide|versus|vs\.?|or not|container|docker|image|local|deploy|status|context|consequences|we considered)/i

const maxBlock = 6000
const maxSections = 400

const sentencesOf = (text: string): string[] =>
  text
    .slice(0, maxBlock)
    .replaceAll(/\n(?!\s*\n)/g, ' ')
    .split(/(?<=[.!?;])\s+|\n/)
    .map(each => each.trim())
    .filter(each => each.split(/\s+/).length >= 5 && each.length < 400)

interface Said {
  spot: Spot
  isUse: boolean
  isAvoid: boolean
}

const inSection = (path: string, section: Section): Said[] => {
  const heading = [...section.within, section.title].join(' ')
  if (!decides.test(heading) && !/adr|decision/i.test(path)) return []
  const own = container.test(heading) ? `(?:${noun}|it)` : noun
  return section.blocks.slice(0, 40).flatMap(block => {
    if (block.kind === 'code' || block.kind === 'html') return []
    return sentencesOf(block.text).flatMap((written): Said[] => {
      // names of files and commands are no words of a sentence
      const sentence = written.replaceAll(/\S*[/=]\S*|\bdocker (compose|run|pull|build)\b/gi, '…')
      if (advice.test(sentence) || !conditional.test(sentence)) return []
      const isAvoid = refusing(own).some(each => each.test(sentence))
      const isUse = !isAvoid && choosing(noun).some(each => each.test(sentence))
      const spot = { path, line: block.line, saw: written.slice(0, 200) }
      return isUse || isAvoid ? [{ spot, isUse, isAvoid }] : []
    })
  })
}

const decisionOf = ({ path, sections: all }: Document): ContainerDecision[] => {
  const sections = all.slice(0, maxSections)
  const said = sections.flatMap(section => inSection(path, section))
  const use = said.find(({ isUse }) => isUse)?.spot ?? null
  const avoid = said.find(({ isAvoid }) => isAvoid)?.spot ?? null
  const shown = sections
    .flatMap(({ blocks }) => blocks)
    .find(({ kind, text }) => kind === 'code' && /\b(docker|podman|kubectl|helm)\s/.test(text))
  if (said.length === 0 && !shown) return []
  const passage = {
    path,
    line: 1,
    title: path,
    sections: sections.filter(section => inSection(path, section).length > 0),
  }
  return [
    {
      path,
      use,
      avoid,
      howTo: shown ? { path, line: shown.line, saw: shown.text.split('\n', 1)[0]?.slice(0, 120) ?? '' } : null,
      placeholders: placeholdersIn(passage, { strict: true }),
    },
  ]
}

const record =
  /(^|\/)(adrs?|decisions?|rfcs?|architecture)\/([^/]+\/)*[^/]+\.(md|mdx|markdown|rst|txt|adoc)$|(^|\/)(DECISIONS?|ARCHITECTURE)\.md$/i

/** What the documents and the records of decisions say of when to use a container. */
export const containerDecisions = gatherer<ContainerDecision[], { handbook: typeof handbook }>({
  id: 'container-decisions',
  impact: 'read',
  from: 'repository',
  needs: { handbook },
  gather: async ({ repository }, { handbook }) => {
    const known = new Set(handbook.map(({ path }) => path))
    const paths = (repository?.files ?? []).filter(
      path => record.test(path) && !known.has(path) && !/(^|\/)(node_modules|tests?|fixtures)\//.test(path),
    )
    const all = [...handbook]
    for (const path of paths.slice(0, 100)) {
      const text = await repository?.text(path)
      if (text) all.push({ path, sections: sectionsOf(text) })
    }
    return all.flatMap(decisionOf)
  },
})
