import { gatherer } from '../core/item.ts'
import { lockedVersions, type LockedVersions } from './locked-versions.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { table, type Table } from './tables.ts'

/** A step that holds the dependencies against a list of known holes. */
export interface AuditStep {
  does: string
  at: string
  line: number
  events: string[]
  never: string | null
  /** Its failure changes nothing. */
  tolerated: boolean
}

/** The answer of such an audit, saved in the tree. */
export interface SavedAudit {
  path: string
  by: string
  /** `name: identifier` of each hole in a version that is in use. */
  holes: string[]
  /** Why it says nothing about the versions in use; null when it is about them. */
  outdated: string | null
}

export interface DependencyAudits {
  steps: AuditStep[]
  saved: SavedAudit[]
}

const auditCommand =
  /^((npm|pnpm|yarn|bun) (npm )?audit\b(?! fix)|better-npm-audit\b|audit-ci\b|npm-audit-resolver\b|pip-audit\b|uv audit\b|safety (check|scan)\b|osv-scanner\b|trivy (fs|filesystem|repo|rootfs)\b|grype (dir|file):|grype \.|snyk test\b|cargo (audit|deny)\b|govulncheck\b|dotnet list\b.*--vulnerable|bundle-audit\b|composer audit\b|nox audit\b)/
const auditAction =
  /^(pypa\/gh-action-pip-audit|google\/osv-scanner-action|google\/osv-scanner|snyk\/actions|aquasecurity\/trivy-action|anchore\/scan-action|oke-py\/npm-audit-action|rustsec\/audit-check|golang\/govulncheck-action|pyupio\/safety-action|dependency-check\/Dependency-Check_Action)(\/|@)/i
/** Options with which it only tells. */
const onlyTells = /--exit-code[= ]0\b|--no-fail\b|--continue-on-error\b|(^|\s)--dry-run\b/

const actionOf = ({ step: { uses, with: inputs } }: PipelineStep): { does: string; tells: boolean } | null => {
  if (!uses || !auditAction.test(uses)) return null
  const isTrivy = /trivy-action|scan-action/.test(uses)
  const looksAtFiles = !isTrivy || /^(fs|repo|rootfs|filesystem)$/.test(inputs['scan-type'] ?? '') || 'path' in inputs
  const tells = /trivy-action/.test(uses)
    ? (inputs['exit-code'] ?? '0') === '0'
    : inputs['fail-build'] === 'false' || inputs['fail-on-vuln'] === 'false'
  return looksAtFiles ? { does: uses, tells } : null
}

const stepsOf = (step: PipelineStep): AuditStep[] => {
  const { at, line, events, never, tolerated } = step
  const place = { at, line, events, never }
  const action = actionOf(step)
  return [
    ...(action ? [{ ...place, does: action.does, tolerated: tolerated || action.tells }] : []),
    ...step.runs
      .filter(({ words }) => auditCommand.test(words.join(' ')))
      .map(run => ({
        ...place,
        does: run.via.join(' → '),
        tolerated: tolerated || run.tolerated || onlyTells.test(run.words.join(' ')),
      })),
  ]
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.map(table) : [])

const npmHoles = (raw: Table): string[] =>
  Object.entries(table(raw['vulnerabilities'])).map(([name, entry]) => `${name}: ${String(table(entry)['severity'])}`)

/** npm tells how many packages it looked at, not which. */
const npmOutdated = (raw: Table, { used }: LockedVersions): string | null => {
  const looked = Number(table(table(raw['metadata'])['dependencies'])['total'])
  const locked = used.filter(({ ecosystem, version }) => ecosystem === 'npm' && version !== null).length
  return locked > 0 && looked >= locked ? null : `it looked at ${looked} packages, and ${locked} are locked`
}

const plainName = (name: unknown): string =>
  String(name)
    .toLowerCase()
    .replaceAll(/[-_.]+/g, '-')

/** Holes in the versions that are in use now. */
const pipHoles = (raw: Table, { used }: LockedVersions): string[] =>
  tables(raw['dependencies'])
    .filter(entry =>
      used.some(({ name, version }) => name === plainName(entry['name']) && version === String(entry['version'])),
    )
    .flatMap(entry => tables(entry['vulns']).map(hole => `${String(entry['name'])}: ${String(hole['id'])}`))

const pipOutdated = (raw: Table, { used }: LockedVersions): string | null => {
  const looked = new Map(tables(raw['dependencies']).map(entry => [plainName(entry['name']), String(entry['version'])]))
  const asked = used.filter(
    ({ ecosystem, version, range }) => ecosystem === 'pypi' && version !== null && range !== null,
  )
  const other = asked.find(({ name, version }) => looked.get(name) !== version)
  if (asked.length === 0) return 'no version of a dependency is locked'
  return other ? `${other.name} is at ${other.version} now, and it looked at ${looked.get(other.name) ?? 'none'}` : null
}

const savedAudit = (path: string, text: string, locked: LockedVersions): SavedAudit[] => {
  let raw: Table
  try {
    raw = table(JSON.parse(text))
  } catch {
    return []
  }
  if ('auditReportVersion' in raw)
    return [
      {
        path,
        by: 'npm audit',
        holes: npmOutdated(raw, locked) ? [] : npmHoles(raw),
        outdated: npmOutdated(raw, locked),
      },
    ]
  const isPip = tables(raw['dependencies']).some(entry => 'vulns' in entry)
  return isPip ? [{ path, by: 'pip-audit', holes: pipHoles(raw, locked), outdated: pipOutdated(raw, locked) }] : []
}

/** Audits of the dependencies: steps of pipelines, and answers of npm audit and pip-audit that are kept in the tree. */
export const dependencyAudits = gatherer<
  DependencyAudits,
  { pipelines: typeof pipelines; lockedVersions: typeof lockedVersions }
>({
  id: 'dependency-audits',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, lockedVersions },
  gather: async ({ repository }, { pipelines, lockedVersions }) => {
    const saved: SavedAudit[] = []
    const named = /(^|\/)[^/]*(audit|vulnerabilit|security)[^/]*\.json$/i
    for (const path of (repository?.files ?? []).filter(each => named.test(each)).slice(0, 20))
      saved.push(...savedAudit(path, (await repository?.text(path)) ?? '', lockedVersions))
    return { steps: pipelines.steps.flatMap(stepsOf), saved }
  },
})
