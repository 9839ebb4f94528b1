import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './pre-commit.ts'

const node = (more: object = {}, scripts: object = {}): Record<string, string> => ({
  'package.json': JSON.stringify({
    name: 'weather',
    scripts: { lint: 'eslint .', format: 'prettier --check .', ...scripts },
    ...more,
  }),
  '.gitignore': '',
})
const husky = (text: string, scripts: object = { prepare: 'husky' }, more: object = {}): Record<string, string> => ({
  ...node(more, scripts),
  '.husky/pre-commit': text,
})
const framework = (text: string): Record<string, string> => ({
  'pyproject.toml': '[project]\nname = "weather"\n',
  '.gitignore': '',
  '.pre-commit-config.yaml': text,
})
const ruff =
  'repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.14.6\n    hooks:\n      - id: ruff\n      - id: ruff-format\n'

describe('pre-commit', () => {
  it.each([
    ['husky', husky('npm run lint\nnpm run format\n')],
    [
      'husky and lint-staged',
      husky('npx lint-staged\n', undefined, { 'lint-staged': { '*.ts': ['eslint --fix', 'prettier --write'] } }),
    ],
    ['lint-staged in YAML', { ...husky('npx lint-staged\n'), '.lintstagedrc': "'*.ts':\n  - biome check --write\n" }],
    [
      'ESLint that formats',
      husky('npm run lint\n', undefined, { devDependencies: { '@stylistic/eslint-plugin': '5' } }),
    ],
    [
      'simple-git-hooks',
      node({ 'simple-git-hooks': { 'pre-commit': 'npm run lint && npm run format' } }, { prepare: 'simple-git-hooks' }),
    ],
    [
      'lefthook',
      {
        ...node({ devDependencies: { lefthook: '2' } }),
        'lefthook.yml':
          'pre-commit:\n  commands:\n    lint:\n      run: npx eslint {staged_files}\n    format:\n      run: npx prettier --write {staged_files}\n',
      },
    ],
    [
      'a folder of hooks',
      {
        ...node({}, { prepare: 'git config core.hooksPath .githooks' }),
        '.githooks/pre-commit': '#!/bin/sh\nnpm run lint && npm run format\n',
      },
    ],
    ['ruff', framework(ruff)],
    [
      'other tools',
      framework(
        'repos:\n  - repo: https://github.com/psf/black\n    rev: 26.1.0\n    hooks: [{ id: black }]\n  - repo: https://github.com/pycqa/flake8\n    rev: 7.3.0\n    hooks: [{ id: flake8 }]\n',
      ),
    ],
    [
      'local hooks that call make',
      {
        ...framework(
          'repos:\n  - repo: local\n    hooks:\n      - { id: all, name: all, entry: make check, language: system }\n',
        ),
        Makefile: 'check:\n\truff check\n\truff format --check\n',
      },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['no hooks', node(), 'no hooks'],
    ['husky that nothing installs', husky('npm run lint\nnpm run format\n', {}), 'never runs'],
    ['a hook of tests alone', husky('npm test\n', { prepare: 'husky', test: 'vitest' }), 'it runs vitest'],
    ['a linter alone', husky('npm run lint\n'), 'does not format'],
    ['a comment', husky('# npm run lint\nnpm run format\n'), 'does not lint'],
    ['a script that is missing', husky('npm run style\nnpm run format\n'), 'there is no script "style"'],
    ['lint-staged without settings', husky('npx lint-staged\n'), 'there is no configuration of lint-staged'],
    [
      'hooks before the push',
      framework(ruff.replaceAll('id: ruff\n', 'id: ruff\n        stages: [pre-push]\n')),
      'does not lint',
    ],
    ['a repository without rev', framework(ruff.replace('    rev: v0.14.6\n', '')), 'no rev'],
    ['broken YAML', framework('repos: ['), 'it is refused'],
  ])('fails with %s', async (_, files, saw) => {
    const result = await judgeFiles(item, files)
    expect(result).toMatchObject({ status: 'fail' })
    expect(result.verdicts[0]?.evidence?.[0]?.saw).toContain(saw)
  })

  it.each([
    ['settings that are code', { ...husky('npx lint-staged\n'), 'lint-staged.config.js': 'export default {}' }],
    ['an unpacked archive', { 'pyproject.toml': '', 'PKG-INFO': '' }],
  ])('does not decide with %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
  })
})
