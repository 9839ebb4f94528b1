import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import docstrings from './docstrings.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(docstrings, files)
  return { status, said: JSON.stringify(verdicts) }
}

const server =
  "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nconst s = new McpServer({ name: 'a', version: '1' })\n"

describe('docstrings', () => {
  it.each<[string, Files]>([
    ['Python', { 'a.py': 'def f():\n    """Do it."""\n' }],
    ['a raw docstring', { 'a.py': "def f():\n    r'''Do \\it.'''\n    return 1\n" }],
    [
      'setters, overrides and special methods',
      {
        'a.py':
          'class A:\n    """A."""\n    def __len__(self):\n        return 1\n    @override\n    def g(self):\n        pass\n    @property\n    def p(self):\n        """P."""\n    @p.setter\n    def p(self, v):\n        pass\n',
      },
    ],
    [
      'a tool with a description',
      {
        'a.py':
          'from fastmcp import FastMCP\nm = FastMCP("a")\n@m.tool(description="Does it")\ndef f() -> int:\n    return 1\n',
      },
    ],
    ['TypeScript', { 'a.ts': '/** Does it. */\nexport const f = () => 1\n' }],
    ['an export further down', { 'a.ts': '/** Does it. */\nfunction f() {}\n\nexport { f as g }\n' }],
    [
      'the first of several overloads',
      { 'a.ts': '/** Does it. */\nexport function f(a: string): string\nexport function f(a: any) { return a }\n' },
    ],
    [
      'what an interface documents',
      { 'a.ts': 'export class A implements B {\n  f() {}\n}\n/** G. */\nexport const g = () => 1\n' },
    ],
    ['private functions', { 'a.ts': 'const f = () => 1\n/** G. */\nexport const g = () => f()\n' }],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['a function of Python', { 'a.py': 'def f():\n    return 1\n' }, /f has no documentation/],
    ['a comment instead of a docstring', { 'a.py': '# Do it.\ndef f():\n    # Do it.\n    return 1\n' }, /f has no/],
    [
      'a method',
      { 'a.py': 'class A:\n    """A."""\n    def f(self):\n        return """no docstring"""\n' },
      /A\.f has no/,
    ],
    ['an exported function', { 'a.ts': 'export const f = () => 1\n' }, /f has no documentation/],
    ['a comment that is none', { 'a.ts': '// Does it.\nexport function f() {}\n' }, /f has no documentation/],
    [
      'a comment about something else',
      { 'a.ts': '/** The limit. */\nexport const n = 1\nexport function f() {}\n' },
      /f has no/,
    ],
    [
      'a tool without a description',
      { 'a.ts': `${server}s.registerTool('t', { inputSchema: {} }, async () => ({ content: [] }))\n` },
      /tool t has no/,
    ],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it('says so where there is nothing to document', async () => {
    expect(await judge({ 'a.ts': 'console.log(1)\n' })).toMatchObject({ status: 'not-applicable' })
    expect(await judge({ 'main.go': 'package main' })).toMatchObject({ status: 'unknown' })
  })
})
