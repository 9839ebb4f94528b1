import { describe, expect, it } from 'vitest'
import callTimeouts from '../items/resilience/call-timeouts.ts'
import cleanStdout from '../items/observability/clean-stdout.ts'
import processCleanup from '../items/resilience/process-cleanup.ts'
import { judgeFiles, type Files } from '../testing/repositories.ts'

const manifest = (more = {}): Files => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', bin: 'dist/index.js', ...more }),
})
const server = (more = ''): string => `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
${more}
const server = new McpServer({ name: 'a', version: '1' })
await server.connect(new StdioServerTransport())`
const ts = (more = ''): Files => ({ ...manifest(), 'src/index.ts': server(more) })
const asking = `export const ask = async () => (await fetch('https://a.example')).text()`
const python: Files = {
  'pyproject.toml': '[project]\nname = "notes"\ndependencies = ["mcp"]\n[project.scripts]\nnotes = "notes.app:run"\n',
  'notes/__init__.py': '',
  'notes/app.py': 'from mcp.server.fastmcp import FastMCP\nmcp = FastMCP("a")\ndef run():\n    mcp.run()\n',
}
const loading = (line: string): Files => ({ ...python, 'notes/app.py': `${line}\n${python['notes/app.py']}` })
const askingInPython = 'import requests\ndef ask():\n    return requests.get("https://a.example")\n'
const status = async (files: Files): Promise<string> => (await judgeFiles(callTimeouts, files)).status

describe('files that the entries of the server lead to', () => {
  it.each<[string, Files]>([
    [
      'that only a file imports that nobody imports',
      { ...ts(), 'src/news.ts': asking, 'src/feeds.ts': `import './news.js'` },
    ],
    ['that does something by itself', { ...ts(), 'src/news.ts': `await fetch('https://a.example')` }],
    [
      'of a tool of a script, beside a server that is built',
      {
        ...manifest({ scripts: { generate: 'node bin/generate.mjs' } }),
        'bin/generate.mjs': `import { load } from './modules/load.mjs'\nawait load()`,
        'bin/modules/load.mjs': `export const load = () => fetch('https://a.example')`,
        'dist/index.js': server(),
      },
    ],
    ['of Python that nothing imports', { ...python, 'notes/news.py': askingInPython }],
  ])('looks for no timeout in one %s', async (_, files) => {
    expect(await status(files)).toBe('not-applicable')
  })

  it.each<[string, Files]>([
    ['that is imported', { ...ts(`import { ask } from './news.js'`), 'src/news.ts': asking }],
    ['that is loaded later', { ...ts(`const { ask } = await import('./news.js')`), 'src/news.ts': asking }],
    [
      'that is handed on',
      { ...ts(`import './all.js'`), 'src/all.ts': `export * from './news.js'`, 'src/news.ts': asking },
    ],
    ['that is started as a process', { ...ts(`spawn('node', [join(here, 'news.js')])`), 'src/news.ts': asking }],
    ['that may be loaded by its path', { ...ts('await import(name)'), 'src/news.ts': asking }],
    [
      'that exports name',
      {
        ...ts(),
        ...manifest({ exports: { '.': './dist/index.js', './news': './dist/news.js' } }),
        'src/news.ts': asking,
      },
    ],
    [
      'that an image starts',
      { ...ts(), Dockerfile: 'FROM node:22\nCMD ["node", "/app/dist/news.js"]\n', 'src/news.ts': asking },
    ],
    ['that makes another server', { ...ts(), 'src/news.ts': `${asking}\n${server()}` }],
    [
      'beside an entry that is not there',
      { ...ts(), ...manifest({ bin: 'dist/other.js' }), 'src/news.ts': `await fetch('https://a.example')` },
    ],
    [
      'beside a package without an entry',
      { 'package.json': '{"name":"a"}', 'src/app.ts': server(), 'src/news.ts': `await fetch('https://a.example')` },
    ],
    ['of a built server', { ...manifest(), 'dist/index.js': server(`import './news.js'`), 'dist/news.js': asking }],
    ['of Python that is imported', { ...loading('from notes import news'), 'notes/news.py': askingInPython }],
    [
      'of Python that is imported from the folder',
      { ...loading('from .news import (\n    ask,  # for all\n)'), 'notes/news.py': askingInPython },
    ],
    [
      'of Python that is named',
      { ...loading('import uvicorn\nuvicorn.run("notes.news:app")'), 'notes/news.py': askingInPython },
    ],
    [
      'of Python that may be loaded by its name',
      {
        ...loading('from importlib import import_module\nimport_module(f"notes.{name}")'),
        'notes/news.py': askingInPython,
      },
    ],
    [
      'of Python that its package imports',
      { ...python, 'notes/__init__.py': 'from . import news', 'notes/news.py': askingInPython },
    ],
  ])('looks in one %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it('finds what is left when the client is gone in a server that is built, beside a tool that is not', async () => {
    const tool = `export const load = () => fetch('https://a.example')`
    const files = {
      ...manifest(),
      'bin/modules/load.mjs': tool,
      'dist/index.js': `${server()}\nsetInterval(work, 1000)`,
    }
    expect((await judgeFiles(processCleanup, files)).status).toBe('fail')
  })

  it('hears nothing on stdout of a file that no entry leads to', async () => {
    const tool = `import { text } from './loud.js'\nserver.registerTool('a', {}, () => text())`
    const loud = `export const text = () => { console.log('a') }`
    const own = { ...ts(), 'src/loud.ts': loud }
    expect(
      (
        await judgeFiles(cleanStdout, {
          ...own,
          'src/old.ts': `export const add = server => {${tool.split('\n')[1]}}\n${tool.split('\n')[0]}`,
        })
      ).status,
    ).toBe('pass')
    expect(
      (await judgeFiles(cleanStdout, { ...manifest(), 'src/loud.ts': loud, 'src/index.ts': `${server()}\n${tool}` }))
        .status,
    ).toBe('fail')
  })
})
