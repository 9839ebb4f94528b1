import { describe, expect, it } from 'vitest'
import type { ForgeAnswer } from '../../core/target.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import codeReview from './code-review.ts'
import item from './branch-protection.ts'

const ruleset = (change: object = {}): Record<string, string> => ({
  '.github/rulesets/main.json': JSON.stringify({
    name: 'main',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'non_fast_forward' },
      { type: 'pull_request', parameters: { required_approving_review_count: 1, require_code_owner_review: true } },
    ],
    ...change,
  }),
})
const settings = (protection: string): Record<string, string> => ({
  '.github/settings.yml': `repository:\n  name: weather\nbranches:\n  - name: main\n    protection:${protection}\n`,
})
const reviews = '\n      required_pull_request_reviews:\n        required_approving_review_count: 2'
const terraform = (pattern: string): Record<string, string> => ({
  'infra/github.tf': `# the repository\nresource "github_branch_protection" "main" {\n  repository_id = github_repository.weather.node_id\n  pattern = ${pattern}\n  required_pull_request_reviews {\n    required_approving_review_count = 1\n  }\n}\n`,
})
const hclRuleset = {
  'repo.tf':
    'resource "github_repository_ruleset" "main" {\n  target = "branch"\n  enforcement = "active"\n  conditions {\n    ref_name {\n      include = [\n        "~DEFAULT_BRANCH",\n      ]\n      exclude = []\n    }\n  }\n  rules {\n    deletion = true\n    pull_request {\n      required_approving_review_count = 1\n    }\n  }\n}\n',
}

const answers = (...given: ForgeAnswer[]) => ({ forgeFacts: { file: 'facts.json', answers: given } })
const rules = (body: unknown): ForgeAnswer => ({ endpoint: 'rules/branches/main', kind: 'branch-rules', body })
const unprotected: ForgeAnswer = {
  endpoint: 'branches/main/protection',
  kind: 'error',
  body: { message: 'Branch not protected', status: '404' },
}
const forbidden: ForgeAnswer = { ...unprotected, body: { message: 'Not Found', status: '404' } }
const pullRequest = (count: number) => ({
  type: 'pull_request',
  ruleset_id: 1,
  parameters: { required_approving_review_count: count },
})

describe('branch-protection and code-review', () => {
  it.each([
    ['a ruleset', ruleset(), {}],
    ['the settings app', settings(reviews), {}],
    ['Terraform', terraform('"main"'), {}],
    ['a ruleset in Terraform', hclRuleset, {}],
    ['the rules that the forge answers', {}, answers(rules([pullRequest(1)]))],
    [
      'the protection that the forge answers',
      {},
      answers({
        endpoint: null,
        kind: 'protection',
        body: { required_pull_request_reviews: { required_approving_review_count: 1 } },
      }),
    ],
  ])('pass with %s', async (_, files, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'pass', proof: 'repository' })
    expect(await judgeFiles(codeReview, files, around)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['a ruleset that is only evaluated', ruleset({ enforcement: 'evaluate' }), {}],
    ['a ruleset for releases', ruleset({ conditions: { ref_name: { include: ['refs/heads/release/*'] } } }), {}],
    [
      'a ruleset that leaves main out',
      ruleset({ conditions: { ref_name: { include: ['~ALL'], exclude: ['refs/heads/main'] } } }),
      {},
    ],
    ['protection that is null', settings(' null'), {}],
    ['another branch in Terraform', terraform('"release-*"'), {}],
    ['a forge that answers that there is none', {}, answers(rules([]), unprotected)],
    ['a forge that outranks the file', ruleset(), answers(rules([]), unprotected)],
  ])('fail with %s', async (_, files, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'fail' })
    expect(await judgeFiles(codeReview, files, around)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['a ruleset without approvals', ruleset({ rules: [{ type: 'non_fast_forward' }] }), {}],
    ['no approvals in the answer', {}, answers(rules([pullRequest(0)]))],
  ])('tell protection from review with %s', async (_, files, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'pass' })
    expect(await judgeFiles(codeReview, files, around)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['nothing', {}, {}],
    ['reviewers whom nothing makes necessary', { '.github/CODEOWNERS': '* @ada\n' }, {}],
    ['a text that says how', { 'CONTRIBUTING.md': '# Branch protection\n\nRequire 1 approval on main.\n' }, {}],
    ['a pattern that is computed', terraform('var.branch'), {}],
    ['settings that are no YAML', { '.github/settings.yml': 'branches: [' }, {}],
    ['a half answer', {}, answers(rules([]))],
    ['an answer that may not be read', {}, answers(rules([]), forbidden)],
    [
      'names of rulesets without their rules',
      {},
      answers({
        endpoint: 'rulesets',
        kind: 'rulesets',
        body: [{ id: 1, name: 'main', target: 'branch', enforcement: 'active' }],
      }),
    ],
    [
      'a ruleset of a fixture',
      { 'test/fixtures/.github/rulesets/main.json': ruleset()['.github/rulesets/main.json'] ?? '' },
      {},
    ],
    ['a ruleset for tags', ruleset({ target: 'tag' }), {}],
  ])('do not decide with %s', async (_, files, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'unknown' })
    expect(await judgeFiles(codeReview, files, around)).toMatchObject({ status: 'unknown' })
  })

  it('names the three ways when nothing is known', async () => {
    const { verdicts } = await judgeFiles(item, {})
    expect(verdicts[0]?.because).toMatch(/as code.*--forge-facts.*attest/)
  })

  it('takes the word of a person', async () => {
    const attestation = { by: 'Ada', date: '2026-01-01', until: '2999-01-01' }
    for (const one of [item, codeReview]) {
      const settings = { attestations: [{ item: one.id, ...attestation }] }
      expect(await judgeFiles(one, {}, { settings })).toMatchObject({ status: 'pass', proof: 'attestation' })
      const contradicted = await judgeFiles(one, {}, { settings, ...answers(rules([]), unprotected) })
      expect(contradicted).toMatchObject({ status: 'fail', proof: 'repository' })
    }
  })
})
