import { Refusal } from '../core/refusal.ts'
import type { ForgeAnswer, ForgeFacts } from '../core/target.ts'
import { parseJson, readTextFile } from './json.ts'

type Table = Record<string, unknown>

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)
const has = (value: unknown, ...keys: string[]): boolean => isTable(value) && keys.every(key => key in value)

const protectionKeys = [
  'required_pull_request_reviews',
  'required_status_checks',
  'enforce_admins',
  'allow_force_pushes',
]

/** What an answer of the GitHub REST API is, by its shape; null when it is none that says something about these rows. */
export const kindOfAnswer = (body: unknown): ForgeAnswer['kind'] | null => {
  const first: unknown = Array.isArray(body) ? body[0] : body
  if (Array.isArray(body)) {
    if (has(first, 'type') && (has(first, 'ruleset_id') || has(first, 'ruleset_source'))) return 'branch-rules'
    if (has(first, 'enforcement')) return 'rulesets'
    if (has(first, 'tag_name')) return 'releases'
    return has(first, 'name', 'commit', 'zipball_url') ? 'tags' : null
  }
  if (has(body, 'enforcement') && (has(body, 'rules') || has(body, 'id'))) return 'rulesets'
  if (has(body, 'default_branch', 'full_name')) return 'repository'
  if (has(body, 'name', 'commit', 'protected')) return 'branch'
  if (has(body, 'state', 'query_suite')) return 'code-scanning'
  if (protectionKeys.some(key => has(body, key))) return 'protection'
  return has(body, 'message', 'documentation_url') || has(body, 'message', 'status') ? 'error' : null
}

/** Endpoints as people write them, without the address and the repository. */
const plainEndpoint = (written: string): string =>
  written
    .replace(/^https:\/\/[^/]+\/(api\/v3\/)?/, '')
    .replace(/^\/?(repos\/[^/]+\/[^/?]+)?\/?/, '')
    .replace(/\?.*$/, '')

const kindOfEndpoint: [endpoint: RegExp, kind: ForgeAnswer['kind']][] = [
  [/^rules\/branches\/.+$/, 'branch-rules'],
  [/^branches\/.+\/protection$/, 'protection'],
  [/^branches\/.+$/, 'branch'],
  [/^rulesets(\/\d+)?$/, 'rulesets'],
  [/^releases$/, 'releases'],
  [/^code-scanning\/default-setup$/, 'code-scanning'],
  [/^tags$/, 'tags'],
  [/^$/, 'repository'],
]

/** `gh api --paginate --slurp` yields a list of pages. */
const joined = (body: unknown): unknown => (Array.isArray(body) && body.every(Array.isArray) ? body.flat() : body)

const answerOf = (written: string | null, body: unknown): ForgeAnswer | null => {
  const endpoint = written === null ? null : plainEndpoint(written)
  const shape = kindOfAnswer(joined(body))
  const asked = endpoint === null ? undefined : kindOfEndpoint.find(([pattern]) => pattern.test(endpoint))?.[1]
  const isEmpty = Array.isArray(body) && body.flat().length === 0
  const kind = shape ?? (isEmpty && /^(branch-rules|rulesets|releases|tags)$/.test(asked ?? '') ? asked : null)
  return kind ? { endpoint, kind, body: joined(body) } : null
}

/**
 * Reads answers of the GitHub REST API: a single one as it came, or an object of several by their endpoint.
 * @throws Refusal when the file cannot be read or holds nothing that is known.
 */
export const readForgeFacts = (file: string, shown: string): ForgeFacts => {
  let text
  try {
    text = readTextFile(file, shown)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`the file ${shown} of --forge-facts cannot be read`, 'docs/forge-facts.md tells how to make it')
  }
  const whole = parseJson(text, shown)
  const single = answerOf(null, whole)
  if (single) return { file: shown, answers: [single] }
  const several = isTable(whole) ? Object.entries(whole) : []
  if (several.length === 0)
    throw new Refusal(
      `${shown} holds no answer of a forge about rules, protection, releases or tags`,
      'write it as {"rules/branches/main": …}; docs/forge-facts.md tells how to make it',
    )
  const answers = several.map(([endpoint, body]) => {
    const answer = answerOf(endpoint, body)
    if (answer) return answer
    throw new Refusal(
      `${shown} holds under «${endpoint.slice(0, 80)}» no answer that is known`,
      `the endpoints that are read are rules/branches/NAME, branches/NAME/protection, branches/NAME, rulesets/ID, releases, tags and the repository itself`,
    )
  })
  return { file: shown, answers }
}
