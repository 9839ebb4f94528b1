import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './schema-library-version.ts'

type Files = Record<string, string>
const ts = (source: string, range: string, version?: string): Files => ({
  'package.json': JSON.stringify({ name: 'a', dependencies: { '@modelcontextprotocol/server': '^2.4.0', zod: range } }),
  ...(version ? { 'package-lock.json': JSON.stringify({ packages: { 'node_modules/zod': { version } } }) } : {}),
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
})
const py = (source: string, lock = 'name = "pydantic"\nversion = "2.14.3"'): Files => ({
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp>=4", "pydantic"]\n',
  ...(lock ? { 'uv.lock': `[[package]]\n${lock}\n` } : {}),
  'src/a/server.py': `from fastmcp import FastMCP\n${source}\n`,
})

describe('schema-library-version', () => {
  it.each<[string, Files]>([
    ['zod 4', ts("import { z } from 'zod'", '^4.0.0', '4.6.7')],
    ['zod 4 by its range', ts("import * as z from 'zod'", '^4.1.0')],
    ['zod 4 inside zod 3.25', ts("import { z } from 'zod/v4'", '^3.25.0', '3.25.76')],
    ['zod 4 mini', ts("import * as z from 'zod/mini'", '^4.1.0')],
    [
      'pydantic 2',
      py(
        'from pydantic import BaseModel, ConfigDict, field_validator\nclass A(BaseModel):\n    model_config = ConfigDict(frozen=True)',
      ),
    ],
    [
      'pydantic below fastmcp',
      { ...py('', ''), 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp>=4"]\n' },
    ],
    ['a class Config of its own', py('class Config:\n    pass\nclass A:\n    class Config:\n        debug = True')],
    [
      'names for both versions',
      py(
        'try:\n    from pydantic import field_validator as validator\nexcept ImportError:\n    from pydantic import validator',
      ),
    ],
    [
      'a validator of another package',
      py('from marshmallow import validator\nclass A:\n    @validator("x")\n    def x(self): ...'),
    ],
    ['an old name in a text', py('OLD = "from pydantic.v1 import BaseModel"  # pydantic.v1')],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    ['zod 3', ts("import { z } from 'zod'", '^3.25.0 || ^4.0.0', '3.25.76'), 'zod 3.25.76'],
    ['the zod 3 inside zod 4', ts("import { z } from 'zod/v3'", '^4.0.0', '4.6.7'), 'zod/v3'],
    ['pydantic.v1', py('from pydantic.v1 import BaseModel'), 'pydantic.v1.BaseModel'],
    [
      'an old validator',
      py('import pydantic\nclass A(pydantic.BaseModel):\n    @pydantic.validator("x")\n    def x(cls, v): ...'),
      '@pydantic.validator',
    ],
    [
      'class Config',
      py(
        'from pydantic import BaseModel\nclass Base(BaseModel):\n    x: int\nclass A(Base):\n    class Config:\n        frozen = True',
      ),
      'class Config in A',
    ],
    ['pydantic 1', py('from pydantic import BaseModel', 'name = "pydantic"\nversion = "1.10.2"'), 'pydantic 1.10.2'],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    ['neither', ts('', '^4.0.0'), 'not-applicable'],
    ['no version', ts("import { z } from 'zod'", 'latest'), 'unknown'],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('does not guess with %s', async (_, files, status) => {
    expect((await judgeFiles(item, files)).status).toBe(status)
  })
})
