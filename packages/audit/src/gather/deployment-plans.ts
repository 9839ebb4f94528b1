import { gatherer } from '../core/item.ts'
import type { Spot } from './containers/workload.ts'
import type { Block } from './documents.ts'
import { handbook } from './handbook.ts'
import { missingCommands, type Absent } from './named.ts'
import { blocksOf, passagesAbout, placeholdersIn, stepsIn, textOf, type Passage, type Placeholder } from './passages.ts'
import { project } from './project.ts'
import { ownNames } from './recovery.ts'
import { tasks } from './tasks.ts'

/** What a document says about bringing a version into production. */
export interface DeploymentPlan {
  path: string
  line: number
  title: string
  steps: string[]
  owner: Spot | null
  verification: Spot | null
  /** What of this server it names; null when nothing. */
  names: string | null
  placeholders: Placeholder[]
  missing: Absent[]
}

const about =
  /\bdeploy(ing|ment|ments)?\b|\broll-?outs?\b|\brolling out\b|\brelease (process|procedure|checklist|plan|steps)\b|\breleasing\b|\bgo-?live\b|\bpublishing\b|^operations( (guide|manual|handbook|notes))?$/i

const maxBlock = 4000

const somebody =
  /@[\w-]{2,}(\/[\w-]+)?|\b[\w.+-]{1,60}@[\w-]+\.[\w.-]+|#[a-z][\w-]{2,}|\b[Tt]eams?\b|\b[Gg]roup\b|\b[Mm]aintainers?\b|\bon[- ]call\b|(?<=[:|]\s*)[A-Z][a-z]+ [A-Z][a-z]+/
const owns =
  /\b(owners?|owned|owning|responsible|responsibility|accountable|in charge|on[- ]call|contact|who|decides|approves?|maintained by)\b/i
const nobody = /\b(TBD|TODO|nobody|to be (defined|decided)|unassigned|n\/a)\b/i

/** A sentence, or a cell below «Who», that says who does it. */
const saysOwner = (block: Block): string | null => {
  if (block.kind === 'code') return null
  if (block.kind === 'row') {
    const at = block.head.findIndex(title => /^(who|owner|responsible|role|by|team)\b/i.test(title))
    const cell = block.cells[at] ?? ''
    if (at >= 0 && /\p{L}{2,}/u.test(cell) && !nobody.test(cell)) return `${block.head[at]}: ${cell}`
  }
  const text = block.text.slice(0, maxBlock)
  const sentence = text
    .split(/(?<=[.!?])\s|\n/)
    .find(each => owns.test(each) && somebody.test(each) && !nobody.test(each))
  return sentence?.trim().slice(0, 160) ?? null
}

const verifies =
  /\b(verif(y|ies|ication)|check(s|ed|ing)?|confirm(s|ed)?|make sure|ensure|smoke[- ]tests?|validat(e|es|ion)|should (return|answer|say|show|see)|you (will|should) see)\b/i
/** Something that a person can look at: a path, a command, an answer, a figure. */
const concrete =
  /\/\w+|https?:|\b(answers?|returns?|says?|shows?|healthy|status|dashboard|logs?|metrics?|version|tools?|curl|ps|get pods)\b/i

const saysVerification = (block: Block, title: string): string | null => {
  const text = block.text.slice(0, maxBlock)
  if (/verif|check|smoke|validat|confirm/i.test(title) && concrete.test(text))
    return text.trim().split('\n', 1)[0]?.slice(0, 160) ?? null
  if (block.kind === 'code')
    return /\bcurl\b.*\/(health|ready|live)|airworthy check|inspector/i.test(text)
      ? (text.trim().split('\n', 1)[0]?.slice(0, 160) ?? null)
      : null
  const sentence = text.split(/(?<=[.!?])\s|\n/).find(each => verifies.test(each) && concrete.test(each))
  return sentence?.trim().slice(0, 160) ?? null
}

const found = (passage: Passage, says: (block: Block, title: string) => string | null): Spot | null => {
  for (const { title, blocks } of passage.sections)
    for (const block of blocks) {
      const saw = says(block, title)
      if (saw !== null) return { path: passage.path, line: block.line, saw }
    }
  return null
}

const plain = (text: string): string => ` ${text.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ')} `

/** Rows of a table of steps count as well, whatever its head. */
const allSteps = (passage: Passage): string[] => {
  const rows = blocksOf(passage).filter(
    block => block.kind === 'row' && /^(step|#|no\.?|nr\.?|\d+|what|action|when)/i.test(block.head[0] ?? ''),
  )
  return [...new Set([...stepsIn(passage), ...rows.map(({ text }) => text)])]
}

/** Documents and sections about deploying or releasing this server. */
export const deploymentPlans = gatherer<
  DeploymentPlan[],
  { handbook: typeof handbook; project: typeof project; tasks: typeof tasks }
>({
  id: 'deployment-plans',
  impact: 'read',
  from: 'repository',
  needs: { handbook, project, tasks },
  gather: (_, { handbook, project, tasks }) =>
    passagesAbout(handbook, about).map(passage => {
      const searched = plain(textOf(passage))
      return {
        path: passage.path,
        line: passage.line,
        title: passage.title,
        steps: allSteps(passage),
        owner: found(passage, saysOwner),
        verification: found(passage, saysVerification),
        names: ownNames(project).find(name => searched.includes(plain(name))) ?? null,
        placeholders: placeholdersIn(passage, { strict: true }),
        missing: missingCommands({ path: passage.path, sections: passage.sections }, project, tasks),
      }
    }),
})
