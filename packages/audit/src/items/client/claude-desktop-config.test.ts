import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './claude-desktop-config.ts'

const config = (command: string, args: string[], key = 'mcpServers'): string =>
  JSON.stringify({ [key]: { notes: { command, args } } }, null, 2)
const readme = (text: string): string => `# Notes\n\n## Claude Desktop\n\n\`\`\`json\n${text}\n\`\`\`\n`
const files = (text: string, more: Files = {}): Files => ({
  'package.json': '{ "name": "notes-mcp", "bin": { "notes-mcp": "dist/index.js" } }',
  'README.md': readme(text),
  ...more,
})
const python = (text: string): Files => ({
  'pyproject.toml': '[project]\nname = "notes-mcp"\n[project.scripts]\nnotes-mcp = "notes.cli:main"\n',
  'src/notes/cli.py': '',
  'README.md': readme(text),
})
const judge = (given: Files) => judgeFiles(item, given)
const npx = config('npx', ['-y', 'notes-mcp'])

describe('claude-desktop-config', () => {
  it.each<[string, Files]>([
    ['npx', files(npx)],
    ['uvx', python(config('uvx', ['notes-mcp']))],
    ['an absolute path', files(config('node', ['/path/to/notes-mcp/dist/index.js']))],
    ['a folder that is named', python(config('uv', ['--directory', '/home/ada/notes', 'run', 'notes-mcp']))],
    [
      'a file in a folder that is named',
      python(config('uv', ['--directory', '/home/ada/notes', 'run', 'src/notes/cli.py'])),
    ],
    [
      'what is left out',
      files(
        '{\n  "mcpServers": {\n    // others\n    ...\n    "notes": { "command": "npx", "args": ["notes-mcp"] }\n  }\n}',
      ),
    ],
    [
      'commands before it',
      files('{}', {
        'README.md': `# Notes\n\n## Debugging\n\n\`\`\`bash\n# For a shell\nnpx notes-mcp\n\n# In the file\n${npx}\n\`\`\`\n`,
      }),
    ],
    ['a fragment', files(npx.trim().slice(1, -1))],
    ['another client beside it', { ...files(npx), 'docs/vscode.md': readme(config('npx', ['notes-mcp'], 'servers')) }],
    [
      'other servers beside it',
      files(
        '{ "mcpServers": { "git": { "command": "uvx", "args": ["mcp-server-git"] }, "notes": { "command": "npx", "args": ["-y", "notes-mcp"] } } }',
      ),
    ],
    [
      'a fence in a component',
      {
        ...files('{}'),
        'docs/install.mdx': `<Step>\n\n    \`\`\`json\n    ${npx.replaceAll('\n', '\n    ')}\n    \`\`\`\n</Step>\n`,
      },
    ],
  ])('accepts %s', async (_, given) => {
    expect(await judge(given)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['none', files('{ "name": "x" }'), 'no configuration of a client'],
    ['broken JSON', files(npx.replace('"npx",', '"npx"')), 'not valid JSON'],
    ['another package', files(config('npx', ['-y', 'other-tool'])), 'not this package'],
    ['another package of Python', python(config('uvx', ['other-tool'])), 'not this package'],
    ['a relative path', files(config('node', ['dist/index.js'])), 'in another directory'],
    ['a relative path in Python', python(config('python', ['src/notes/cli.py'])), 'in another directory'],
    ['a command that does not exist', python(config('uvx', ['--from', 'notes-mcp', 'notes'])), 'has no command notes'],
    ['a configuration of VS Code alone', files(config('npx', ['notes-mcp'], 'servers')), 'for other clients only'],
  ])('fails %s', async (_, given, reason) => {
    const result = await judge(given)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it('does not decide about an image or an address', async () => {
    expect(await judge(files(config('docker', ['run', '-i', 'acme/tools'])))).toMatchObject({ status: 'unknown' })
    expect(await judge(files('{ "mcpServers": { "notes": { "url": "https://notes.dev/mcp" } } }'))).toMatchObject({
      status: 'unknown',
    })
  })

  it('accepts a bundle that is there and written down', async () => {
    const bundle = {
      'manifest.json': '{ "manifest_version": "0.3", "server": { "type": "node", "entry_point": "x.js" } }',
    }
    const text = { 'README.md': '# Notes\n\nOpen notes.mcpb in Claude Desktop.\n' }
    expect(await judge({ ...files(''), ...bundle, ...text })).toMatchObject({ status: 'pass' })
    expect(await judge({ ...files(''), ...text })).toMatchObject({ status: 'fail' })
  })
})
