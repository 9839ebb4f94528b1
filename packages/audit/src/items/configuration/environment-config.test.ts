import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './environment-config.ts'

type Files = Record<string, string>
const readme = {
  'README.md': '# A\n\n## Settings\n\n| Name | Meaning |\n| --- | --- |\n| `A_URL` | where the notes are |\n',
}
const ts = (source: string, extra: Files = readme): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\nexport const url = process.env.A_URL\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = readme): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\nurl = os.environ.get("A_URL")\n${source}\n`,
  ...extra,
})

describe('environment-config', () => {
  it.each<[string, Files]>([
    ['settings that are documented', ts('')],
    [
      'a format of the log by environment',
      ts("export const format = process.env.NODE_ENV === 'production' ? 'json' : 'pretty'"),
    ],
    [
      'a host by another setting',
      ts("export const base = process.env.A_REGION === 'eu' ? 'https://eu.a.test' : 'https://us.a.test'"),
    ],
    ['a host in a comment', ts("// process.env.NODE_ENV === 'production' ? 'https://a.test' : 'https://b.test'")],
    ['settings of Python', py('')],
    ['a level by environment', py('level = "INFO" if os.getenv("ENVIRONMENT") == "production" else "DEBUG"')],
    [
      'options of the command',
      py(
        'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--a-url", help="where the notes are")\n',
        {},
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    [
      'a host by environment',
      ts("export const base = process.env.NODE_ENV === 'production' ? 'https://a.test' : 'https://b.test'"),
      'NODE_ENV chooses https://a.test, https://b.test',
    ],
    [
      'a table of environments',
      ts(
        "const all = { development: { base: 'https://b.test' }, production: { base: 'https://a.test' } }\nconst name = process.env.APP_ENV ?? 'development'\nexport const { base } = all[name]",
      ),
      'APP_ENV chooses https://b.test',
    ],
    [
      'a branch',
      ts(
        "let base = ''\nconst isProduction = process.env.NODE_ENV === 'production'\nif (isProduction) {\n  base = 'https://a.test'\n}\nexport { base }",
      ),
      'NODE_ENV chooses https://a.test',
    ],
    ['settings that are not documented', ts('', {}), 'explained in none of'],
    [
      'a host by environment in Python',
      py('base = "https://a.test" if os.getenv("APP_ENV", "dev") == "production" else "https://b.test"'),
      'APP_ENV chooses https://a.test',
    ],
    [
      'a table of Python',
      py('HOSTS = {"dev": "https://b.test", "prod": "https://a.test"}\nbase = HOSTS[os.environ["ENVIRONMENT"]]'),
      'ENVIRONMENT chooses https://b.test',
    ],
    ['settings of Python that are not documented', py('', {}), 'explained in none of'],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    [
      'no settings',
      { 'package.json': '{}', 'src/index.ts': "import { McpServer } from '@modelcontextprotocol/server'" },
      'not-applicable',
    ],
    [
      'computed names',
      {
        'package.json': '{}',
        'src/index.ts':
          "import { McpServer } from '@modelcontextprotocol/server'\nexport const a = (n: number) => process.env[names[n]]",
      },
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })
})
