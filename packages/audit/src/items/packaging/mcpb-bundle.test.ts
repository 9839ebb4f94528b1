import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { collect } from '../../engine/schedule.ts'
import { startedBundle } from '../../gather/started-bundle.ts'
import { openBundle } from '../../target/bundle.ts'
import { stopEverything } from '../../target/process.ts'
import { bareTarget } from '../../testing/repositories.ts'
import { speaking } from '../../testing/stage.ts'
import { zip } from '../../testing/zips.ts'
import { proofOf } from '../../engine/judge.ts'
import mcpbManifest from './mcpb-manifest.ts'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'airworthy-bundle-')))
afterAll(() => {
  stopEverything()
  rmSync(home, { recursive: true, force: true })
})

const tool = (name: string) => ({ name, description: name, inputSchema: { type: 'object' } })
const listing = (...names: string[]): string =>
  `if (message.method === 'tools/list') return send({ id: message.id, result: { tools: ${JSON.stringify(names.map(tool))} } })
send({ id: message.id, error: { code: -32601, message: 'Method not found' } })`

const wantsSecret = `if (!process.env.AIRWORTHY_TEST_SECRET) { console.error('Error: no secret'); process.exit(1) }`
const wantsPlace = `if (!(await import('node:fs')).existsSync('manifest.json')) { console.error('Error: no manifest'); process.exit(1) }`

let count = 0
const judgeBundle = async (
  script: string,
  manifest: Record<string, unknown> = {},
  env: Record<string, string> = {},
) => {
  const scratch = join(home, String(++count))
  mkdirSync(scratch)
  const file = join(scratch, 'x.mcpb')
  const server = {
    type: 'node',
    entry_point: 'server.mjs',
    mcp_config: { command: process.execPath, args: ['${__dirname}/server.mjs'] },
  }
  const whole = { manifest_version: '0.3', name: 'x', version: '1.0.0', server, ...manifest }
  writeFileSync(
    file,
    zip([
      { name: 'manifest.json', content: JSON.stringify(whole) },
      { name: 'server.mjs', content: script },
    ]),
  )
  const { root, launch } = await openBundle(file, 'x.mcpb', scratch)
  const scope = new AbortController()
  const target = bareTarget({
    server: { transport: 'stdio', launch },
    bundle: { file, root },
    scratch,
    signal: scope.signal,
  })
  Object.assign(process.env, env)
  const found = await collect([startedBundle], { target, impact: 'call', lanes: 1, listener: () => {} })
  for (const name of Object.keys(env)) delete process.env[name]
  scope.abort()
  const outcome = found.get(startedBundle)
  if (outcome?.state !== 'done') throw new Error(outcome?.because)
  const check = mcpbManifest.checks.find(one => proofOf(one) === 'live')
  return check?.judge({ startedBundle: outcome.value })
}

describe('a bundle that is started as its manifest says', { timeout: 60_000 }, () => {
  const declared = { tools: [{ name: 'read' }, { name: 'find' }] }

  it.each<[string, string, Record<string, unknown>, string]>([
    ['its declared tools', speaking(listing('find', 'read')), declared, 'pass'],
    ['no declared tools', speaking(listing('read')), {}, 'pass'],
    [
      'more of them at run time',
      speaking(listing('read', 'find', 'new')),
      { ...declared, tools_generated: true },
      'pass',
    ],
    ['a tool that is not there', speaking(listing('read')), declared, 'fail'],
    ['a tool that is not declared', speaking(listing('read', 'find', 'new')), declared, 'fail'],
    [
      'a tool that a choice of its user may bring',
      speaking(listing('read')),
      { ...declared, user_config: { key: { type: 'string', title: 'Key', description: 'Key' } } },
      'unknown',
    ],
    ['a start in its own directory alone', speaking(listing('read', 'find'), wantsPlace), declared, 'unknown'],
  ])('judges %s', async (_, script, manifest, status) => {
    expect(await judgeBundle(script, manifest)).toMatchObject({ status })
  })

  it('fails where a variable is needed that the manifest does not give', async () => {
    const script = speaking(listing('read', 'find'), wantsSecret)
    const env = { AIRWORTHY_TEST_SECRET: 'x' }
    expect(await judgeBundle(script, declared, env)).toMatchObject({
      status: 'fail',
      evidence: [{ saw: 'Error: no secret' }],
    })
  })
})
