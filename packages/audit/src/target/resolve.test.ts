import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { plant } from '../testing/planted.ts'
import { zip } from '../testing/zips.ts'
import { resolveTargets, type ResolvedTargets, type TargetWords } from './resolve.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

const directory = (files: Parameters<typeof plant>[0] = {}): string => {
  const { root, remove } = plant(files)
  undo.push(remove)
  return realpathSync(root)
}
const resolved = async (words: TargetWords): Promise<ResolvedTargets> => {
  const found = await resolveTargets(words)
  undo.push(found.dispose)
  return found
}
const only = async (words: TargetWords) => {
  const { targets, notes } = await resolved(words)
  expect(targets).toHaveLength(1)
  const [target] = targets
  if (!target) throw new Error('no target')
  return { ...target, notes }
}
const refusal = async (words: TargetWords): Promise<Refusal> => {
  const error: unknown = await resolveTargets(words).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Refusal)
  expect((error as Refusal).hint).not.toBe('')
  return error as Refusal
}

const server = `const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')\nnew McpServer({}).connect(t)`
const weather = { 'package.json': { name: 'weather-mcp', bin: 'run.js' }, 'run.js': server }

describe('words become targets', () => {
  it('no words mean the current directory, which is only read', async () => {
    const cwd = directory(weather)
    const { name, server, repository, settings, secrets, journal, scratch, signal, notes } = await only({ cwd })
    expect({ name, server, settings, secrets, notes }).toEqual({
      name: cwd.split('/').at(-1),
      server: undefined,
      settings: {},
      secrets: [],
      notes: [],
    })
    expect(repository?.files).toEqual(['package.json', 'run.js'])
    expect(journal).toEqual({ calls: new Map(), notCalled: [], processes: 0, waitingMs: 0, unawaited: [] })
    expect(readdirSync(scratch)).toEqual([])
    expect(signal.aborted).toBe(false)
  })

  it('a directory without a server is allowed as long as nothing is started', async () => {
    const cwd = directory({ 'sub/README.md': 'An MCP server' })
    expect((await only({ cwd, directory: 'sub' })).name).toBe('sub')
    expect((await refusal({ cwd, directory: 'sub', start: true })).message).toBe('no start command found in sub')
  })

  it('a directory that has nothing to do with the protocol is refused', async () => {
    const cwd = directory({
      'lib/index.js': 'module.exports = 1',
      'lib/package.json': '{ "name": "left" }',
      'go/main.go': 'tools/list',
    })
    expect((await refusal({ cwd, directory: 'lib' })).message).toContain('is no MCP server')
    expect((await only({ cwd, directory: 'go' })).name).toBe('go')
  })

  it('--start takes the settings first, then what the directory tells, and says which', async () => {
    const cwd = directory({ ...weather, 'sub/x': '' })
    const found = await only({ cwd, start: true, env: ['LEVEL=debug'] })
    expect(found.server).toEqual({
      transport: 'stdio',
      launch: {
        command: 'node',
        args: [join(cwd, 'run.js')],
        cwd,
        env: { LEVEL: 'debug' },
        origin: 'package.json bin "weather-mcp"',
      },
    })
    expect(found.notes).toEqual(['took package.json bin "weather-mcp" (its names say MCP)'])
    const start = { command: 'node', args: ['x'], cwd: 'sub', env: { A: '1' } }
    writeFileSync(join(cwd, 'airworthy.json'), JSON.stringify({ start, env: { B: '2' } }))
    expect((await only({ cwd, start: true })).server).toMatchObject({
      launch: { args: ['x'], cwd: join(cwd, 'sub'), env: { A: '1', B: '2' }, origin: 'airworthy.json start' },
    })
  })

  it('a URL in the settings is served by what is started, or stands alone when it has no {port}', async () => {
    const headers = { Authorization: 'Bearer settled-1' }
    const cwd = directory({ ...weather, 'airworthy.json': { url: 'http://127.0.0.1:{port}/mcp', headers } })
    expect((await only({ cwd, start: true })).server).toMatchObject({
      transport: 'http',
      url: 'http://127.0.0.1:{port}/mcp',
      headers,
      launch: { command: 'node' },
    })
    writeFileSync(join(cwd, 'airworthy.json'), JSON.stringify({ url: 'http://127.0.0.1:9/mcp' }))
    const { server, notes } = await only({ cwd, start: true })
    expect(server).toEqual({ transport: 'http', url: 'http://127.0.0.1:9/mcp', headers: {} })
    expect(notes).toEqual(['took the URL in airworthy.json; nothing is started'])
  })

  it('a command keeps the current directory, with and without a directory to read', async () => {
    const cwd = directory({ 'src/server.js': '', 'airworthy.json': { env: { FROM: 'here' } } })
    const launch = { command: 'node', args: ['src/server.js'], cwd, origin: 'the command line' }
    const both = await only({ cwd, directory: 'src', command: ['node', 'src/server.js'] })
    expect(both.repository?.root).toBe(join(cwd, 'src'))
    expect(both.server).toEqual({ transport: 'stdio', launch: { ...launch, env: {} } })
    const alone = await only({ cwd, command: ['node', 'src/server.js'] })
    expect(alone).toMatchObject({
      name: 'node src/server.js',
      server: { launch: { ...launch, env: { FROM: 'here' } } },
    })
    expect(alone.repository).toBeUndefined()
  })

  it('a command may serve the URL', async () => {
    const found = await only({ command: ['node', 'x', '--port', '{port}'], url: 'http://127.0.0.1:{port}/mcp' })
    expect(found.server).toMatchObject({ transport: 'http', launch: { args: ['x', '--port', '{port}'] } })
  })

  it('secrets come from flags, settings, arguments and the URL, and the name shows none of them', async () => {
    const cwd = directory({ 'airworthy.json': { credentials: { valid: 'cred-1234' } } })
    const started = await only({
      cwd,
      command: ['node', 'x', '--api-key', 'arg-12345'],
      env: ['TOKEN=env-12345', 'N=1'],
    })
    expect(started.name).toBe('node x --api-key ***')
    expect(started.secrets.map(({ value }) => value).toSorted()).toEqual(['arg-12345', 'cred-1234', 'env-12345'])
    const url = 'https://ada:pass-word@example.com/mcp?api_key=query-123'
    const reached = await only({ cwd, url, headers: ['Authorization: Bearer header-123', 'X-Id:  7 '] })
    expect(reached.name).toBe('https://example.com/mcp')
    expect(reached.server).toMatchObject({ url, headers: { Authorization: 'Bearer header-123', 'X-Id': '7' } })
    expect(reached.secrets.map(({ value }) => value).toSorted()).toEqual([
      'Bearer header-123',
      'header-123',
      'pass-word',
      'query-123',
    ])
  })

  it('settings of the current directory are kept from a server elsewhere, unless they are named', async () => {
    const cwd = directory({ 'airworthy.json': { headers: { Authorization: 'Bearer mine' } } })
    const url = 'https://example.com/mcp'
    expect((await only({ cwd, url })).server).toMatchObject({ headers: {} })
    expect((await only({ cwd, url, settingsFile: 'airworthy.json' })).server).toMatchObject({
      headers: { Authorization: 'Bearer mine' },
    })
  })

  it('a bundle is unpacked for the audit and removed after it', async () => {
    const server = { type: 'node', entry_point: 'a.js', mcp_config: { command: 'node', args: ['${__dirname}/a.js'] } }
    const manifest = { name: 'manifest.json', content: JSON.stringify({ name: 'x', server }) }
    const cwd = directory({ 'x.mcpb': zip([manifest, { name: 'a.js' }]) })
    const { targets, notes, dispose } = await resolveTargets({ cwd, bundle: 'x.mcpb' })
    const [target] = targets
    const root = target?.bundle?.root ?? ''
    expect(target).toMatchObject({
      name: 'x.mcpb',
      bundle: { file: join(cwd, 'x.mcpb') },
      server: { launch: { command: 'node', args: [join(root, 'a.js')], cwd: root } },
    })
    expect(target?.repository).toBeUndefined()
    expect(readdirSync(target?.scratch ?? '')).toEqual([])
    expect(notes).toEqual(['took mcp_config of manifest.json of x.mcpb (server.type node)'])
    await dispose()
    expect([existsSync(root), existsSync(target?.scratch ?? '')]).toEqual([false, false])
  })

  it('a client configuration gives a target for each server that can be started', async () => {
    const mcpServers = {
      a: { command: 'node', args: ['a.js'], env: { API_KEY: 'first-key' } },
      b: { url: 'https://example.com/mcp' },
      c: { command: 'no-such-program' },
    }
    const cwd = directory({ 'client.json': { mcpServers } })
    const { targets, notes } = await resolved({ cwd, clientConfig: 'client.json', env: ['SHARED=yes'] })
    expect(targets.map(({ name, server, repository }) => [name, server?.transport, repository])).toEqual([
      ['a', 'stdio', undefined],
      ['b', 'http', undefined],
    ])
    expect(targets[0]?.secrets).toEqual([{ name: 'API_KEY', value: 'first-key' }])
    expect(targets[1]?.secrets).toEqual([])
    expect(targets[0]?.journal).not.toBe(targets[1]?.journal)
    expect(targets[0]?.scratch).not.toBe(targets[1]?.scratch)
    expect(notes).toEqual(['the server "c" was left out: command not found: no-such-program'])
  })

  it('flags without use are noted', async () => {
    const { notes } = await only({ cwd: directory(weather), directory: '.', headers: ['A: b'], env: ['A=b'] })
    expect(notes).toEqual([
      'the headers had no use: the server is not reached over HTTP',
      'the variables had no use: no process is started',
    ])
  })
})

describe('words are refused', () => {
  it.each<[TargetWords, string]>([
    [{ directory: 'none' }, 'no such directory: none'],
    [{ directory: 'file.txt' }, 'file.txt is not a directory'],
    [{ directory: 'https://example.com' }, 'a URL is no directory'],
    [{ command: [] }, 'nothing follows the --'],
    [{ command: ['no-such-program', 'x'] }, 'command not found: no-such-program'],
    [{ command: ['./none.sh'] }, 'command not found: ./none.sh'],
    [{ command: ['./file.txt'] }, 'command not found: ./file.txt'],
    [{ command: ['node'], start: true }, '--start and -- COMMAND each name a server of their own'],
    [{ bundle: 'x.mcpb', url: 'http://localhost/mcp' }, '--bundle and --url each name a server of their own'],
    [
      { clientConfig: 'c.json', directory: '.' },
      'a client configuration names its own servers and goes with no directory',
    ],
    [{ url: 'ftp://example.com' }, 'the URL is not an http or https URL'],
    [{ url: 'nonsense' }, 'the URL is not an http or https URL'],
    [{ url: 'http://localhost:{port}/' }, 'the URL has {port}, and nothing is started that could listen there'],
    [{ headers: ['secret-without-colon'] }, 'header number 1 is not of the form Name: value'],
    [{ headers: ['A: b', 'A: b\r\nX: y'] }, 'header number 2 is not of the form Name: value'],
    [{ env: ['secret-alone'] }, 'variable number 1 is not of the form NAME=value'],
    [{ settingsFile: 'none.json' }, 'there is no settings file none.json'],
    [{ bundle: 'none.mcpb' }, 'there is no bundle none.mcpb'],
    [{ clientConfig: 'none.json' }, 'the client configuration none.json cannot be read'],
  ])('%j', async (words, message) => {
    const cwd = directory({ 'file.txt': 'x' })
    expect((await refusal({ cwd, ...words })).message).toBe(message)
  })

  it.each([
    ['x.mcpb', 'did you mean --bundle x.mcpb?'],
    ['x.json', 'did you mean --client-config x.json?'],
  ])('the directory %s with what was meant', async (file, hint) => {
    expect(await refusal({ cwd: directory({ [file]: '' }), directory: file })).toMatchObject({ hint })
  })

  it('and leave nothing behind', async () => {
    const cwd = directory({
      'x.mcpb': zip([{ name: '../x' }]),
      'c.json': { mcpServers: { c: { command: 'none-such' } } },
    })
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = directory()
    try {
      await refusal({ cwd, bundle: 'x.mcpb' })
      await refusal({ cwd, command: ['no-such-program'] })
      await refusal({ cwd, clientConfig: 'c.json' })
      expect(readdirSync(process.env['TMPDIR'])).toEqual([])
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })
})
