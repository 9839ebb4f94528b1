import { describe, expect, it } from 'vitest'
import { conditionHolds, spelledOut, valueOf, type Occasion } from './expressions.ts'

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
    ['inputs.publish', push, 'false'],
    ['inputs.publish', { ...push, event: 'workflow_dispatch' }, 'unknown'],
    ["matrix.os == 'linux'", { ...push, values: { 'matrix.os': 'linux' } }, 'true'],
    ["matrix.os == 'linux'", push, 'unknown'],
    ['inputs.publish', { ...push, inputs: { publish: '${{ needs.a.outputs.b }}' } }, 'unknown'],
    ["a ${{ github.ref == 'x' }}", push, 'true'],
    ['fromJSON(steps.x.outputs.found).configuration.go.version', push, 'unknown'],
    ["matrix.os == 'linux' && fromJSON(steps.x.outputs.found)[0].*.name", push, 'unknown'],
    ["(github.event || inputs).action == 'a'", push, 'unknown'],
    ['fromJSON(steps.x.outputs.found).', push, 'malformed'],
    ['github.ref == "main"', push, 'malformed'],
    ['(true', push, 'malformed'],
    ['true false', push, 'malformed'],
    ['('.repeat(5000), push, 'malformed'],
  ])('%s', (condition, occasion, answer) => {
    expect(conditionHolds(condition, occasion)).toBe(answer)
  })
})

describe('texts of a workflow', () => {
  const known: Occasion = {
    ...push,
    inputs: { python: '${{ matrix.python }}', versions: '["3.11", "3.12"]' },
    values: { 'matrix.python': '3.12', 'env.HOME': '/h' },
  }

  it('are spelled out as far as they are known', () => {
    expect(spelledOut('uv run -p ${{ inputs.python }} ${{ env.HOME }} ${{ github.sha }}', known)).toBe(
      'uv run -p 3.12 /h ${{ github.sha }}',
    )
    expect(spelledOut("${{ github.ref_name == 'main' && 'a' || 'b' }}", known)).toBe('a')
  })

  it('may stand for a list', () => {
    expect(valueOf('${{ fromJSON(inputs.versions) }}', known)).toEqual(['3.11', '3.12'])
    expect(valueOf('${{ fromJSON(needs.a.outputs.b) }}', known)).toBeUndefined()
    expect(valueOf('plain', known)).toBeUndefined()
  })
})
