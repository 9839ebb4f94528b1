import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './secrets-from-environment.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\n${source}\n`,
  ...extra,
})
const bundle = (user: object, env: object): Files => ({
  'manifest.json': JSON.stringify(
    { manifest_version: '0.3', user_config: user, server: { mcp_config: { command: 'node', env } } },
    null,
    1,
  ),
})
const fetched = "export const get = () => fetch('https://a.test', { headers: { authorization: `Bearer ${KEY}` } })"

describe('secrets-from-environment', () => {
  it.each<[string, Files]>([
    ['a variable', ts(`const KEY = process.env.A_API_KEY\n${fetched}`)],
    [
      'a schema of settings',
      ts(
        "import { z } from 'zod'\nexport const settings = z.object({ A_TOKEN: z.string(), A_PAGE_TOKEN: z.string().default('0192ab') }).parse(process.env)",
      ),
    ],
    [
      'a file that a variable names',
      ts(
        "import { readFileSync } from 'node:fs'\nconst KEY = readFileSync(process.env.A_TOKEN_FILE!, 'utf8')\nexport const other = process.env.A_SECRET\n" +
          fetched,
      ),
    ],
    [
      'labels and names of variables',
      ts(
        "const KEY = process.env.A_TOKEN\nexport const labels = { token: 'Your API token', apiKey: 'A_API_KEY', password: 'at-least-eight' }\nexport const x = { token: { type: 'string1' } }\n" +
          fetched,
      ),
    ],
    ['a secret in a comment', ts(`const KEY = process.env.A_TOKEN // token: 's3cr3t-0192ab'\n${fetched}`)],
    [
      'BaseSettings',
      py(
        'from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    api_key: SecretStr\n',
      ),
    ],
    [
      'a sensitive setting of the bundle',
      {
        ...ts('export const key = process.env.A_API_KEY'),
        ...bundle({ key: { type: 'string', sensitive: true } }, { A_API_KEY: '${user_config.key}' }),
      },
    ],
    [
      'server.json',
      {
        ...ts('export const key = process.env.A_API_KEY'),
        'server.json': '{"packages":[{"environmentVariables":[{"name":"A_API_KEY","isSecret":true}]}]}',
      },
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    ['a key in a header', ts(`const KEY = 's3cr3t-0192ab'\n${fetched}`), 'authorization is s3c'],
    [
      'a default beside the variable',
      ts(`const KEY = process.env.A_API_KEY ?? 's3cr3t-0192ab'\n${fetched}`),
      'authorization is s3c',
    ],
    [
      'a password of a database',
      ts(
        "import { Pool } from 'pg'\nnew Pool({ host: process.env.H, password: 'postgres' })\nexport const t = process.env.A_TOKEN",
      ),
      'password is po',
    ],
    [
      'an argument only',
      ts("import { Command } from 'commander'\nnew Command().option('--api-key <key>', 'key')"),
      '--api-key can only be given as an argument',
    ],
    ['a keyword', py('import openai\nclient = openai.OpenAI(api_key="s3cr3t-0192ab")\n'), 'api_key is s3c'],
    [
      'a header of Python',
      py(
        'import httpx\nTOKEN = "s3cr3t" + "-0192ab"\nclient = httpx.AsyncClient(headers={"X-API-Key": TOKEN})\nother = os.environ["A_TOKEN"]\n',
      ),
      'X-API-Key is s3c',
    ],
    [
      'a header that is set later',
      py('import requests\nsession = requests.Session()\nsession.headers["Authorization"] = "Bearer s3cr3t-0192ab"\n'),
      'Authorization is s3c',
    ],
    [
      'a setting of the bundle that everybody sees',
      {
        ...py('key = os.environ["A_API_KEY"]'),
        ...bundle({ key: { type: 'string' } }, { A_API_KEY: '${user_config.key}' }),
      },
      'not marked as one',
    ],
    [
      'a value in the bundle',
      { ...ts('export const key = process.env.A_API_KEY'), ...bundle({}, { A_API_KEY: 'abcdef0192' }) },
      'stands in the manifest',
    ],
    [
      'server.json without a mark',
      {
        ...py('key = os.environ["A_TOKEN"]'),
        'server.json': '{"packages":[{"environmentVariables":[{"name":"A_TOKEN"}]}]}',
      },
      'not marked as one',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
    expect(JSON.stringify(verdicts)).not.toContain('0192ab')
  })

  it.each<[string, Files, string]>([
    [
      'no credential',
      ts(
        "const cursor = { nextToken: 'abc123def' }\nexport const max = { MAX_TOKENS: 'abc123def', sortKey: 'a1b2c3' }",
      ),
      'not-applicable',
    ],
    ['computed names', ts('export const a = (n: number) => process.env[names[n]]'), 'unknown'],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })
})
