import { describe, expect, it } from 'vitest'
import { conditionHolds, type Occasion } from './expressions.ts'

const push: Occasion = { event: 'push', ref: 'refs/heads/main', action: null }
const tag: Occasion = { event: 'push', ref: 'refs/tags/v1.2.3', action: null }
const release: Occasion = { event: 'release', ref: null, action: 'published' }

describe('conditions of a workflow', () => {
  it.each([
    ['false', push, 'false'],
    ['${{ false }}', push, 'false'],
    ["github.ref == 'refs/heads/main'", push, 'true'],
    ["github.ref == 'refs/heads/main'", tag, 'false'],
    ["${{ startsWith(github.ref, 'refs/tags/v') }}", tag, 'true'],
    ["startsWith(github.ref, 'refs/tags/')", push, 'false'],
    ["github.event_name == 'push' && github.ref_type == 'tag'", push, 'false'],
    ["github.event_name == 'release' || github.ref_name == 'main'", push, 'true'],
    ["github.event.action == 'published'", release, 'true'],
    ["!(github.event_name == 'pull_request')", push, 'true'],
    ["github.repository == 'a/b' && github.event_name == 'push'", push, 'unknown'],
    ["github.repository == 'a/b' && github.event_name == 'release'", push, 'false'],
    ["steps.x.outputs['made'] == 'true'", push, 'unknown'],
    ["contains(github.event.head_commit.message, 'skip')", push, 'unknown'],
    ["always() && needs.a.result == 'success'", push, 'unknown'],
    ['failure()', push, 'false'],
    ['!cancelled()', push, 'true'],
    ['inputs.publish', { ...push, inputs: { publish: false } }, 'false'],
    ['inputs.publish', push, 'unknown'],
    ["a ${{ github.ref == 'x' }}", push, 'true'],
    ['github.ref == "main"', push, 'malformed'],
    ['(true', push, 'malformed'],
    ['true false', push, 'malformed'],
    ['('.repeat(5000), push, 'malformed'],
  ])('%s', (condition, occasion, answer) => {
    expect(conditionHolds(condition, occasion)).toBe(answer)
  })
})
