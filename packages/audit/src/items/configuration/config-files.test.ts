import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './config-files.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\nexport const key = process.env.A_KEY\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\nkey = os.environ.get("A_KEY")\n${source}\n`,
  ...extra,
})

describe('config-files', () => {
  it.each<[string, Files]>([
    ['dotenv', ts("import dotenv from 'dotenv'\ndotenv.config({ path: process.env.A_FILE ?? '.env', quiet: true })")],
    ['dotenv by its side effect', ts("import 'dotenv/config'")],
    [
      'loadEnvFile behind a check',
      ts("import { existsSync } from 'node:fs'\nif (existsSync('.env')) process.loadEnvFile('.env')"),
    ],
    [
      'loadEnvFile in a try',
      ts(
        "import process from 'node:process'\ntry {\n  process.loadEnvFile()\n} catch {\n  console.error('no file')\n}",
      ),
    ],
    [
      'the start script',
      ts('', { 'package.json': '{"name":"a","scripts":{"start":"node --env-file-if-exists=.env dist/index.js"}}' }),
    ],
    ['load_dotenv', py('from dotenv import find_dotenv, load_dotenv\nload_dotenv(find_dotenv(), override=False)\n')],
    [
      'env_file of BaseSettings',
      py(
        'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n    key: str = ""\n',
      ),
    ],
    [
      'class Config',
      py(
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    key: str = ""\n    class Config:\n        env_file = ".env"\n',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    ['none', ts(''), 'the environment and the command line alone'],
    [
      'a file that wins',
      ts("import { config } from 'dotenv'\nconfig({ override: true })"),
      'the file goes before the environment',
    ],
    ['a file that has to be there', ts('process.loadEnvFile()'), 'does not start without the file'],
    [
      'a mention',
      ts("// dotenv.config()\nimport dotenv from 'dotenv'\nexport const text = 'load_dotenv()'"),
      'the environment and the command line alone',
    ],
    ['none in Python', py(''), 'the environment and the command line alone'],
    [
      'a file that wins in Python',
      py('import dotenv\ndotenv.load_dotenv(override=True)\n'),
      'the file goes before the environment',
    ],
    [
      'env_file that is None',
      py(
        'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=None)\n    key: str = ""\n',
      ),
      'the environment and the command line alone',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it('looks at the places that call a reader', async () => {
    const reader = (call: string): Files =>
      ts(
        `import { existsSync, readFileSync } from 'node:fs'\nconst path = process.env.A_CONFIG ?? 'config.json'\nconst read = (file: string) => JSON.parse(readFileSync('config.json', 'utf8'))\n${call}`,
      )
    expect(JSON.stringify(await judgeFiles(item, reader('read(path)')))).toContain('without the file')
    expect(JSON.stringify(await judgeFiles(item, reader('if (existsSync(path)) read(path)')))).not.toContain(
      'without the file',
    )
  })

  it('takes what stands in a variable for no file', async () => {
    const inline = ts('export const all = JSON.parse(process.env.A_CONFIG_JSON!)')
    expect(JSON.stringify(await judgeFiles(item, inline))).not.toContain('without the file')
  })

  it.each<[string, Files, string]>([
    [
      'no settings',
      { 'package.json': '{}', 'src/index.ts': "import { McpServer } from '@modelcontextprotocol/server'" },
      'not-applicable',
    ],
    [
      'a file of its own',
      ts(
        "import { existsSync, readFileSync } from 'node:fs'\nconst path = process.env.A_CONFIG ?? 'config.json'\nexport const file = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}",
      ),
      'unknown',
    ],
    [
      'sources in another order',
      py(
        'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n    key: str = ""\n    @classmethod\n    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n        return dotenv_settings, env_settings\n',
      ),
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })
})
