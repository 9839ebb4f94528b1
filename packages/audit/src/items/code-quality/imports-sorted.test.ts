import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import importsSorted from './imports-sorted.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(importsSorted, files)
  return { status, said: JSON.stringify(verdicts) }
}

const imports = (...modules: string[]) =>
  modules.map(module => (module === '' ? '' : `import { a } from '${module}'`)).join('\n') + '\n'

const linted = (plugin: string) =>
  JSON.stringify({ scripts: { lint: 'eslint .' }, devDependencies: { eslint: '9', [plugin]: '1' } })

describe('imports-sorted', () => {
  it.each<[string, Files]>([
    ['Python by section', { 'a.py': 'import os\n\nimport httpx\n\nfrom pkg import b\n', 'pkg/__init__.py': '' }],
    [
      'the first party below src',
      { 'src/pkg/__init__.py': '', 'src/pkg/a.py': 'import httpx\n\nfrom pkg import b\n', 'pyproject.toml': '' },
    ],
    [
      'sections that the project sets',
      {
        'pyproject.toml': '[tool.ruff.lint.isort]\nforce-sort-within-sections = true\n',
        'a.py': 'from abc import ABC\nimport os\n',
      },
    ],
    ['what is skipped by a comment', { 'a.py': '# isort: skip_file\nimport sys\nimport os\n' }],
    ['built-in modules, packages, files', { 'a.ts': imports('node:fs', '@a/b', 'zod', '../c.js', './d.js') }],
    ['packages in one alphabet', { 'a.ts': imports('@a/b', 'node:fs', 'zod', './d.js') }],
    ['groups with empty lines', { 'a.ts': imports('zod', '', 'node:fs', 'node:path', '', './a', './b') }],
    ['parents that are far away first', { 'a.ts': imports('zod', '../../z', '../b', './a') }],
    [
      'types after values',
      {
        'a.ts': "import { z } from 'zod'\nimport type { A } from 'a'\nimport type { B } from 'b'\n",
        'b.ts': imports('a', 'z'),
      },
    ],
    [
      'what only runs something',
      { 'a.ts': "import { z } from 'zod'\nimport './polyfill'\nimport { a } from 'a'\nimport { b } from 'b'\n" },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['unsorted Python', { 'a.py': 'import sys\nimport os\n' }, /I001/],
    ['sections mixed', { 'a.py': 'import httpx\nimport os\n' }, /I001/],
    ['unsorted TypeScript', { 'a.ts': imports('zod', 'axios', './b', 'node:fs') }, /stands after/],
    [
      'one file of many',
      { 'a.ts': imports('a', 'b', './c'), 'b.ts': imports('a', 'c', './c'), 'c.ts': imports('./c', 'b', 'a') },
      /1 of 3/,
    ],
    [
      'files in no order',
      { 'a.ts': imports('z', './b', 'a'), 'b.ts': imports('y', './c', 'b') },
      /most files keep none/,
    ],
    ['an organiser that nothing runs', { 'package.json': linted('x'), 'a.ts': imports('z', './b', 'a') }, /1 of 1/],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it('leaves open what a tool of the project sorts in its own way', async () => {
    const files = { 'package.json': linted('eslint-plugin-perfectionist'), 'a.ts': imports('z', './b', 'a') }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('says nothing about a file with one import', async () => {
    expect(await judge({ 'a.ts': imports('a') })).toMatchObject({ status: 'not-applicable' })
  })
})
