import type { Repository } from '../../core/target.ts'
import { kindOfAnswer } from '../../target/forge-facts.ts'
import { hclBlocks, type HclBlock } from '../hcl.ts'
import { roleOf } from '../roles.ts'
import { readYaml } from '../yaml-source.ts'
import { coversBranch, demandsOfProtection, demandsOfRules, list, ruleOfRuleset, strings } from './rules.ts'
import type { BranchRule } from './rules.ts'
import { table } from '../tables.ts'

export interface AsCode {
  rules: BranchRule[]
  /** Files that say that the default branch is not protected. */
  unprotected: { at: string; line?: number; saw: string }[]
  broken: { at: string; line: number; because: string }[]
}

const settingsFile = /^\.github\/(settings|safe-settings\/.+|repos\/.+)\.ya?ml$/
const rulesFile =
  /(^|\/)[^/]*(ruleset|branch-?protection|protection)[^/]*\.json$|(^|\/)rulesets?\/[^/]+\.json$|^\.github\/[^/]+\.json$/i
const maxFiles = 60

const fromSettings = (path: string, text: string, branch: string): AsCode => {
  const { root, lineOf, errors } = readYaml(text)
  const broken = errors.slice(0, 1).map(({ line, message }) => ({ at: path, line, because: message }))
  const found: AsCode = { rules: [], unprotected: [], broken }
  list(root?.['rulesets']).forEach((raw, index) => {
    const rule = ruleOfRuleset(raw, path, branch, lineOf(['rulesets', index]))
    if (rule) found.rules.push(rule)
  })
  list(root?.['branches'] ?? undefined).forEach((raw, index) => {
    const { name, protection } = table(raw)
    const line = lineOf(['branches', index])
    const covers = coversBranch(
      strings(name).map(each => (each === 'default' ? branch : each)),
      [],
      branch,
    )
    if (protection)
      found.rules.push({
        at: path,
        line,
        name: `protection of ${strings(name)[0] ?? '?'}`,
        active: true,
        covers,
        ...demandsOfProtection(protection),
      })
    else if (protection === null && covers)
      found.unprotected.push({ at: path, line, saw: `branch ${branch}: protection is null` })
  })
  return found
}

/** `allows_force_pushes` of the provider is `allow_force_pushes` of the API; its blocks are the API's objects. */
const asObject = ({ values, blocks }: HclBlock): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name.replace(/^allows_/, 'allow_'), value])),
  ...Object.fromEntries(blocks.map(block => [block.type, asObject(block)])),
})

const rulesBlock = (block: HclBlock | undefined): unknown[] => [
  ...Object.entries(block?.values ?? {}).flatMap(([name, value]) => (value === true ? [{ type: name }] : [])),
  ...(block?.blocks ?? []).map(inner => {
    const checks = inner.blocks.filter(({ type }) => type === 'required_check').map(({ values }) => values)
    return { type: inner.type, parameters: { ...inner.values, required_status_checks: checks } }
  }),
]

const ruleOfResource = (block: HclBlock, path: string, branch: string): BranchRule | null => {
  const [kind = '', name = ''] = block.labels
  const base = { at: path, line: block.line, name: `${kind} "${name}"` }
  const { values } = block
  const of = (type: string, within = block): HclBlock | undefined => within.blocks.find(each => each.type === type)
  const covered = (pattern: unknown): boolean | null =>
    typeof pattern === 'string' ? coversBranch([pattern], [], branch) : null
  if (kind === 'github_repository_ruleset') {
    if (values['target'] !== undefined && values['target'] !== 'branch') return null
    const conditions = of('conditions')
    const names = conditions && of('ref_name', conditions)?.values
    return {
      ...base,
      active: values['enforcement'] === 'active',
      covers: names ? coversBranch(strings(names['include']), strings(names['exclude']), branch) : null,
      ...demandsOfRules(rulesBlock(of('rules'))),
    }
  }
  if (kind === 'github_branch_protection' || kind === 'github_branch_protection_v3')
    return {
      ...base,
      active: true,
      covers: covered(values['pattern'] ?? values['branch']),
      ...demandsOfProtection(asObject(block)),
    }
  if (kind === 'gitlab_branch_protection') {
    const demands = ['no force push', ...(values['push_access_level'] === 'no one' ? ['merge requests only'] : [])]
    return {
      ...base,
      active: true,
      covers: covered(values['branch']),
      demands,
      approvals: null,
      codeOwners: values['code_owner_approval_required'] === true,
    }
  }
  if (kind === 'gitlab_project_approval_rule') {
    const approvals = Number(values['approvals_required'] ?? 0) || null
    return {
      ...base,
      active: true,
      covers: true,
      demands: [`merge requests with ${approvals ?? 0} approvals`],
      approvals,
      codeOwners: false,
    }
  }
  return null
}

const fromJson = (path: string, text: string, branch: string): AsCode => {
  const found: AsCode = { rules: [], unprotected: [], broken: [] }
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return { ...found, broken: [{ at: path, line: 1, because: 'it is not valid JSON' }] }
  }
  for (const each of Array.isArray(raw) ? raw : [raw]) {
    const kind = kindOfAnswer(each)
    if (kind === 'rulesets') found.rules.push(...[ruleOfRuleset(each, path, branch)].filter(rule => rule !== null))
    if (kind === 'protection')
      found.rules.push({ at: path, name: 'protection', active: true, covers: null, ...demandsOfProtection(each) })
  }
  return found
}

/** Settings of the forge that are kept in the repository: the settings app, rulesets, Terraform. */
export const settingsAsCode = async (repository: Repository, branch: string): Promise<AsCode> => {
  const found: AsCode = { rules: [], unprotected: [], broken: [] }
  const isOwn = (path: string): boolean => path.startsWith('.github/') || roleOf(path) === 'server'
  const paths = repository.files.filter(
    path => isOwn(path) && (settingsFile.test(path) || rulesFile.test(path) || path.endsWith('.tf')),
  )
  for (const path of paths.slice(0, maxFiles)) {
    const text = await repository.text(path)
    if (text === null) continue
    if (path.endsWith('.tf')) {
      const resources = /github_|gitlab_/.test(text) ? hclBlocks(text) : []
      const rules = resources.map(block => (block.type === 'resource' ? ruleOfResource(block, path, branch) : null))
      found.rules.push(...rules.filter(rule => rule !== null))
      continue
    }
    const read = path.endsWith('.json') ? fromJson(path, text, branch) : fromSettings(path, text, branch)
    found.rules.push(...read.rules)
    found.unprotected.push(...read.unprotected)
    if (settingsFile.test(path) || read.rules.length > 0) found.broken.push(...read.broken)
  }
  return found
}
