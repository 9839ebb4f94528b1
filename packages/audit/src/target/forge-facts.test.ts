import { describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { plant } from '../testing/planted.ts'
import { readForgeFacts } from './forge-facts.ts'
import { resolveTargets } from './resolve.ts'

const read = (content: string | object) => {
  const { root, remove } = plant({ 'facts.json': content })
  try {
    return readForgeFacts(`${root}/facts.json`, 'facts.json')
  } finally {
    remove()
  }
}
const refusal = (content: string | object): string => {
  try {
    read(content)
  } catch (error) {
    if (error instanceof Refusal) return error.message
  }
  return 'not refused'
}

const rule = { type: 'deletion', ruleset_source_type: 'Repository', ruleset_source: 'ada/weather', ruleset_id: 42 }
const missing = { message: 'Branch not protected', documentation_url: 'https://docs.github.com', status: '404' }

describe('readForgeFacts', () => {
  it.each([
    ['branch-rules', [rule]],
    ['rulesets', [{ id: 42, name: 'main', target: 'branch', enforcement: 'active' }]],
    ['rulesets', { id: 42, name: 'main', target: 'branch', enforcement: 'active', rules: [] }],
    ['protection', { url: 'https://api.github.com/x', enforce_admins: { enabled: true } }],
    ['repository', { full_name: 'ada/weather', default_branch: 'main' }],
    ['releases', [{ tag_name: 'v1.0.0', body: '' }]],
    ['tags', [{ name: 'v1.0.0', commit: {}, zipball_url: '' }]],
    ['branch', { name: 'main', commit: {}, protected: true }],
    ['error', missing],
  ])('knows %s by its shape', (kind, body) => {
    expect(read(body).answers).toMatchObject([{ endpoint: null, kind }])
  })

  it('takes several answers by their endpoint, also empty ones, with the repository in the name or not', () => {
    const facts = read({
      'https://api.github.com/repos/ada/weather/rules/branches/main': [],
      'repos/ada/weather/branches/main/protection': missing,
      'releases?per_page=10': [[{ tag_name: 'v1.0.0' }], []],
      'repos/ada/weather': { full_name: 'ada/weather', default_branch: 'main' },
    })
    expect(facts.answers).toMatchObject([
      { endpoint: 'rules/branches/main', kind: 'branch-rules', body: [] },
      { endpoint: 'branches/main/protection', kind: 'error' },
      { endpoint: 'releases', kind: 'releases', body: [{ tag_name: 'v1.0.0' }] },
      { endpoint: '', kind: 'repository' },
    ])
  })

  it.each([
    ['what is no JSON', '{', 'facts.json is not valid JSON in line 1'],
    ['an empty list without its endpoint', [], 'facts.json holds no answer of a forge'],
    ['something else', { dependencies: { zod: '4' } }, 'facts.json holds under «dependencies» no answer that is known'],
    ['an unknown endpoint', { issues: [] }, 'facts.json holds under «issues» no answer that is known'],
  ])('refuses %s', (_, content, message) => {
    expect(refusal(content)).toContain(message)
  })

  it('refuses a file that is not there', () => {
    expect(() => readForgeFacts('/nowhere/facts.json', 'facts.json')).toThrow(
      'the file facts.json of --forge-facts cannot be read',
    )
  })

  it('comes from the command line, else from the settings', async () => {
    const { root, remove } = plant({
      'package.json': { name: 'weather-mcp', bin: 'run.js', dependencies: { '@modelcontextprotocol/sdk': '1' } },
      'run.js': "require('@modelcontextprotocol/sdk/server/mcp.js')",
      'airworthy.json': { forgeFacts: 'forge/settled.json' },
      'forge/settled.json': [rule],
      'given.json': { 'rules/branches/main': [] },
    })
    const factsOf = async (forgeFacts?: string): Promise<unknown> => {
      const { targets, dispose } = await resolveTargets({ directory: root, ...(forgeFacts ? { forgeFacts } : {}) })
      await dispose()
      return targets[0]?.forgeFacts
    }
    try {
      expect(await factsOf()).toMatchObject({ file: 'forge/settled.json', answers: [{ kind: 'branch-rules' }] })
      expect(await factsOf(`${root}/given.json`)).toMatchObject({ answers: [{ body: [] }] })
    } finally {
      remove()
    }
  })
})
