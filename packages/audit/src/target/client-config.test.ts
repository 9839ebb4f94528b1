import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { plant } from '../testing/planted.ts'
import { readClientConfig } from './client-config.ts'

let planted: ReturnType<typeof plant> | undefined
afterEach(() => planted?.remove())

const read = (content: unknown, environment: Record<string, string> = {}, file = 'config.json') => {
  planted = plant({ [file]: content as string })
  return readClientConfig(join(planted.root, file), file, environment)
}
const refusal = (content: unknown): Refusal => {
  try {
    read(content)
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    expect((error as Refusal).hint).not.toBe('')
    return error as Refusal
  }
  throw new Error('it was accepted')
}

describe('a client configuration', () => {
  it('gives a server for each entry, with comments and trailing commas', () => {
    const { servers, notes } = read(`{
      // Claude Desktop
      "mcpServers": {
        "files": { "command": "node", "args": ["a//b.js", "/* no comment, */"], "env": { "API_KEY": "abcd1234", "N": 1, }, },
        /* two
           lines */
        "web": { "type": "http", "url": "https://example.com/mcp?token=s3cr3t-word", "headers": { "Authorization": "Bearer xyz-987" } },
      },
    }`)
    expect(notes).toEqual([])
    expect(servers).toEqual([
      {
        name: 'files',
        source: {
          transport: 'stdio',
          launch: {
            command: 'node',
            args: ['a//b.js', '/* no comment, */'],
            cwd: planted?.root,
            env: { API_KEY: 'abcd1234', N: '1' },
            origin: 'config.json server "files"',
          },
        },
        secrets: [{ name: 'API_KEY', value: 'abcd1234' }],
      },
      {
        name: 'web',
        source: {
          transport: 'http',
          url: 'https://example.com/mcp?token=s3cr3t-word',
          headers: { Authorization: 'Bearer xyz-987' },
        },
        secrets: [
          { name: 'Authorization', value: 'Bearer xyz-987' },
          { name: 'Authorization', value: 'xyz-987' },
          { name: 'token', value: 's3cr3t-word' },
        ],
      },
    ])
  })

  it('is read as VS Code writes it, from the folder the workspace is', () => {
    const config = {
      inputs: [{ id: 'key' }],
      servers: {
        local: {
          type: 'stdio',
          command: '${workspaceFolder}/run',
          args: ['${userHome}', '${env:NAME}', '${LEVEL:-info}'],
          cwd: 'server',
        },
        asking: { command: 'x', env: { KEY: '${input:key}' } },
      },
    }
    const { servers, notes } = read(config, { NAME: 'ada' }, '.vscode/mcp.json')
    expect(servers.map(({ source }) => source)).toMatchObject([
      {
        launch: {
          command: `${planted?.root}/run`,
          args: [homedir(), 'ada', 'info'],
          cwd: `${planted?.root}/server`,
        },
      },
    ])
    expect(notes).toEqual([
      'the server "asking" of .vscode/mcp.json was left out: it asks for the input key, which only the editor can give',
    ])
  })

  it('leaves servers out that cannot be audited, and says so', () => {
    const { servers, notes } = read({
      mcpServers: {
        good: { command: 'node' },
        off: { command: 'node', disabled: true },
        off2: { command: 'node', enabled: false },
        unset: { command: 'node', env: { KEY: '${NOWHERE}' } },
        old: { type: 'sse', url: 'https://example.com/sse' },
        file: { url: 'file:///etc/passwd' },
        none: {},
      },
    })
    expect(servers.map(({ name }) => name)).toEqual(['good'])
    expect(notes.map(note => note.replace(/^the server "(\w+)" of config.json was left out: /, '$1 '))).toEqual([
      'off it is disabled',
      'off2 it is disabled',
      'unset the environment variable NOWHERE is not set',
      'old it uses the transport SSE, which was replaced by Streamable HTTP',
      'file its URL is no http or https URL',
      'none it has neither a command nor a URL',
    ])
  })

  it.each([
    ['is broken', '{"mcpServers": {\n"a": {"command" "hunter2"}}}', 'config.json is not valid JSON in line 2'],
    [
      'has a wrong type',
      { mcpServers: { a: { command: 'x', args: ['y', 1] } } },
      'wrong at mcpServers.a.args[1]: expected a text',
    ],
    ['has an entry that is text', { servers: { a: 'node x' } }, 'wrong at servers.a: expected an object'],
    ['has no servers', { theme: 'dark' }, 'config.json has neither mcpServers nor servers'],
    ['is empty of servers', { mcpServers: {} }, 'config.json has no server that could be audited'],
    [
      'has disabled ones only',
      { mcpServers: { a: { command: 'x', disabled: true } } },
      'could be audited: the server "a"',
    ],
  ])('is refused when it %s', (_, content, sentence) => {
    const { message } = refusal(content)
    expect(message).toContain(sentence)
    expect(message).not.toContain('hunter2')
  })

  it('is refused when it is not there or is a directory', () => {
    planted = plant({ 'd/x': '' })
    const { root } = planted
    expect(() => readClientConfig(join(root, 'none.json'), 'none.json')).toThrow(/none\.json cannot be read$/)
    expect(() => readClientConfig(join(root, 'd'), 'd')).toThrow('d is not a regular file')
  })
})
