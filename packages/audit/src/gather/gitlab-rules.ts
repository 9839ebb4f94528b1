import type { JobRule } from './workflows.ts'
import { table, type Table } from './tables.ts'

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value.flat(3) : [value]).filter((entry): entry is string => typeof entry === 'string')

const known =
  /^(CI_PIPELINE_SOURCE|CI_COMMIT_BRANCH|CI_COMMIT_TAG|CI_COMMIT_REF_NAME|CI_MERGE_REQUEST_IID|CI_MERGE_REQUEST_ID|CI_MERGE_REQUEST_TARGET_BRANCH_NAME|CI_DEFAULT_BRANCH|CI)$/

/** A condition of GitLab in the words of GitHub: what it compares with a pattern is not known. */
const expressionOf = (condition: string): string =>
  condition
    .replaceAll(/\$\{?(\w+)\}?\s*[=!]~\s*(\/(?:[^/\\]|\\.)*\/\w*|\$\w+)/g, 'unknown.pattern')
    .replaceAll(/"([^"]*)"/g, (_, text: string) => `'${text.replaceAll("'", "''")}'`)
    .replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => (known.test(name) ? `gitlab.${name}` : `unknown.${name}`))

const changesOf = (value: unknown): string[] => strings(table(value)['paths'] ?? value)

/** `rules:` of a job or of the whole pipeline. */
export const rulesOf = (value: unknown, when: unknown): JobRule[] | null =>
  Array.isArray(value)
    ? value.flat(3).map((entry): JobRule => {
        const rule = table(entry)
        const decides = rule['when'] ?? when
        return {
          if: typeof rule['if'] === 'string' ? expressionOf(rule['if']) : null,
          changes: changesOf(rule['changes']),
          runs: decides !== 'never',
          manual: decides === 'manual',
        }
      })
    : null

const refs: Record<string, string> = {
  branches: 'gitlab.CI_COMMIT_BRANCH',
  tags: 'gitlab.CI_COMMIT_TAG',
  merge_requests: 'gitlab.CI_MERGE_REQUEST_IID',
  schedules: "gitlab.CI_PIPELINE_SOURCE == 'schedule'",
  pushes: "gitlab.CI_PIPELINE_SOURCE == 'push'",
  web: "gitlab.CI_PIPELINE_SOURCE == 'web'",
}

const refExpression = (ref: string): string =>
  ref.startsWith('/') ? 'unknown.pattern' : (refs[ref] ?? `gitlab.CI_COMMIT_REF_NAME == '${ref.replaceAll("'", '')}'`)

/** `only:` and `except:`, the older way to say it. */
export const onlyAndExcept = (job: Table, manual: boolean): JobRule[] | null => {
  const { only, except } = job
  if (only === undefined && except === undefined) return null
  const refsOf = (value: unknown): string[] => strings(table(value)['refs'] ?? (Array.isArray(value) ? value : []))
  const excluded = [...refsOf(except), ...(typeof except === 'string' ? [except] : [])]
  const wanted = [...refsOf(only), ...(typeof only === 'string' ? [only] : [])]
  const changes = changesOf(table(only)['changes'])
  const conditions =
    wanted.length > 0 ? wanted.map(refExpression) : [refs['branches'], refs['tags']].flatMap(r => r ?? [])
  return [
    ...excluded.map(ref => ({ if: refExpression(ref), changes: [], runs: false, manual: false })),
    ...conditions.map(each => ({ if: each, changes, runs: true, manual })),
  ]
}
