import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { needsOf } from '../../core/item.ts'
import type { Launch, Settings } from '../../core/target.ts'
import { judgeItem } from '../../engine/judge.ts'
import { collect } from '../../engine/schedule.ts'
import { keptNode } from '../../instruments/node-versions.ts'
import { stopEverything } from '../../target/process.ts'
import { withFiles } from '../../testing/repositories.ts'
import { openRegistry } from '../../testing/registry.ts'
import { scriptLaunch, speaking } from '../../testing/stage.ts'
import declaredRuntime from './declared-runtime.ts'
import installation from './installation.ts'

const home = mkdtempSync(join(tmpdir(), 'airworthy-places-'))
afterAll(() => {
  stopEverything()
  rmSync(home, { recursive: true })
})

const program = (name: string, text: string): string => {
  const directory = mkdtempSync(join(home, 'bin-'))
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`)
  chmodSync(join(directory, name), 0o755)
  return directory
}

const script = speaking('send({ id: message.id, result: { tools: [] } })')
const files = {
  'package.json': JSON.stringify({
    name: 'a-notes-mcp',
    version: '1.0.0',
    engines: { node: '>=20' },
    bin: { 'a-notes-mcp': 'index.js' },
  }),
  'index.js': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'\n`,
  'README.md': '# Notes\n\n```sh\nnpx -y a-notes-mcp\n```\n',
}

/** The last check of an item, of a package whose server is started with these programs first in its PATH. */
const judge = async (item: Item, settings: Settings, path: string[], given: Partial<Launch> = {}) =>
  withFiles(files, settings, async target => {
    const launch = { ...scriptLaunch(script), ...given }
    const env = { ...launch.env, PATH: [...path, process.env['PATH'] ?? ''].join(':') }
    const server = { transport: 'stdio' as const, launch: { ...launch, env } }
    const check = item.checks.at(-1)
    if (!check) throw new Error('no check')
    const wanted = needsOf(check).map(([, need]) => need)
    const conditions = { impact: 'call', lanes: 1, listener: () => {} } as const
    const outcomes = await collect(wanted, { ...conditions, target: { ...target, server, scratch: home } })
    return judgeItem({ ...item, checks: [check] }, outcomes, { profile: 'complete' })
  })

describe('declared-runtime, live', { timeout: 60_000 }, () => {
  const broken = join(program('node', 'echo "SyntaxError: Unexpected token" >&2; exit 1'), 'node')

  it('passes a start under each version', async () => {
    const result = await judge(declaredRuntime, { runtimes: { node: [process.execPath] } }, [])
    expect(result).toMatchObject({ status: 'pass' })
  })

  it('fails a version under which it does not start', async () => {
    const result = await judge(declaredRuntime, { runtimes: { node: [process.execPath, broken] } }, [])
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(result)).toContain('SyntaxError: Unexpected token')
  })

  const [good, bad] = process.versions.node.startsWith('22.') ? ['22', '24'] : ['24', '22']
  const absent = [good, bad].filter(version => keptNode(version) === null)
  const why = absent.length > 0 ? ` — skipped: Node ${absent.join(', ')} is missing (scripts/setup-services.sh)` : ''
  it.skipIf(why)(`tells real versions apart${why}`, async () => {
    const refuses = `if (process.versions.node.startsWith('${bad}.')) throw new Error('not under this version')`
    const args = ['--input-type=module', '-e', `${refuses}\n${script}`]
    const under = (...node: string[]) => judge(declaredRuntime, { runtimes: { node } }, [], { command: 'node', args })
    expect(await under(good)).toMatchObject({ status: 'pass' })
    const result = await under(good, bad)
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(result)).toContain('not under this version')
  })

  it('is undecided where nobody asked for other versions', async () => {
    expect(await judge(declaredRuntime, {}, [])).toMatchObject({ status: 'unknown' })
  })
})

describe('installation, live', { timeout: 60_000 }, () => {
  const entry = join(home, 'server.mjs')
  writeFileSync(entry, script)
  const settings = { tryInstallation: true }

  it('passes a line that comes to its handshake in an empty directory', async () => {
    const path = program('npx', `[ -z "$(ls -A)" ] || exit 9\nexec "${process.execPath}" "${entry}"`)
    const result = await judge(installation, settings, [path])
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'pass' })
  })

  it('passes and fails real installations', async () => {
    const registry = await openRegistry({
      'package.json': files['package.json'],
      'index.js': `#!/usr/bin/env node\n${script}`,
    })
    const env = {
      npm_config_registry: registry.url,
      npm_config_cache: join(home, 'npm-cache'),
      npm_config_audit: 'false',
    }
    const result = await judge(installation, settings, [], { env })
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'pass' })
    registry.forget()
    const gone = await judge(installation, settings, [], { env: { ...env, npm_config_cache: join(home, 'npm-empty') } })
    expect(gone, JSON.stringify(gone)).toMatchObject({ status: 'fail' })
    registry.close()
  })

  it('fails a line whose package is not there', async () => {
    const path = program('npx', 'echo "npm error code E404" >&2; exit 1')
    const result = await judge(installation, settings, [path])
    expect(result, JSON.stringify(result)).toMatchObject({ status: 'fail' })
  })

  it('is undecided without a network, and where nobody asked for it', async () => {
    const path = program('npx', 'echo "npm error code ENOTFOUND" >&2; exit 1')
    expect(await judge(installation, settings, [path])).toMatchObject({ status: 'unknown' })
    expect(await judge(installation, {}, [path])).toMatchObject({ status: 'unknown' })
  })
})
