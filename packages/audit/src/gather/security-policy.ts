import { gatherer } from '../core/item.ts'
import { handbook } from './handbook.ts'
import { passagesAbout, placeholdersIn, textOf, type Placeholder } from './passages.ts'
import { project, type Project } from './project.ts'

/** How a hole can be reported. */
export interface Contact {
  kind: 'e-mail' | 'private form' | 'public issues'
  path: string
  line: number
  saw: string
}

export interface SecurityPolicy {
  /** Where it stands; null when there is none. */
  place: { path: string; line: number; title: string } | null
  contacts: Contact[]
  placeholders: Placeholder[]
  /** A form that belongs to somebody else's repository, with the own one. */
  foreign: (Placeholder & { own: string })[]
}

const about =
  /^\W*security(\W.{0,40})?$|(report|disclos)\w*.{0,30}(vulnerabilit|security)|security.{0,20}(report|disclos|polic)/i

/** The sentences with which the forge's own template starts. */
const template =
  /Use this section to tell people (about which|how to report)|Tell them where to go, how often they can expect/

const repositoryOf = (value: unknown): string | null => {
  const given = typeof value === 'string' ? value : (value as { url?: unknown } | undefined)?.url
  const url = typeof given === 'string' ? given : ''
  return /(?:github\.com[/:]|^github:|^)([\w.-]+\/[\w.-]+?)(?:\.git|[/#].*)?$/.exec(url)?.[1] ?? null
}

/** `owner/name` on GitHub as the manifest of the server says. */
export const ownRepository = ({ node, python, scope }: Project): string | null => {
  const here = <T extends { directory: string }>(all: T[]): T | undefined =>
    all.find(({ directory }) => directory === scope.directory) ?? all[0]
  const fromNode = repositoryOf(here(node)?.raw['repository'])
  if (fromNode) return fromNode
  const urls = (here(python)?.raw['project'] as { urls?: Record<string, unknown> } | undefined)?.urls ?? {}
  const found = Object.values(urls).map(url => (/github\.com/.test(String(url)) ? repositoryOf(url) : null))
  return found.find(each => each !== null) ?? null
}

const ways: [Contact['kind'], RegExp][] = [
  [
    'e-mail',
    /[\w.+-]{1,64}(@|\s?\[at\]\s?|\s+at\s+(?=[\w-]+\s+dot\s))[\w-]{1,63}(\.[\w-]{2,}|\s?\[dot\]\s?\w+|\s+dot\s+\w+)/i,
  ],
  [
    'private form',
    /\/security\/(advisories(\/new)?|policy)\b|private(ly)? (vulnerability )?report|report a vulnerability["'”*`]*\s*(button|link|form|\()|security (tab|advisor)|hackerone\.com|bugcrowd\.com|msrc\.microsoft\.com|huntr\.(com|dev)|intigriti|security\.txt|https?:\/\/[^\s)>\]]{0,200}(secur|vuln|bounty|report)[^\s)>\]]*/i,
  ],
  [
    'public issues',
    /^(?!.*(\bnot\b|n['’]t\b|\bnever\b|instead of|rather than)).*?(\/issues(\/new)?\b|(open|file|create) an issue)/i,
  ],
]

/** Words that only stand in for an address are none. */
const isStandIn = (saw: string): boolean =>
  /@(example|your-?domain|your-?company)\b|\byour-?(org|name|username)\b/i.test(saw)

/** The security policy of the repository: SECURITY.md where the forge looks for it, or a section of the README. */
export const securityPolicy = gatherer<SecurityPolicy, { handbook: typeof handbook; project: typeof project }>({
  id: 'security-policy',
  impact: 'read',
  from: 'repository',
  needs: { handbook, project },
  gather: (_, { handbook, project }) => {
    const found = passagesAbout(handbook, about)
    const passages = found
      .filter(
        passage =>
          /(^|\/)SECURITY\.\w+$/i.test(passage.path) ||
          /report|disclos|vulnerab|polic/i.test(passage.title) ||
          /\breport\w*\s[^.]{0,80}(vulnerab|security)/i.test(textOf(passage)),
      )
      .toSorted((a, b) => Number(/SECURITY/i.test(b.path)) - Number(/SECURITY/i.test(a.path)))
    const [first] = passages
    const own = ownRepository(project)
    const rows = passages.flatMap(({ path, sections }) =>
      sections.flatMap(({ blocks }) =>
        blocks.flatMap(({ line, text }) =>
          text.split('\n').map((row, at) => ({ path, line: line + at, row: row.slice(0, 2000) })),
        ),
      ),
    )
    const contacts = rows.flatMap(({ path, line, row }) =>
      ways.flatMap(([kind, pattern]): Contact[] => {
        const saw = pattern.exec(row)?.[0]
        return saw && !isStandIn(saw) && !isStandIn(row) ? [{ kind, path, line, saw: saw.slice(0, 120) }] : []
      }),
    )
    const foreign = rows.flatMap(({ path, line, row }) => {
      const other = /github\.com\/([\w.-]+\/[\w.-]+)\/security\b/.exec(row)?.[1]
      const isOwn = !other || !own || other.split('/')[0]?.toLowerCase() === own.split('/')[0]?.toLowerCase()
      return isOwn ? [] : [{ path, line, saw: other, own }]
    })
    const untouched = passages
      .filter(passage => template.test(textOf(passage)))
      .map(({ path, line }) => ({ path, line, saw: 'the template of the forge, not filled in' }))
    return {
      place: first ? { path: first.path, line: first.line, title: first.title } : null,
      contacts,
      placeholders: [...untouched, ...passages.flatMap(passage => placeholdersIn(passage, { strict: true }))],
      foreign,
    }
  },
})
