import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { find, refuse } from '../../testing/found-launches.ts'
import { plant } from '../../testing/planted.ts'
import { openRepository } from '../repository.ts'
import { findLaunch } from './find-launch.ts'

const sdk = { '@modelcontextprotocol/sdk': '1' }
const installed = { 'node_modules/@modelcontextprotocol/sdk/package.json': '{}' }
const server = `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
const server = new McpServer({})
await server.connect(transport)`
const bin = { name: 'weather', bin: { weather: 'dist/index.js' }, dependencies: sdk, scripts: { build: 'tsc' } }

describe('package.json', () => {
  it('bin is run with node, although build output is ignored', async () => {
    const found = await find({ ...installed, 'package.json': bin, '.gitignore': 'dist\n', 'dist/index.js': server })
    expect(found).toMatchObject({ line: 'node dist/index.js', origin: 'package.json bin "weather"', cwd: '' })
    expect(found.note).toBe('took package.json bin "weather" (the package depends on an MCP SDK)')
  })

  it('bin with another interpreter is run with that one', async () => {
    const found = await find({
      'package.json': { ...bin, dependencies: { 'my-mcp': '1' } },
      'dist/index.js': '#!/bin/sh\n',
    })
    expect(found.line).toBe('/bin/sh dist/index.js')
  })

  it('bin that looks like the server is taken among several, and the others are named', async () => {
    const found = await find({
      ...installed,
      'package.json': { ...bin, bin: { setup: 'setup.js', 'weather-mcp': './dist/index.js' } },
      'setup.js': '',
      'dist/index.js': server,
    })
    expect(found).toMatchObject({ line: 'node dist/index.js', origin: 'package.json bin "weather-mcp"' })
    expect(found.note).toContain('; also saw package.json bin "setup"')
  })

  it('bin that is not built, or not installed, or TypeScript is refused with the step that helps', async () => {
    expect(await refuse({ 'package.json': bin })).toMatchObject({
      message: 'package.json bin "weather" cannot be started: it names dist/index.js, which is not there',
      hint: expect.stringMatching(/^run "npm install && npm run build" first, or name the command/) as string,
    })
    expect((await refuse({ ...installed, 'package.json': bin, 'pnpm-lock.yaml': '' })).hint).toMatch(
      /^run "pnpm run build" first/,
    )
    expect(await refuse({ 'package.json': bin, 'dist/index.js': server })).toMatchObject({
      message:
        'package.json bin "weather" cannot be started: its dependency @modelcontextprotocol/sdk is not installed',
      hint: expect.stringMatching(/^run "npm install" first/) as string,
    })
    const typescript = { ...bin, bin: 'src/index.ts' }
    expect((await refuse({ ...installed, 'package.json': typescript, 'src/index.ts': server })).message).toContain(
      'it names src/index.ts, which is TypeScript and not what node runs',
    )
  })

  it('bundled output needs no installed dependencies', async () => {
    expect((await find({ 'package.json': bin, 'dist/index.js': 'class Server {}' })).line).toBe('node dist/index.js')
  })

  it('start script takes over from a bin that is not built', async () => {
    const found = await find({
      ...installed,
      'node_modules/.bin/tsx!': '#!/bin/sh\n',
      'package.json': { ...bin, scripts: { start: 'LEVEL=info tsx src/index.ts --stdio' } },
      'src/index.ts': server,
    })
    expect(found).toMatchObject({
      line: 'node_modules/.bin/tsx src/index.ts --stdio',
      env: { LEVEL: 'info' },
      origin: 'package.json scripts.start',
    })
    expect(found.note).toContain('also saw package.json bin "weather" (it names dist/index.js, which is not there)')
  })

  it('start script that needs a shell is run by npm, silently', async () => {
    const json = { name: 'a-mcp', scripts: { start: 'echo a && node x.js' } }
    expect((await find({ 'package.json': json })).line).toBe('npm run --silent start')
  })

  it('main counts only when its tree constructs a server and starts it', async () => {
    const json = { name: 'x', main: './lib.js', dependencies: sdk }
    const reached = "import { make } from './make.js'\nawait (await make()).connect(t)"
    const make = server.replace(/\nawait.*/, '').replace('const server =', 'export const make = () =>')
    const found = await find({ ...installed, 'package.json': json, 'lib.js': reached, 'make.js': make })
    expect(found).toMatchObject({ line: 'node lib.js', origin: 'package.json main' })
    await refuse({ ...installed, 'package.json': json, 'lib.js': make })
    await refuse({ ...installed, 'package.json': json, 'lib.js': `// ${server.replaceAll('\n', ' ')}\nx.connect()` })
    const socket = "import { Server } from 'socket.io'\nimport './types.js'\nnew Server().listen(3000)"
    const types = "import { z } from '@modelcontextprotocol/sdk/types.js'"
    await refuse({ ...installed, 'package.json': json, 'lib.js': socket, 'types.js': types })
    const required = `const m = require("@modelcontextprotocol/sdk/server/mcp.js");\nnew m.McpServer({}).connect(t)`
    expect((await find({ ...installed, 'package.json': json, 'lib.js': required })).line).toBe('node lib.js')
  })

  it('that is a pipe is not waited for', async () => {
    const planted = plant({})
    execFileSync('mkfifo', [join(planted.root, 'package.json')])
    await expect(findLaunch(openRepository(planted.root), 'DIR')).rejects.toThrow('no start command found in DIR')
    planted.remove()
  })

  it('of something else is not started', async () => {
    const other = { name: 'tool', bin: 'index.js', dependencies: { express: '4' } }
    expect((await refuse({ 'package.json': other, 'index.js': 'rm()' })).hint).toContain(
      'looked at package.json (nothing in it says MCP server)',
    )
    expect((await refuse({ 'package.json': '{' })).hint).toContain('package.json (not valid JSON)')
  })
})

describe('manifest.json', () => {
  const manifest = {
    manifest_version: '0.3',
    name: 'x',
    server: {
      type: 'node',
      entry_point: 'server.js',
      mcp_config: { command: 'node', args: ['${__dirname}/server.js'] },
    },
  }

  it('comes before package.json', async () => {
    const found = await find({
      ...installed,
      'manifest.json': manifest,
      'package.json': bin,
      'server.js': server,
      'dist/index.js': server,
    })
    expect(found).toMatchObject({ line: 'node server.js', origin: 'manifest.json server.mcp_config' })
    expect(found.note).toContain('also saw package.json bin "weather"')
  })

  it('is passed over when its entry point is made by packing, or when it is no bundle', async () => {
    const rest = { ...installed, 'package.json': bin, 'dist/index.js': server }
    expect((await find({ ...rest, 'manifest.json': manifest })).origin).toBe('package.json bin "weather"')
    expect((await find({ ...rest, 'manifest.json': { name: 'web app' } })).origin).toBe('package.json bin "weather"')
  })
})

describe('a monorepo', () => {
  const root = { private: true, workspaces: ['packages/*'] }
  const named = (name: string) => ({ ...bin, name, bin: { [name]: 'dist/index.js' } })

  it('is started by the workspace that has the bin', async () => {
    const found = await find({
      ...installed,
      'package.json': root,
      'packages/lib/package.json': { name: 'lib', dependencies: sdk },
      'packages/server/package.json': named('weather'),
      'packages/server/dist/index.js': server,
      'packages/server/test/fixtures/package.json': named('fixture'),
    })
    expect(found).toMatchObject({
      line: 'node packages/server/dist/index.js',
      origin: 'packages/server/package.json bin "weather"',
      cwd: 'packages/server',
    })
  })

  it('with several equally likely servers asks for one of them', async () => {
    const error: unknown = await find({
      'pnpm-workspace.yaml': 'packages:\n  - "servers/**"\n',
      'package.json': { private: true },
      'servers/a/package.json': named('a-mcp'),
      'servers/b/package.json': named('b-mcp'),
    }).catch((error: unknown) => error)
    expect(error).toMatchObject({
      message: 'DIR has 2 packages that could be the server',
      hint: 'name one of their directories: servers/a, servers/b',
    })
  })

  it('that declares no workspaces is refused with the directories there are', async () => {
    const files = {
      'typescript/package.json': named('a-mcp'),
      'python/pyproject.toml':
        '[project]\nname = "weather"\ndependencies = ["mcp>=1.2"]\n[project.scripts]\nweather-server = "weather.app:main"\n',
    }
    expect((await refuse(files)).hint).toContain('there are packages in python, typescript')
  })
})

describe('the last resorts', () => {
  const registry = {
    packages: [{ registryType: 'npm', identifier: '@x/y', version: '1.2.3', transport: { type: 'stdio' } }],
  }

  it('client configuration counts for what it starts from the directory', async () => {
    const config = {
      mcpServers: {
        other: { command: 'npx', args: ['-y', 'elsewhere'] },
        mine: { command: 'node', args: ['./run.js'] },
      },
    }
    const found = await find({ '.mcp.json': config, 'run.js': '', 'server.json': registry })
    expect(found).toMatchObject({ line: 'node ./run.js', origin: '.mcp.json server "mine"' })
    expect(found.note).toContain('also saw server.json package @x/y')
    expect((await refuse({ '.mcp.json': config })).hint).toContain('.mcp.json (no server of this directory)')
  })

  it('published package is run only when nothing else is there, and the note says so', async () => {
    const found = await find({ 'server.json': registry })
    expect(found.line).toBe('npx -y @x/y@1.2.3')
    expect(found.note).toContain('it runs the published package and not this directory')
    expect((await refuse({ 'server.json': registry, 'package.json': bin })).message).toContain('which is not there')
    const hostile = { packages: [{ registryType: 'npm', identifier: '--call=x' }] }
    expect((await refuse({ 'server.json': hostile })).hint).toContain('server.json (no registry entry)')
  })

  it('empty directory is refused with what was looked at', async () => {
    expect(await refuse({ 'README.md': '' })).toEqual({
      message: 'no start command found in DIR',
      hint: 'looked at manifest.json, package.json, pyproject.toml, Python files, client configurations and server.json; name the command yourself: airworthy check DIR -- COMMAND',
    })
  })
})
