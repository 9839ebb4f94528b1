import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../core/verdict.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import lintClean from './lint-clean.ts'

const old = '[project]\nname = "a"\nrequires-python = ">=3.10"\n'
const judge = (files: Files) => judgeFiles(lintClean, files)
const evidenceOf = async (files: Files): Promise<Evidence[]> => {
  const [verdict] = (await judge(files)).verdicts
  return verdict?.evidence ?? []
}

describe('lint-clean', () => {
  it('passes clean code and names the tools', async () => {
    const files = { 'server.py': 'import os\n\nprint(os.name)\n', 'src/index.ts': 'export const a = 1\n' }
    expect(await judge(files)).toMatchObject({ status: 'pass', proof: 'repository' })
    expect(JSON.stringify(await evidenceOf(files))).toMatch(/ruff \d+\.\d.*oxlint \d+\.\d/)
  })

  it.each([
    ['an unused import', { 'a.py': 'import os\n' }, 'F401', 1],
    ['an undefined name', { 'a.py': 'x = 1\nprint(y)\n' }, 'F821', 2],
    ['a syntax error in Python', { 'a.py': 'def f(:\n' }, 'invalid-syntax', 1],
    ['syntax that its oldest Python lacks', { 'a.py': 'type A = int\n', 'pyproject.toml': old }, 'invalid-syntax', 1],
    ['an unused import in a test', { 'tests/test_a.py': 'import os\n' }, 'F401', 1],
    ['an unused variable', { 'a.ts': '\nconst a = 1\n' }, 'eslint(no-unused-vars)', 2],
    ['a comparison with NaN', { 'a.js': 'export default x => x === NaN\n' }, 'eslint(use-isnan)', 1],
    ['a syntax error in TypeScript', { 'a.ts': 'const = 1\n' }, 'syntax', 1],
  ])('fails with %s', async (_, files, rule, line) => {
    expect(await judge(files as Files)).toMatchObject({ status: 'fail' })
    const [first] = await evidenceOf(files)
    expect(first?.saw.startsWith(`${rule}:`)).toBe(true)
    expect(first?.line).toBe(line)
  })

  it('is not switched off by a configuration of the target', async () => {
    const files = { '.oxlintrc.json': '{"ignorePatterns":["**"],"rules":{"no-debugger":"off"}}', 'a.js': 'debugger\n' }
    expect(await judge(files)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['noqa', { 'a.py': 'import os  # noqa: F401\n' }],
    [
      'per-file ignores',
      {
        'a.py': 'x = 1\n',
        'pkg/__init__.py': 'import os\n',
        'pyproject.toml': '[tool.ruff.lint.per-file-ignores]\n"__init__.py" = ["F401"]\n',
      },
    ],
    ['exclude', { 'a.py': 'x = 1\n', 'old/b.py': 'import os\n', 'ruff.toml': 'exclude = ["old"]\n' }],
  ])('honours %s', async (_, files) => {
    expect(await judge(files as Files)).toMatchObject({ status: 'pass' })
  })

  it('leaves build output and fixtures alone', async () => {
    const files = { 'dist/a.js': 'debugger\n', 'fixtures/b.py': 'import os\n' }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })
})
