import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './config-documentation.ts'

type Files = Record<string, string>

const readme = (...names: string[]): Files => ({
  'README.md': `# Notes\n\n## Settings\n\n| Name | Meaning |\n| --- | --- |\n${names.map(name => `| \`${name}\` | what it is for |\n`).join('')}`,
})
const ts = (source: string): Files => ({ 'package.json': '{"name":"notes-mcp"}', 'src/index.ts': source })
const py = (source: string): Files => ({
  'pyproject.toml': '[project]\nname = "notes-mcp"\n',
  'src/notes/server.py': source,
})

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(item, files)
  return {
    status,
    text: verdicts.map(({ because, evidence }) => because ?? evidence?.map(({ saw }) => saw).join('\n')).join('\n'),
  }
}

const reads: [how: string, files: Files, names: string[]][] = [
  ['a property', ts('export const dir = process.env.NOTES_DIR'), ['NOTES_DIR']],
  ['an index', ts("export const dir = process.env['NOTES_DIR'] ?? '.'"), ['NOTES_DIR']],
  ['destructuring', ts("const { NOTES_DIR, NOTES_PORT: port = '1' } = process.env"), ['NOTES_DIR', 'NOTES_PORT']],
  [
    'another name for the environment',
    ts("import { env } from 'node:process'\nconst all = env\nconst a = all.NOTES_DIR\nconst b = env['NOTES_KEY']"),
    ['NOTES_DIR', 'NOTES_KEY'],
  ],
  ['a parameter', ts('export const load = (env: NodeJS.ProcessEnv = process.env) => env.NOTES_DIR'), ['NOTES_DIR']],
  [
    'a parameter, and another of the same name that holds what was read',
    ts(
      'const parse = (env: NodeJS.ProcessEnv) => ({ dir: env.NOTES_DIR })\nexport const merge = (cli: Args, env: Args) => cli.dir ?? env.dir',
    ),
    ['NOTES_DIR'],
  ],
  [
    'a constant',
    ts(
      "const NAME = 'NOTES_DIR'\nconst KEYS = { key: 'NOTES_KEY' } as const\nconst a = process.env[NAME] + process.env[KEYS.key]",
    ),
    ['NOTES_DIR', 'NOTES_KEY'],
  ],
  [
    'a wrapper',
    ts(
      "const read = (name: string) => process.env[name]\nfunction number(name: string) { return Number(read(name)) }\nconst a = read('NOTES_DIR')\nconst b = number('NOTES_PORT')",
    ),
    ['NOTES_DIR', 'NOTES_PORT'],
  ],
  [
    'a wrapper of another file',
    {
      ...ts("import { read } from './env.js'\nconst a = read('DIR')"),
      'src/env.ts': 'export function read(name: string) { return process.env[`NOTES_${name}`] }',
    },
    ['NOTES_DIR'],
  ],
  [
    'a loop',
    ts(
      "for (const name of ['NOTES_A', 'NOTES_B']) console.error(process.env[name])\nconst all = ['NOTES_C'].map(key => process.env[key])",
    ),
    ['NOTES_A', 'NOTES_B', 'NOTES_C'],
  ],
  [
    'a schema',
    ts(
      "import { z } from 'zod'\nconst schema = z.object({ NOTES_DIR: z.string() }).strict()\nexport const settings = schema.parse(process.env)",
    ),
    ['NOTES_DIR'],
  ],
  [
    'a schema of another file',
    {
      ...ts("import { schema } from './schema.js'\nschema.safeParse(process.env)"),
      'src/schema.ts': 'export const schema = z.object({ NOTES_DIR: z.string() })',
    },
    ['NOTES_DIR'],
  ],
  [
    'envalid',
    ts("import { cleanEnv, str } from 'envalid'\ncleanEnv(process.env, { NOTES_DIR: str() })"),
    ['NOTES_DIR'],
  ],
  ['t3-env', ts('createEnv({ server: { NOTES_DIR: z.string() }, runtimeEnv: process.env })'), ['NOTES_DIR']],
  [
    'convict',
    ts("import convict from 'convict'\nconvict({ dir: { format: String, env: 'NOTES_DIR' } })"),
    ['NOTES_DIR'],
  ],
  ['commander', ts("program.addOption(new Option('--dir <dir>', 'the folder').env('NOTES_DIR'))"), ['NOTES_DIR']],
  [
    'a parameter that is called like an attribute of a class',
    py(
      'import os\ndef read(name, default):\n    return os.environ.get(name) or default\nclass Tool:\n    name = "notes_find"\nlimit = read("NOTES_LIMIT", 10)',
    ),
    ['NOTES_LIMIT'],
  ],
  [
    'os.environ',
    py('import os\na = os.environ["NOTES_DIR"]\nb = os.environ.get("NOTES_KEY", "")\nc = "NOTES_DEBUG" in os.environ'),
    ['NOTES_DIR', 'NOTES_KEY', 'NOTES_DEBUG'],
  ],
  [
    'getenv',
    py('from os import environ, getenv\nNAME = "NOTES_DIR"\na = getenv(NAME)\nb = environ["NOTES_KEY"]'),
    ['NOTES_DIR', 'NOTES_KEY'],
  ],
  [
    'a Python wrapper',
    {
      ...py('from .env import number\nport = number("PORT")'),
      'src/notes/env.py':
        'import os\ndef read(name, default=None):\n    return os.getenv(f"NOTES_{name}", default)\ndef number(name):\n    return int(read(name))\n',
    },
    ['NOTES_PORT'],
  ],
  [
    'a Python loop',
    py('import os\nKEYS = ("NOTES_A", "NOTES_B")\nfound = {key: os.getenv(key) for key in KEYS}'),
    ['NOTES_A', 'NOTES_B'],
  ],
  [
    'BaseSettings',
    py(
      'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="NOTES_")\nclass Settings(Base):\n    dir: str = "."\n    key: str = Field(validation_alias=AliasChoices("NOTES_KEY", "NOTES_TOKEN"))\n',
    ),
    ['NOTES_DIR', 'NOTES_KEY', 'NOTES_TOKEN'],
  ],
  [
    'class Config',
    py('class Settings(pydantic.BaseSettings):\n    dir: str\n    class Config:\n        env_prefix = "notes_"\n'),
    ['NOTES_DIR'],
  ],
  [
    'environs',
    py('from environs import Env\nenv = Env()\nwith env.prefixed("NOTES_"):\n    a = env.str("DIR")\n'),
    ['NOTES_DIR'],
  ],
  ['decouple', py('from decouple import config\na = config("NOTES_DIR", default=".")\n'), ['NOTES_DIR']],
  [
    'typer',
    py('def main(dir: str = typer.Option(".", "--dir", envvar="NOTES_DIR", help="the folder")): ...'),
    ['NOTES_DIR'],
  ],
]

describe('config-documentation', () => {
  it.each(reads)('finds what is read by %s', async (_, files, names) => {
    expect(await judge({ ...files, ...readme(...names) })).toMatchObject({ status: 'pass' })
    for (const missing of names) {
      const { status, text } = await judge({ ...files, ...readme(...names.filter(name => name !== missing)) })
      expect([status, text]).toEqual(['fail', expect.stringContaining(`${missing} is read here`)])
    }
  })

  const server = ts('export const dir = process.env.NOTES_DIR')
  const pythonServer = py('import os\ndir = os.environ["NOTES_DIR"]\n')
  it.each([
    ['a list', { 'README.md': '## Environment\n\n- `NOTES_DIR`: folder of the notes\n' }],
    ['prose', { 'docs/settings.md': 'The notes are read from the folder that NOTES_DIR names.' }],
    ['.env.example', { '.env.example': '# Folder of the notes\nNOTES_DIR=./notes\n' }],
    ['a commented example', { 'README.md': '```sh\nexport NOTES_DIR=./notes # where the notes are\n```' }],
    ['a value that tells', { 'README.md': '```json\n{ "env": { "NOTES_DIR": "/path/to/notes" } }\n```' }],
    [
      'the manifest',
      {
        'manifest.json':
          '{"manifest_version":"0.3","user_config":{"dir":{"type":"directory","title":"Folder","description":"Folder of the notes"}},"server":{"mcp_config":{"command":"node","env":{"NOTES_DIR":"${user_config.dir}"}}}}',
      },
    ],
    [
      'server.json',
      {
        'server.json':
          '{"packages":[{"environmentVariables":[{"name":"NOTES_DIR","description":"Folder of the notes"}]}]}',
      },
    ],
  ])('takes %s for documentation', async (_, documents) => {
    expect(await judge({ ...server, ...documents })).toMatchObject({ status: 'pass' })
    expect(await judge({ ...pythonServer, ...documents })).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['a changelog', { 'CHANGELOG.md': 'The notes are read from the folder that NOTES_DIR names.' }],
    ['instructions for agents', { 'AGENTS.md': 'The notes are read from the folder that NOTES_DIR names.' }],
    ['the bare name', { 'README.md': '```json\n{ "env": { "NOTES_DIR": "1" } }\n```' }],
    ['an example without a word', { '.env.example': 'NOTES_DIR=\n' }],
    ['a longer name', { 'README.md': 'The notes are read from the folder that NOTES_DIRECTORY names.' }],
  ])('does not take %s for documentation', async (_, documents: Files) => {
    expect(await judge({ ...server, ...documents })).toMatchObject({ status: 'fail' })
    expect(await judge({ ...pythonServer, ...documents })).toMatchObject({ status: 'fail' })
  })

  it('fails with a documented setting that nothing reads', async () => {
    const { status, text } = await judge({ ...server, ...readme('NOTES_DIR', 'NOTES_COLOUR') })
    expect([status, text]).toEqual(['fail', 'NOTES_COLOUR is documented, but nothing reads it'])
    expect(await judge({ ...pythonServer, ...readme('NOTES_DIR', 'NOTES_COLOUR') })).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['of others', { ...server, ...readme('NOTES_DIR', 'OPENAI_BASE_URL', 'NODE_OPTIONS') }],
    [
      'in bold',
      {
        ...server,
        'README.md':
          '## Settings\n\n1. **`NOTES_DIR`** – Folder of the notes\n2. **`NOTES`** – Standard notes variable\n',
      },
    ],
    [
      'that a script hands on',
      { ...server, ...readme('NOTES_DIR', 'NOTES_HEAP'), 'run.sh': 'node --max-old-space-size=$NOTES_HEAP .' },
    ],
    [
      'whose name is computed',
      {
        ...ts('export const read = (a: string, b: string) => process.env[`NOTES_${a}_${b}`]'),
        'README.md': '- `NOTES_*`: settings by name of the folder\n- `NOTES_A_B`: one of them\n',
      },
    ],
  ])('leaves alone documented settings %s', async (_, files: Files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it('looks at the code of the server only, and at no variable of the platform', async () => {
    const files = {
      ...ts('export const a = [process.env.HOME, process.env.HTTPS_PROXY, process.env.CI, process.env.NODE_ENV]'),
      'test/x.test.ts': 'process.env.NOTES_TEST',
      'vitest.config.ts': 'process.env.NOTES_CONFIG',
      'scripts/build.ts': 'process.env.NOTES_BUILD',
    }
    expect(await judge(files)).toMatchObject({ status: 'not-applicable' })
  })

  it('does not take text and writes for reads', async () => {
    const files = ts(
      "// process.env.NOTES_A\nconst text = 'process.env.NOTES_B'\nprocess.env.NOTES_C = '1'\ndelete process.env.NOTES_D\nconst e = { ...process.env }",
    )
    expect(await judge(files)).toMatchObject({ status: 'not-applicable' })
    expect(await judge(py('import os\nos.environ["NOTES_A"] = "1"\ntext = "os.environ[NOTES_B]"\n'))).toMatchObject({
      status: 'not-applicable',
    })
  })

  it('wants options to be explained by --help or a document', async () => {
    const option = 'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--notes-dir"HELP)\n'
    expect(await judge(py(option.replace('HELP', ', help="folder"')))).toMatchObject({ status: 'pass' })
    expect(await judge(py(option.replace('HELP', '')))).toMatchObject({ status: 'fail' })
    expect(
      await judge({
        ...py(option.replace('HELP', '')),
        'README.md': 'Give the folder of the notes with `--notes-dir`.',
      }),
    ).toMatchObject({ status: 'pass' })
    expect(await judge(ts("program.option('--notes-dir <dir>')"))).toMatchObject({ status: 'fail' })
    expect(await judge(ts("program.option('--notes-dir <dir>', 'folder')"))).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no source', { 'main.go': 'package main', 'README.md': '' }],
    ['nothing but computed names', ts('export const a = (n: number) => process.env[names[n]]')],
    [
      'a bundle with its dependencies',
      { 'package.json': '{}', 'dist/index.js': '// node_modules/x/index.js\nprocess.env.X_DEBUG\n' },
    ],
  ])('does not decide with %s', async (_, files: Files) => {
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('reads files that are named like scripts where the server asks for them', async () => {
    const tool = { 'src/tools/deploy-notes.ts': 'export const deploy = () => process.env.NOTES_KEY' }
    const asking = { ...ts("import { deploy } from './tools/deploy-notes.js'\ndeploy()"), ...tool }
    expect((await judge(asking)).text).toContain('NOTES_KEY is read here')
    expect(await judge({ ...ts('export {}'), ...tool })).toMatchObject({ status: 'not-applicable' })
    const python = { 'src/notes/generate_text.py': 'import os\nkey = os.environ["NOTES_KEY"]\n' }
    const importing = { ...py('from .generate_text import key\n'), ...python }
    expect((await judge(importing)).text).toContain('NOTES_KEY is read here')
    expect(await judge({ ...py('x = 1\n'), ...python })).toMatchObject({ status: 'not-applicable' })
  })

  it('leaves out what pipelines set for every program', async () => {
    const source =
      "export const inPipeline = ['TRAVIS', 'CIRCLECI', 'BUILDKITE', 'JENKINS_URL'].some(each => process.env[each])"
    expect(await judge(ts(source))).toMatchObject({ status: 'not-applicable' })
  })
})
