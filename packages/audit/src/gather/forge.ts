import { gatherer } from '../core/item.ts'
import type { ForgeAnswer, ForgeFacts } from '../core/target.ts'
import { settingsAsCode, type AsCode } from './forge/as-code.ts'
import { demandsOfProtection, demandsOfRules, list, ruleOfRuleset, strings } from './forge/rules.ts'
import { gitFacts } from './git.ts'
import { table } from './tables.ts'

export type { BranchRule } from './forge/rules.ts'

export interface ForgeRelease {
  tag: string
  notes: string
  prerelease: boolean
  draft: boolean
}

export interface Forge extends AsCode {
  defaultBranch: string
  /** Newest first; null when the forge was not asked. */
  releases: ForgeRelease[] | null
  tags: string[] | null
  /** Scans that are switched on in the settings of the forge. */
  scans: { kind: 'sast' | 'secrets'; at: string; saw: string }[]
  /** Files that name who reviews what. */
  owners: string[]
}

const ownersFile = /^(\.github\/|docs\/|\.gitlab\/)?CODEOWNERS$/

const text = (value: unknown): string => strings(value)[0] ?? ''

const branchOf = (facts: ForgeFacts | undefined): string | null => {
  const repository = facts?.answers.find(({ kind }) => kind === 'repository')
  return text(table(repository?.body)['default_branch']) || null
}

/** The branch that an endpoint is about; the default branch when it names none. */
const about = ({ endpoint }: ForgeAnswer, branch: string): string =>
  decodeURIComponent(
    /(?:^|\/)branches\/(.+?)(?:\/protection)?$/.exec(endpoint ?? '')?.[1]?.replaceAll(/%(?![\da-f]{2})/gi, '') ??
      branch,
  )

const answered = ({ file, answers }: ForgeFacts, branch: string): AsCode => {
  const found: AsCode = { rules: [], unprotected: [], broken: [] }
  /** Both kinds of protection have to be absent before a branch is known to have none. */
  const absent: string[] = []
  for (const answer of answers) {
    const { endpoint, kind, body } = answer
    const at = endpoint === null ? file : `${file} ${endpoint || 'repository'}`
    const isDefault = about(answer, branch) === branch
    if (kind === 'rulesets') found.rules.push(...list(body).flatMap(each => ruleOfRuleset(each, at, branch) ?? []))
    if (!isDefault) continue
    if (kind === 'branch-rules') {
      const demands = demandsOfRules(body)
      if (demands.demands?.length)
        found.rules.push({ at, name: `rules for ${branch}`, active: true, covers: true, ...demands })
      else absent.push('rules')
    }
    if (kind === 'protection')
      found.rules.push({
        at,
        name: `protection of ${branch}`,
        active: true,
        covers: true,
        ...demandsOfProtection(body),
      })
    if (kind === 'error' && /branch not protected/i.test(text(table(body)['message']))) absent.push('protection')
    if (kind === 'branch' && table(body)['protected'] === false) absent.push('protection')
  }
  if (absent.includes('protection') && absent.includes('rules'))
    found.unprotected.push({ at: file, saw: `the forge answers that ${branch} has neither rules nor a protection` })
  return found
}

const releasesOf = (facts: ForgeFacts | undefined): ForgeRelease[] | null => {
  const answer = facts?.answers.find(({ kind }) => kind === 'releases')
  if (!answer) return null
  return list(answer.body)
    .map(table)
    .map(({ tag_name, body, prerelease, draft }) => ({
      tag: text(tag_name),
      notes: text(body),
      prerelease: prerelease === true,
      draft: draft === true,
    }))
}

const scansOf = (facts: ForgeFacts | undefined): Forge['scans'] =>
  (facts?.answers ?? []).flatMap(({ kind, body, endpoint }): Forge['scans'] => {
    const at = `${facts?.file} ${endpoint ?? ''}`.trim()
    const { state, languages } = table(body)
    if (kind === 'code-scanning' && state === 'configured')
      return [{ kind: 'sast', at, saw: `CodeQL in its default setup, for ${strings(languages).join(', ')}` }]
    const { secret_scanning: secrets } = table(table(body)['security_and_analysis'])
    return kind === 'repository' && table(secrets)['status'] === 'enabled'
      ? [{ kind: 'secrets', at, saw: 'secret scanning is enabled' }]
      : []
  })

/** What guards the default branch and what was released, from settings kept as code and from what the forge answered. */
export const forge = gatherer<Forge, { gitFacts: typeof gitFacts }>({
  id: 'forge',
  impact: 'read',
  from: 'repository',
  needs: { gitFacts },
  gather: async ({ repository, forgeFacts }, { gitFacts }) => {
    const defaultBranch = branchOf(forgeFacts) ?? gitFacts?.defaultBranch ?? 'main'
    const nothing: AsCode = { rules: [], unprotected: [], broken: [] }
    const asCode = repository ? await settingsAsCode(repository, defaultBranch) : nothing
    const told = forgeFacts ? answered(forgeFacts, defaultBranch) : nothing
    const tags = forgeFacts?.answers.find(({ kind }) => kind === 'tags')
    return {
      defaultBranch,
      // What the forge does outranks what a file asks of it.
      rules: told.rules.length + told.unprotected.length > 0 ? told.rules : asCode.rules,
      unprotected: told.rules.length + told.unprotected.length > 0 ? told.unprotected : asCode.unprotected,
      broken: asCode.broken,
      releases: releasesOf(forgeFacts),
      tags: tags ? list(tags.body).map(each => text(table(each)['name'])) : null,
      scans: scansOf(forgeFacts),
      owners: (repository?.files ?? []).filter(path => ownersFile.test(path)),
    }
  },
})
