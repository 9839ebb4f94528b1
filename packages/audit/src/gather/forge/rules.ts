import { table, type Table } from '../tables.ts'
/** What guards a branch, from whichever source. */
export interface BranchRule {
  at: string
  line?: number
  /** Such as `ruleset "main"`, `protection of main`. */
  name: string
  /** Switched on; a ruleset may be disabled or only evaluated. */
  active: boolean
  /** Whether it holds for the default branch; null when that is computed. */
  covers: boolean | null
  /** What it demands, in words; null when the answer does not say. */
  demands: string[] | null
  /** Approvals that a pull request needs; null when it needs none or no pull request. */
  approvals: number | null
  codeOwners: boolean
}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
export const strings = (value: unknown): string[] =>
  list(value).filter((each): each is string => typeof each === 'string')
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

const words: Record<string, string> = {
  deletion: 'no deletion',
  non_fast_forward: 'no force push',
  required_linear_history: 'a linear history',
  required_signatures: 'signed commits',
  update: 'no direct update',
  merge_queue: 'a merge queue',
  required_deployments: 'deployments',
  workflows: 'required workflows',
  code_scanning: 'code scanning',
}

const checkNames = (value: unknown): string[] =>
  list(value).flatMap(each => strings(typeof each === 'string' ? each : table(each)['context']))

const reviewDemand = (reviews: Table): Pick<BranchRule, 'approvals' | 'codeOwners'> => ({
  approvals: count(reviews['required_approving_review_count']) || null,
  codeOwners: reviews['require_code_owner_review'] === true || reviews['require_code_owner_reviews'] === true,
})

/** Rules as in a ruleset: `{ type, parameters }`. */
export const demandsOfRules = (rules: unknown): Pick<BranchRule, 'demands' | 'approvals' | 'codeOwners'> => {
  const found: Pick<BranchRule, 'demands' | 'approvals' | 'codeOwners'> & { demands: string[] } = {
    demands: [],
    approvals: null,
    codeOwners: false,
  }
  for (const rule of list(rules).map(table)) {
    const type = strings(rule['type'])[0] ?? ''
    const parameters = table(rule['parameters'])
    if (type === 'pull_request') {
      const { approvals, codeOwners } = reviewDemand(parameters)
      found.demands.push(`pull requests with ${approvals ?? 0} approvals`)
      found.approvals = Math.max(found.approvals ?? 0, approvals ?? 0) || null
      found.codeOwners ||= codeOwners
    } else if (type === 'required_status_checks') {
      const names = checkNames(parameters['required_status_checks'])
      if (names.length > 0) found.demands.push(`status checks ${names.slice(0, 6).join(', ')}`)
    } else if (words[type]) found.demands.push(words[type])
  }
  return found
}

const isOn = (value: unknown): boolean => value === true || table(value)['enabled'] === true

/** Classic branch protection, as the API answers it and as the settings app takes it. */
export const demandsOfProtection = (raw: unknown): Pick<BranchRule, 'demands' | 'approvals' | 'codeOwners'> => {
  const { required_pull_request_reviews, required_status_checks, ...others } = table(raw)
  const reviews = reviewDemand(table(required_pull_request_reviews))
  const statuses = table(required_status_checks)
  const names = [...new Set([...checkNames(statuses['contexts']), ...checkNames(statuses['checks'])])]
  return {
    ...reviews,
    demands: [
      ...(required_pull_request_reviews ? [`pull requests with ${reviews.approvals ?? 0} approvals`] : []),
      ...(names.length > 0 ? [`status checks ${names.slice(0, 6).join(', ')}`] : []),
      ...(isOn(others['allow_force_pushes']) ? [] : ['no force push']),
      ...(isOn(others['allow_deletions']) ? [] : ['no deletion']),
      ...(isOn(others['required_linear_history']) ? ['a linear history'] : []),
    ],
  }
}

const matches = (pattern: string, branch: string): boolean => {
  const plain = pattern.replace(/^refs\/heads\//, '')
  if (plain === '~DEFAULT_BRANCH' || plain === '~ALL' || plain === branch) return true
  if ((plain.match(/\*+/g) ?? []).length > 4 || plain.length > 200) return false
  const source = plain.split(/\*+/).map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(branch)
}

/** Whether the names of a ruleset, or the pattern of a protection, include the default branch. */
export const coversBranch = (include: string[], exclude: string[], branch: string): boolean =>
  include.some(pattern => matches(pattern, branch)) && !exclude.some(pattern => matches(pattern, branch))

/** A ruleset as the API and its export have it. */
export const ruleOfRuleset = (raw: unknown, at: string, branch: string, line?: number): BranchRule | null => {
  const { name, target, enforcement, conditions, rules } = table(raw)
  if (target !== undefined && target !== 'branch') return null
  const names = table(table(conditions)['ref_name'])
  const demands = demandsOfRules(rules)
  return {
    at,
    ...(line === undefined ? {} : { line }),
    name: `ruleset "${strings(name)[0] ?? 'without a name'}"`,
    active: enforcement === 'active' || enforcement === 'enabled',
    covers: conditions ? coversBranch(strings(names['include']), strings(names['exclude']), branch) : null,
    ...demands,
    demands: rules === undefined ? null : demands.demands,
  }
}
