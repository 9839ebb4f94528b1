import { describe, expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './api-documentation.ts'

const typescript = (docs: string, source = ''): Files => ({
  '.gitignore': 'x',
  'package.json': '{ "name": "notes", "dependencies": { "@modelcontextprotocol/server": "2", "zod": "4" } }',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
const server = new McpServer({ name: 'x', version: '1' })
server.registerTool('read_note', { description: 'Reads', inputSchema: z.object({ path: z.string(), maxLines: z.number() }) }, async () => ({ content: [] }))
server.registerTool('list', { description: 'Lists' }, async () => ({ content: [] }))
${source}`,
  'README.md': `# Notes\n\n${docs}`,
})
const python = (docs: string, more = ''): Files => ({
  '.gitignore': 'x',
  'pyproject.toml': '[project]\nname = "notes"\ndependencies = ["fastmcp"]\n',
  'server.py': `from fastmcp import Context, FastMCP
mcp = FastMCP("x")
@mcp.tool
def read_note(path: str, max_lines: int, ctx: Context) -> str:
    return path
${more}`,
  'README.md': `# Notes\n\n${docs}`,
})
const judge = (files: Files) => judgeFiles(item, files)
const table =
  '## Tools\n\n| Tool | Parameters |\n| --- | --- |\n| `read_note` | `path`, `maxLines` |\n| `list` | none |\n'

describe('api-documentation', () => {
  it.each<[string, Files]>([
    ['a table', typescript(table)],
    [
      'headings',
      typescript('## Tools\n\n### read_note\n\n- `path`: where\n- `maxLines`: how many\n\n### list\n\nLists.\n'),
    ],
    ['nested items', typescript('## Tools\n\n- **read_note**: reads\n  - `path`\n  - max lines\n- **list**: lists\n')],
    ['calls', typescript('## Tools\n\n`read_note(path, maxLines)` reads a note. `list()` lists them.\n')],
    ['a page of its own', { ...typescript(''), 'docs/tools.md': `# Tools\n\n${table}` }],
    ['names in words', python('## Tools\n\n- Read note: takes a path and at most max lines.\n')],
    ['what the framework hands in', python('## Tools\n\n- `read_note`: `path`, `max_lines`\n')],
    [
      'parameters in common',
      python('## Tools\n\n- `read_note`\n\n## Common parameters\n\n`path` and `max_lines` limit the answer.\n'),
    ],
    [
      'a tool of a branch',
      typescript(table, "if (process.env.DEBUG) server.registerTool('dump', {}, async () => ({ content: [] }))\n"),
    ],
  ])('accepts %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['nothing', typescript('Reads and lists notes.\n'), 'tool read_note is not documented'],
    [
      'a word that is a tool as well',
      typescript(table.replace('| `list` | none |\n', '\nThe notes are a list.\n')),
      'tool list is not documented',
    ],
    ['a missing parameter', typescript(table.replace(', `maxLines`', '')), 'documented without maxLines'],
    [
      'a missing parameter in Python',
      python('## Tools\n\n- `read_note`: reads the file at `path`\n'),
      'without max_lines',
    ],
    [
      'a parameter of another tool',
      typescript('## Tools\n\n### read_note\n\n- `path`: where\n\n### list\n\n- `maxLines`: how many\n'),
      'without maxLines',
    ],
    [
      'a tool that vanished',
      typescript(table.concat('| `add_note` | `path` |\n')),
      'add_note, which the server does not offer',
    ],
    [
      'a prompt',
      python(
        '## Tools\n\n- `read_note`: `path`, `max_lines`\n',
        '@mcp.prompt\ndef summarise_note(style: str) -> str:\n    return style\n',
      ),
      'prompt summarise_note',
    ],
    ['a changelog alone', { ...typescript(''), 'CHANGELOG.md': table }, 'is not documented'],
  ])('fails %s', async (_, files, reason) => {
    const result = await judge(files)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it.each<[string, Files]>([
    [
      'names that are made at run time',
      {
        ...python(''),
        'server.py': 'from fastmcp import FastMCP\nmcp = FastMCP("x")\nfor f in load():\n    mcp.add_tool(f)\n',
      },
    ],
    ['documents elsewhere', typescript('## Tools\n\nAll tools: https://notes.dev/docs/tools\n')],
    ['a language that is not read', { 'go.mod': 'module x', 'main.go': 'package main', 'README.md': table }],
  ])('does not decide about %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })
})

const line = (text: string, depth = 0) => ({ path: 'README.md', line: 1, text, depth, shared: false })
const documents = (...texts: string[]) => ({
  lines: texts.map(text => line(text)),
  paths: ['README.md'],
  named: [],
  elsewhere: null,
})
const listed = {
  tools: [{ name: 'read_note', inputSchema: { type: 'object', properties: { path: {} } } }],
  prompts: [{ name: 'summarise', arguments: [{ name: 'style' }] }],
  resources: [{ name: 'Guide', uri: 'info://guide' }],
  resourceTemplates: [],
}
const live = (...texts: string[]) => answerTo(item, { lists: listed, apiDocuments: documents(...texts) }, 1)

describe('api-documentation, live', () => {
  it('holds what is listed against the documents', () => {
    expect(live('read_note: path', 'summarise: style', 'info://guide')).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(live('read_note: path', 'summarise: style'))).toContain('resource Guide is not documented')
    expect(JSON.stringify(live('read_note', 'summarise: style', 'info://guide'))).toContain('documented without path')
  })

  it('finds what is documented and not listed', () => {
    const named = [{ name: 'add_note', path: 'README.md', line: 9 }]
    const given = { ...documents('read_note: path', 'summarise: style', 'info://guide'), named }
    expect(answerTo(item, { lists: listed, apiDocuments: given }, 1)).toMatchObject({ status: 'fail' })
  })

  it('does not concern a server that lists nothing', () => {
    const nothing = { tools: [], prompts: [], resources: [], resourceTemplates: [] }
    expect(answerTo(item, { lists: nothing, apiDocuments: documents() }, 1)).toMatchObject({ status: 'not-applicable' })
  })
})
