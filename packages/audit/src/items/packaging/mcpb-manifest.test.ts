import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './mcpb-manifest.ts'

type Files = Record<string, string>
type Manifest = Record<string, unknown>

const server = {
  type: 'node',
  entry_point: 'dist/index.js',
  mcp_config: { command: 'node', args: ['${__dirname}/dist/index.js', '${user_config.dir}'] },
}
const user_config = { dir: { type: 'directory', title: 'Folder', description: 'Where the notes are', required: true } }
const manifest: Manifest = {
  manifest_version: '0.3',
  name: 'notes',
  version: '1.2.0',
  description: 'Notes',
  author: { name: 'Ada' },
  icon: 'icon.png',
  server,
  user_config,
}
const node = {
  name: 'notes-mcp',
  version: '1.2.0',
  scripts: { build: 'tsc -p .', bundle: 'npm run build && mcpb pack' },
}

const typescript = (changed: Manifest = {}, files: Files = {}): Files => ({
  'package.json': JSON.stringify(node),
  'manifest.json': JSON.stringify({ ...manifest, ...changed }, null, 2),
  'src/index.ts': '',
  'icon.png': 'png',
  ...files,
})
const python = (changed: Manifest = {}, files: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "notes"\nversion = "1.2.0"\n',
  'manifest.json': JSON.stringify({
    ...manifest,
    manifest_version: '0.4',
    server: { type: 'uv', entry_point: 'src/notes/server.py', mcp_config: { command: 'uv', args: ['run', 'notes'] } },
    ...changed,
  }),
  'src/notes/server.py': '',
  'icon.png': 'png',
  ...files,
})

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(item, files)
  return {
    status,
    text: verdicts
      .map(({ because, evidence }) => because ?? evidence?.map(({ saw, wanted }) => `${saw} | ${wanted}`).join('\n'))
      .join('\n'),
  }
}
const without = (...names: string[]): Files =>
  Object.fromEntries(Object.entries(typescript()).filter(([path]) => !names.includes(path)))

describe('mcpb-manifest', () => {
  it.each([
    ['TypeScript', typescript()],
    ['Python', python()],
    ['an older format', typescript({ manifest_version: '0.1' })],
    [
      'an entry that a bundler names',
      typescript(
        { server: { ...server, entry_point: 'dist/server.js' } },
        {
          'package.json': JSON.stringify({
            ...node,
            scripts: { build: 'esbuild src/index.ts --outfile=dist/server.js' },
          }),
        },
      ),
    ],
    [
      'a version that the release sets',
      typescript(
        { version: '0.0.0' },
        {
          '.github/workflows/release.yml':
            'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: jq ".version = \\"$V\\"" manifest.json > m && mv m manifest.json\n',
        },
      ),
    ],
    [
      'a manifest in the folder that is packed',
      {
        ...without('manifest.json', 'icon.png'),
        'package.json': JSON.stringify({ ...node, scripts: { bundle: 'mcpb pack bundle out.mcpb' } }),
        'bundle/manifest.json': JSON.stringify(manifest),
        'bundle/dist/index.js': '',
        'bundle/icon.png': 'png',
      },
    ],
    [
      'a manifest of a web app beside it',
      typescript({}, { 'web/manifest.json': '{"name":"app","icons":[{"src":"none.png"}]}' }),
    ],
  ])('passes %s', async (_, files: Files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no manifest', without('manifest.json'), 'no bundle manifest'],
    [
      'a manifest of a browser extension',
      { ...without(), 'manifest.json': '{"manifest_version":3,"name":"x"}' },
      'no bundle manifest',
    ],
    ['broken JSON', { ...without(), 'manifest.json': '{"manifest_version": "0.3",' }, 'JSON'],
    ['a missing field', typescript({ author: undefined }), 'author'],
    ['an unknown key', typescript({ colour: 'red' }), 'colour'],
    ['a type of a later format', typescript({ server: { ...server, type: 'uv' } }), 'server.type'],
    ['icons before they existed', typescript({ manifest_version: '0.2', icons: [] }), 'icons'],
    ['an unknown format', typescript({ manifest_version: 'latest' }), 'manifest_version "latest"'],
    [
      'an entry that nothing builds',
      typescript({ server: { ...server, entry_point: 'dist/server.js' } }),
      'dist/server.js does not exist',
    ],
    ['a missing icon', without('icon.png'), 'icon: icon.png does not exist'],
    ['another version', typescript({ version: '1.1.0' }), '1.2.0, the version in package.json'],
    ['a reference to nothing', typescript({ user_config: {} }), '${user_config.dir} names no entry'],
    ['an old name', { ...without('manifest.json'), 'mcpb.json': JSON.stringify(manifest) }, 'rename it'],
    [
      'a Python entry that is missing',
      python({ server: { type: 'python', entry_point: 'server/main.py', mcp_config: { command: 'python' } } }),
      'server/main.py does not exist',
    ],
    ['another version than pyproject.toml', python({ version: '2.0.0' }), '1.2.0, the version in pyproject.toml'],
  ])('fails with %s', async (_, files: Files, saw) => {
    const { status, text } = await judge(files)
    expect([status, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it('tells what to rename in a draft that still works', async () => {
    const { status, text } = await judge(typescript({ manifest_version: undefined, dxt_version: '0.1' }))
    expect([status, text]).toEqual(['pass', expect.stringContaining('dxt_version is the old name')])
  })

  it.each([
    ['a newer format', typescript({ manifest_version: '0.9' })],
    [
      'an entry that is put together elsewhere',
      typescript({}, { 'package.json': JSON.stringify({ ...node, scripts: { bundle: 'mcpb pack staging' } }) }),
    ],
    ['an unpacked package', { 'package.json': JSON.stringify(node), 'dist/index.js': '' }],
  ])('does not decide with %s', async (_, files: Files) => {
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('is undecided about a manifest that is made when the bundle is packed', async () => {
    const template = '{ "manifest_version": "0.3", "version": "{{version}}", "server": { "mcp_config": {} } }'
    expect(await judgeFiles(item, { 'manifest.template.json': template })).toMatchObject({ status: 'unknown' })
  })
})
