import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './readme.ts'

type Files = Record<string, string>

const intro = '# Notes\n\nAn MCP server that lets an assistant read the notes of a folder.\n\n'
const settings = '## Configuration\n\n- `NOTES_DIR`: folder of the notes\n\n'
const tools =
  '## Tools\n\n| Tool | Meaning |\n| --- | --- |\n| `read_note` | Reads a note |\n| `add_note` | Adds a note |\n\n'
const rest = '## Licence\n\nMIT, see [LICENSE](LICENSE).\n'

const typescript = (
  changed: Partial<Record<'intro' | 'install' | 'settings' | 'tools', string>> = {},
  files: Files = {},
): Files => ({
  'package.json': JSON.stringify({
    name: 'notes-mcp',
    bin: { 'notes-mcp': 'dist/index.js' },
    scripts: { build: 'tsc' },
    dependencies: { '@modelcontextprotocol/server': '^2.0.0' },
  }),
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'
const server = new McpServer({ name: 'notes', version: process.env.NOTES_DIR ?? '' })
server.registerTool('read_note', { description: 'Reads' }, async () => ({ content: [] }))
server.registerTool('add_note', { description: 'Adds' }, async () => ({ content: [] }))
`,
  LICENSE: 'MIT',
  'README.md': [
    changed.intro ?? intro,
    changed.install ?? '## Install\n\n```sh\nnpm install\nnpm run build\nnpx notes-mcp\n```\n\n',
    changed.settings ?? settings,
    changed.tools ?? tools,
    rest,
  ].join(''),
  ...files,
})
const python = (
  changed: Partial<Record<'intro' | 'install' | 'settings' | 'tools', string>> = {},
  files: Files = {},
): Files => ({
  'pyproject.toml':
    '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp"]\n[project.scripts]\nnotes-mcp = "notes.server:main"\n',
  'src/notes/server.py': `import os
from fastmcp import FastMCP
mcp = FastMCP(os.environ["NOTES_DIR"])
@mcp.tool
def read_note(path: str) -> str:
    return path
@mcp.tool
def add_note(path: str) -> str:
    return path
`,
  LICENSE: 'MIT',
  'README.md': [
    changed.intro ?? intro,
    changed.install ?? '## Install\n\n```sh\nuvx notes-mcp\n```\n\n',
    changed.settings ?? settings,
    changed.tools ?? tools,
    rest,
  ].join(''),
  ...files,
})

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(item, files)
  return {
    status,
    text: verdicts.map(({ because, evidence }) => because ?? evidence?.map(({ saw }) => saw).join('\n')).join('\n'),
  }
}
const sh = (script: string): string => `## Install\n\n\`\`\`sh\n${script}\n\`\`\`\n\n`

describe.each([
  ['TypeScript', typescript],
  ['Python', python],
])('readme of a server in %s', (_, repository) => {
  it('passes when it is complete and true', async () => {
    expect(await judge(repository())).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no README', { ...repository(), 'README.md': '' }, 'no README'],
    [
      'no purpose',
      repository({
        intro: '# Notes\n\n',
        tools: '## Tools\n\n| Tool |\n| --- |\n| `read_note` |\n| `add_note` |\n',
        settings: '## Configuration\n\n`NOTES_DIR`: notes\n',
      }),
      'nothing about: purpose',
    ],
    ['no install', repository({ install: '' }), 'nothing about: install'],
    ['no settings', repository({ settings: '' }), 'nothing about: configure'],
    ['no tools', repository({ tools: '' }), '2 of 2 tools are not named'],
    [
      'a tool that does not exist',
      repository({ tools: `${tools}### delete_note\n\nDeletes a note.\n` }),
      'the tool delete_note',
    ],
    [
      'a tool in a list that does not exist',
      repository({ tools: `${tools}- \`delete_note\`: deletes a note\n` }),
      'the tool delete_note',
    ],
    [
      'a script that does not exist',
      repository(
        { install: sh('npm run bundle\nuvx notes-mcp') },
        { 'package.json': '{"name":"notes-mcp","scripts":{}}' },
      ),
      'npm run bundle',
    ],
    [
      'a target that does not exist',
      repository({ install: sh('npm i\nmake release') }, { Makefile: 'test:\n\ttrue\n' }),
      'make release',
    ],
    [
      'a file that does not exist',
      repository({ install: sh('npm i\n./scripts/setup.sh') }),
      'the file scripts/setup.sh is not there',
    ],
    ['a link to nothing', repository({ tools: `${tools}See [tools](docs/tools.md).\n\n` }), 'a link to docs/tools.md'],
    [
      'a command that is called otherwise',
      repository({ install: sh('uvx notes-mcp-server') }),
      'names no package or command',
    ],
  ])('fails with %s', async (_, files: Files, saw) => {
    const { status, text } = await judge(files)
    expect([status, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each([
    ['a module that is started', repository({ install: sh('uv run -m notes_mcp_server\nuvx notes-mcp') })],
    ['tools in words', repository({ tools: '## Tools\n\n- Read note: reads\n- Add note: adds\n\n' })],
    ['a count and a place', repository({ tools: '## Tools\n\n2 tools, see the reference for the full list.\n\n' })],
    [
      'tools in a document that it points to',
      repository({ tools: 'The tools are in [tools](docs/tools.md).\n' }, { 'docs/tools.md': tools }),
    ],
    [
      'a configuration of a client',
      repository({
        install: '```json\n{ "mcpServers": { "notes": { "command": "npx", "args": ["-y", "notes-mcp"] } } }\n```\n',
      }),
    ],
    [
      'a clone that is entered',
      repository(
        { install: sh('git clone https://github.com/a/notes && cd notes\n./scripts/setup.sh') },
        { 'scripts/setup.sh': 'true' },
      ),
    ],
    [
      'parameters of a tool',
      repository({ tools: `## Tools\n\n- \`read_note\`: reads\n  - \`max_lines\`: how many\n- \`add_note\`: adds\n` }),
    ],
    [
      'links of other kinds',
      repository({ tools: `${tools}[a](#tools) [b](https://a.b/c.md) [c](../../issues) \`[d](none.md)\`\n` }),
    ],
  ])('accepts %s', async (_, files: Files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })
})

describe('readme', () => {
  it('says what is not treated and not required', async () => {
    expect((await judge(typescript())).text).toContain('not required: support')
  })

  it('does not decide for several servers', async () => {
    const server = (name: string): string =>
      JSON.stringify({ name, bin: 'x.js', dependencies: { '@modelcontextprotocol/sdk': '1' } })
    const files = {
      'package.json': '{}',
      'a/package.json': server('a'),
      'b/package.json': server('b'),
      'README.md': intro,
    }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })
})
