import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './mcpb-without-dependencies.ts'

const manifest = (type: string, command = 'node', args: string[] = []): string =>
  JSON.stringify({ manifest_version: '0.4', server: { type, entry_point: 'x', mcp_config: { command, args } } })
const release = (...steps: string[]): Files => ({
  '.github/workflows/release.yml': `on: { push: { tags: ['v*'] } }\njobs:\n  pack:\n    runs-on: ubuntu-24.04\n    steps:\n${steps.map(step => `      - run: ${step}\n`).join('')}`,
})
const pack = 'npx -y @anthropic-ai/mcpb pack . x.mcpb'
const uv = (...steps: string[]): Files => ({ 'manifest.json': manifest('uv'), ...release(...steps, pack) })
const fetched = (files: Files = {}): Files => ({
  'manifest.json': manifest('node', 'npx', ['-y', 'notes-mcp']),
  'package.json': '{ "name": "notes-mcp", "dependencies": { "zod": "4" } }',
  ...release('npm ci', pack),
  ...files,
})

describe('mcpb-without-dependencies', () => {
  it.each<[string, Files]>([
    ['a bundle of uv', uv('uv build')],
    ['an environment that is ignored', { ...uv('uv sync'), '.mcpbignore': '.venv/\n' }],
    ['an environment that comes later', { 'manifest.json': manifest('uv'), ...release(pack, 'uv sync') }],
    [
      'another folder that is packed',
      { 'bundle/manifest.json': manifest('uv'), ...release('uv sync', 'mcpb pack bundle x.mcpb') },
    ],
    ['a Node bundle that carries its own', { 'manifest.json': manifest('node'), ...release('npm ci', pack) }],
    ['a package that the client fetches', fetched({ '.mcpbignore': 'node_modules\n' })],
  ])('accepts %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['an environment that is made before', uv('uv sync --frozen'), '.venv gets into the bundle'],
    ['packages that are installed into it', uv('uv pip install --target server/lib .'), 'server/lib'],
    ['a wheel that is committed', { ...uv(), 'wheels/httpx-1.whl': '' }, 'it is committed'],
    ['modules beside a package that is fetched', fetched(), 'node_modules gets into the bundle'],
  ])('fails %s', async (_, files, reason) => {
    const result = await judgeFiles(item, files)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it('reports what a Node bundle carries', async () => {
    const { verdicts } = await judgeFiles(item, { 'manifest.json': manifest('node'), ...release('npm ci', pack) })
    expect(JSON.stringify(verdicts)).toContain("the format's own way: node_modules")
  })

  it('does not concern a server without a bundle', async () => {
    expect(await judgeFiles(item, { 'package.json': '{}' })).toMatchObject({ status: 'not-applicable' })
  })
})
