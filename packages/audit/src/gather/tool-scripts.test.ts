import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import type { Files } from '../testing/repositories.ts'
import { sourceTrees } from './trees.ts'

const rolesOf = async (scripts: Record<string, string>, files: Files, more: object = {}) => {
  const { sources } = await gathered(sourceTrees, { 'package.json': JSON.stringify({ scripts, ...more }), ...files })
  return Object.fromEntries(sources.map(({ path, role }) => [path, role]))
}

describe('what scripts of package.json run', () => {
  it('is no part of the server when it builds or releases it', async () => {
    const scripts = {
      roll: 'node roll.js && npm run lint',
      generate: 'npx tsx --no-cache ./tools/generate.ts',
      start: 'node main.js',
    }
    expect(await rolesOf(scripts, { 'roll.js': '', 'tools/generate.ts': '', 'main.js': '' })).toEqual({
      'main.js': 'server',
      'roll.js': 'example',
      'tools/generate.ts': 'example',
    })
  })

  it('is no part of the server where it only names or asks one', async () => {
    const scripts = { pack: 'node pack.js', smoke: 'node smoke.js' }
    const files = {
      'pack.js':
        "import { build } from 'esbuild'\nbuild({ external: ['@modelcontextprotocol/sdk'] }) // for McpServer\n",
      'smoke.js': "import { Client } from '@modelcontextprotocol/sdk/client/index.js'\n",
    }
    expect(await rolesOf(scripts, files)).toEqual({ 'pack.js': 'example', 'smoke.js': 'example' })
  })

  it('is the server when something starts it with that, imports it or compiles it', async () => {
    const scripts = {
      smoke: 'node cli.js --version',
      check: 'node server.js',
      start: 'npm run build && node server.js',
      build: 'esbuild src/index.ts --bundle',
      list: 'tsx src/list.ts',
      'check:http': 'node http.mjs --check',
    }
    const files = {
      'cli.js': '',
      'http.mjs': "import { McpServer } from '@modelcontextprotocol/server'\n",
      'server.js': '',
      'src/index.ts': "import { list } from './list.js'\n",
      'src/list.ts': '',
    }
    expect(await rolesOf(scripts, files, { bin: { notes: './cli.js' } })).toEqual({
      'cli.js': 'server',
      'http.mjs': 'server',
      'server.js': 'server',
      'src/index.ts': 'server',
      'src/list.ts': 'server',
    })
  })
})
