import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { zip, type ZipEntry } from '../testing/zips.ts'
import { openBundle } from './bundle.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'airworthy-bundle-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const open = (bytes: Buffer) => {
  const file = join(home, 'x.mcpb')
  const scratch = mkdtempSync(join(home, 'scratch-'))
  writeFileSync(file, bytes)
  return openBundle(file, 'x.mcpb', scratch)
}
const refusal = async (bytes: Buffer): Promise<Refusal> => {
  const error: unknown = await open(bytes).then(
    () => null,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(Refusal)
  const refused = error as Refusal
  expect(refused.message).toMatch(/^x\.mcpb |of x\.mcpb /)
  expect(refused.hint).not.toBe('')
  return refused
}

const manifest = (server: object, more: object = {}): ZipEntry => ({
  name: 'manifest.json',
  content: JSON.stringify({ manifest_version: '0.3', name: 'x', version: '1.0.0', server, ...more }),
})
const nodeServer = {
  type: 'node',
  entry_point: 'server/index.js',
  mcp_config: { command: 'node', args: ['${__dirname}/server/index.js'], env: { MODE: 'plain' } },
}
const good = [manifest(nodeServer), { name: 'server/index.js', content: 'run()' }]

describe('a bundle', () => {
  it('is unpacked and started from its own mcp_config', async () => {
    const { root, launch, note } = await open(zip([...good, { name: 'bin/tool', content: 'x', mode: 0o100755 }]))
    expect(readFileSync(join(root, 'server/index.js'), 'utf8')).toBe('run()')
    expect(launch).toEqual({
      command: 'node',
      args: [join(root, 'server/index.js')],
      cwd: root,
      env: { MODE: 'plain' },
      origin: 'mcp_config of manifest.json of x.mcpb',
    })
    expect(note).toContain('server.type node')
    expect(statSync(join(root, 'bin/tool')).mode & 0o111).not.toBe(0)
    expect(statSync(join(root, 'server/index.js')).mode & 0o111).toBe(0)
  })

  it('is read with a signature behind it', async () => {
    const block = Buffer.from('MCPB_SIG_V1\x04\0\0\0abcdMCPB_SIG_END')
    expect((await open(Buffer.concat([zip(good), block]))).launch.command).toBe('node')
  })

  it('gets defaults, the platform of this machine and a directory for the one to be chosen', async () => {
    const { launch, note } = await open(
      zip([
        manifest(
          {
            ...nodeServer,
            mcp_config: {
              command: 'wrong',
              args: ['${user_config.folders}', '--level=${user_config.level}', '${user_config.paths}', '${HOME}'],
              env: { TOKEN: '${user_config.token}', LEVEL: '${user_config.level}' },
              platform_overrides: { [process.platform]: { command: 'node', env: { ONLY: 'here' } } },
            },
          },
          {
            user_config: {
              folders: { type: 'directory', title: 'f', required: true, multiple: true },
              paths: { type: 'directory', title: 'p', default: ['${HOME}/a', '${user_config.paths}'] },
              level: { type: 'number', title: 'l', default: 3 },
              token: { type: 'string', title: 't', sensitive: true },
            },
          },
        ),
      ]),
    )
    const [folder = '', ...rest] = launch.args
    expect(readdirSync(folder)).toEqual([])
    expect(rest).toEqual(['--level=3', `${homedir()}/a`, '${user_config.paths}', homedir()])
    expect(launch).toMatchObject({ command: 'node', env: { LEVEL: '3', ONLY: 'here' } })
    expect(launch.env).not.toHaveProperty('TOKEN')
    expect(note).toContain('user_config.token has no default and is left unset')
    expect(note).toContain('an empty directory stands in for user_config.folders')
  })

  it('is started by its type when it gives no command', async () => {
    const { root, launch } = await open(zip([manifest({ type: 'uv', entry_point: 'src/server.py' })]))
    expect([launch.command, ...launch.args]).toEqual(['uv', 'run', '--directory', root, `${root}/src/server.py`])
  })

  it.each<[string, ZipEntry[]]>([
    ['climbs out', [{ name: '../evil.txt', content: 'x' }]],
    ['climbs out further down', [{ name: 'a/../../evil.txt', content: 'x' }]],
    ['is absolute', [{ name: '/tmp/airworthy-evil.txt', content: 'x' }]],
    ['is absolute on Windows', [{ name: 'C:/evil.txt', content: 'x' }]],
    ['has a backslash', [{ name: '..\\evil.txt', content: 'x' }]],
  ])('is refused when an entry %s', async (_, entries) => {
    expect((await refusal(zip([...good, ...entries]))).message).toBe(
      'x.mcpb has an entry that would be written outside of its own directory',
    )
    expect(existsSync(join(home, 'evil.txt'))).toBe(false)
    expect(existsSync('/tmp/airworthy-evil.txt')).toBe(false)
  })

  it.each<[string, ZipEntry[], string]>([
    [
      'a link',
      [
        { name: 'l', content: '/etc', mode: 0o120777 },
        { name: 'l/x', content: 'x' },
      ],
      'a link or a device',
    ],
    ['a device', [{ name: 'd', mode: 0o020666 }], 'a link or a device'],
    [
      'the same path twice',
      [
        { name: 'a', content: '1' },
        { name: 'a', content: '2' },
      ],
      'two entries for the same path',
    ],
    ['a file that is a directory', [{ name: 'a', content: '1' }, { name: 'a/b' }], 'two entries for the same path'],
    ['a lie about a size', [{ name: 'a', content: 'x'.repeat(50_000), claims: 10 }], 'is damaged'],
    ['a claim of 600 MB', [{ name: 'a', content: 'x', claims: 600_000_000 }], 'more than 500 MB'],
    ['a zip bomb', [{ name: 'a', content: Buffer.alloc(30_000_000) }], 'as a zip bomb does'],
  ])('is refused with %s', async (_, entries, sentence) => {
    expect((await refusal(zip([...good, ...entries]))).message).toContain(sentence)
  })

  it('is refused with too many entries', async () => {
    const entries = Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}` }))
    expect((await refusal(zip([...good, ...entries]))).message).toBe('x.mcpb has more than 20000 entries')
  })

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'is not a zip archive'],
    ['text', Buffer.from('hello'), 'is not a zip archive'],
    ['half an archive', zip(good).subarray(0, 80), 'is not a zip archive'],
    ['no manifest', zip([{ name: 'inner/manifest.json', content: '{}' }]), 'has no manifest.json at its root'],
    ['a broken manifest', zip([{ name: 'manifest.json', content: '{' }]), 'of x.mcpb is not valid JSON in line 1'],
    [
      'no server',
      zip([{ name: 'manifest.json', content: '{"name":"x"}' }]),
      'expected an object, and it is missing at server',
    ],
    ['an unknown type', zip([manifest({ ...nodeServer, type: 'ruby' })]), 'at server.type'],
    [
      'a needed argument that nobody set',
      zip([manifest({ ...nodeServer, mcp_config: { command: 'node', args: ['${user_config.key}'] } })]),
      'cannot be started: its arguments need user_config.key, which has no default',
    ],
  ])('is refused when it is %s', async (_, bytes, sentence) => {
    expect((await refusal(bytes)).message).toContain(sentence)
  })

  it('is refused when it is not there', async () => {
    await expect(openBundle(join(home, 'none'), 'none', home)).rejects.toThrow('there is no bundle none')
  })
})
