import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../testing/gathered.ts'
import { runsOf } from './runs.ts'
import { tasks } from './tasks.ts'

const follow = async (script: string, files: Files, directory: string | null = '') =>
  runsOf(script, directory, await gathered(tasks, files))
const programs = async (script: string, files: Files): Promise<string[]> =>
  (await follow(script, files)).runs.map(({ words }) => words.join(' '))

const manifest = (scripts: Record<string, string>, name = 'x'): string => JSON.stringify({ name, scripts })

describe('runs', () => {
  it.each([
    ['npm run lint', { lint: 'eslint src' }, ['eslint src']],
    ['npm test -- --coverage', { pretest: 'tsc', test: 'vitest run' }, ['tsc', 'vitest run --coverage']],
    [
      'npm run all',
      { all: 'run-s lint:*', 'lint:a': 'eslint .', 'lint:b': 'npx prettier@3 --check .' },
      ['eslint .', 'prettier --check .'],
    ],
    ['npm ci', { prepare: 'npm run build', build: 'tsup' }, ['tsup', 'npm ci']],
    ['npm ci --ignore-scripts', { prepare: 'tsup' }, ['npm ci --ignore-scripts']],
    [
      'npm publish --access public',
      { prepublishOnly: 'npm test', test: 'ava' },
      ['ava', 'npm publish --access public'],
    ],
    ['yarn lint', { lint: 'biome lint' }, ['biome lint']],
    ['pnpm eslint .', {}, ['eslint .']],
    ['bun run build', { build: 'bun build src/x.ts' }, ['bun build src/x.ts']],
    ['npx -y @biomejs/biome@2 ci .', {}, ['biome ci .']],
    ['npx concurrently "npm:a" "vitest run"', { a: 'oxlint' }, ['oxlint', 'vitest run']],
    ['node --run test', { test: 'node --test' }, ['node --test']],
    ['npm test', { test: 'node --test tests/*.test.mjs' }, ['node --test tests/*.test.mjs']],
    ['npm run a', { a: 'npm run a' }, []],
  ])('follows %s', async (script, scripts: Record<string, string>, expected) => {
    expect(await programs(script, { 'package.json': manifest(scripts) })).toEqual(expected)
  })

  it.each([
    ['bin', { bin: { 'run-tsc': './bin/run-tsc' } }],
    ['directories', { directories: { bin: 'bin' } }],
  ])('follows a command of the workspace, by %s', async (_, given) => {
    const files = {
      'package.json': manifest({ types: 'run-tsc' }),
      'tools/package.json': JSON.stringify({ name: '@all/tools', ...given }),
      'tools/bin/run-tsc': '#!/bin/sh\ntsc --noEmit\n',
    }
    expect(await programs('npm run types', files)).toEqual(['tsc --noEmit'])
  })

  it('runs what a shell of nix is told to, and what that shell may define itself is open', async () => {
    const files = { 'package.json': manifest({}) }
    expect(await programs('nix develop --command pytest -q', files)).toEqual(['pytest -q'])
    const { opaque } = await follow("nix develop -c bash -c 'run-tests -m unit'", files)
    expect(opaque[0]).toContain('run-tests')
    expect(await programs('nix develop', files)).toEqual(['nix develop'])
  })

  it('follows recipes of just with defaults, in another folder', async () => {
    const files = {
      justfile:
        'bench url="redis://x:1" run="latest":\n    just --justfile tools/justfile --working-directory tools check\n',
      'tools/justfile': 'check:\n    python3 {{root}}/check.py\n    ruff check\n',
    }
    expect(await follow('just bench', files)).toMatchObject({ missing: [] })
    expect(await programs('just bench', files)).toContain('ruff check')
  })

  it('does not miss scripts of a package that is not read', async () => {
    const found = await follow('cd website && npm run build', { 'website/package.json': manifest({ build: 'next' }) })
    expect(found).toMatchObject({ missing: [], opaque: ['npm run build'] })
  })

  it.each<[string, Files]>([
    ['script/test', { 'script/test': 'set -eu\n\ngo test -race ./...' }],
    ['./bin/check --fast', { 'bin/check': '#!/usr/bin/env bash\nset -e\ngo test -race ./...\n' }],
    ['sh hack/verify', { 'hack/verify': '#!/bin/sh\ngo test -race ./...\n' }],
  ])('follows the script without an ending of %s', async (script, files) => {
    expect((await programs(script, files)).filter(each => !each.startsWith('set '))).toEqual(['go test -race ./...'])
  })

  it('takes no program for a script of the shell', async () => {
    expect(await programs('bin/check', { 'bin/check': '#!/usr/bin/env python3\nimport os\n' })).toEqual(['bin/check'])
    expect((await follow('script/test', {})).missing).toEqual([])
  })

  it('says which script is missing', async () => {
    const { runs, missing } = await follow('npm run lint', { 'package.json': manifest({}) })
    expect(runs).toEqual([])
    expect(missing).toMatchObject([{ command: 'npm run lint', wanted: 'a script "lint" in package.json' }])
    expect((await follow('npm run lint --if-present', { 'package.json': manifest({}) })).missing).toEqual([])
  })

  it('reaches packages of a monorepo', async () => {
    const files = {
      'package.json': manifest({ test: 'turbo run test' }),
      'packages/a/package.json': manifest({ test: 'vitest run' }, 'a'),
      'packages/b/package.json': manifest({ test: 'jest' }, '@s/b'),
    }
    expect(await programs('pnpm -r test', { ...files, 'package.json': manifest({ test: 'pnpm -r test' }) })).toEqual([
      'vitest run',
      'jest',
    ])
    expect(await programs('npm test', files)).toEqual(['vitest run', 'jest'])
    expect(await programs('pnpm --filter @s/b test', files)).toEqual(['jest'])
    expect(await programs('cd packages/a && npm test', files)).toEqual(['vitest run'])
    expect(await programs('npm test -w packages/b', files)).toEqual(['jest'])
  })

  it.each([
    ['uv run --frozen pytest -q', 'pytest -q'],
    ['python -m pytest', 'pytest'],
    ['uv run python -m unittest discover', 'unittest discover'],
    ['poetry run coverage run -m pytest', 'pytest'],
    ['uvx ruff@0.5 check', 'ruff check'],
    ['.venv/bin/pytest', 'pytest'],
    ['node --experimental-vm-modules node_modules/jest/bin/jest.js --ci', 'jest --ci'],
    ['sudo timeout -k 5 60 npx eslint .', 'eslint .'],
  ])('takes the prefixes off %s', async (script, expected) => {
    expect(await programs(script, {})).toEqual([expected])
  })

  it.each([
    [
      'make check',
      { Makefile: 'UV ?= uv run\n.PHONY: check\ncheck: lint\n\t@$(UV) pytest\nlint:\n\truff check .\n' },
      ['ruff check .', 'pytest'],
    ],
    [
      'just test',
      { justfile: 'test *args: build\n    pytest {{args}}\nbuild:\n    uv build\n' },
      ['uv build', 'pytest {{args}}'],
    ],
    [
      'task ci',
      { 'Taskfile.yml': 'tasks:\n  ci:\n    deps: [lint]\n    cmds: [pytest]\n  lint: ruff check' },
      ['ruff check', 'pytest'],
    ],
    [
      'tox -e lint,py311',
      { 'tox.ini': '[testenv]\ncommands =\n    pytest {posargs:tests}\n[testenv:lint]\ncommands = ruff check\n' },
      ['ruff check', 'pytest tests'],
    ],
    [
      'nox -s tests',
      {
        'noxfile.py':
          'import nox\n@nox.session(python=["3.11"])\ndef tests(session):\n    session.install("x")\n    session.run("pytest", "-q")\n',
      },
      ['pytest -q'],
    ],
    [
      'hatch run lint:all',
      { 'pyproject.toml': '[tool.hatch.envs.lint.scripts]\nall = ["ruff check", "mypy ."]\n' },
      ['ruff check', 'mypy .'],
    ],
    ['pdm run test', { 'pyproject.toml': '[tool.pdm.scripts]\ntest = "pytest"\n' }, ['pytest']],
    [
      'uv run poe check',
      { 'pyproject.toml': '[tool.poe.tasks]\nlint = "ruff check"\ncheck = ["lint"]\n' },
      ['ruff check'],
    ],
    [
      'pre-commit run -a',
      {
        '.pre-commit-config.yaml': 'repos:\n- repo: local\n  hooks:\n  - id: lint\n    entry: make\n    args: [lint]\n',
        Makefile: 'all:\n\techo all\nlint:\n\truff check\n',
      },
      ['ruff check'],
    ],
    [
      'pre-commit run --all-files',
      {
        '.pre-commit-config.yaml':
          'repos:\n- repo: https://github.com/astral-sh/ruff-pre-commit\n  hooks:\n  - id: ruff-check\n',
      },
      ['ruff-check'],
    ],
    ['./scripts/ci.sh', { 'scripts/ci.sh': '#!/bin/sh\nset -e\nmypy src || true\n' }, ['set -e', 'mypy src', 'true']],
    ['bash -c "pytest && ruff check"', {}, ['pytest', 'ruff check']],
  ])('follows %s', async (script, files: Files, expected) => {
    expect(await programs(script, files)).toEqual(expected)
  })

  it.each([
    ['./scripts/none.sh', {}],
    ['make none', { Makefile: 'all:\n\ttrue\n' }],
    ['nox', {}],
    ['python scripts/none.py', {}],
    ['hatch run tests:none && just x', {}],
  ])('says what is missing for %s', async (script, files: Files) => {
    expect((await follow(script, files)).missing).toHaveLength(1)
  })

  it('remembers a swallowed failure', async () => {
    const { runs } = await follow('npm run lint || true', { 'package.json': manifest({ lint: 'eslint .' }) })
    expect(runs[0]).toMatchObject({ words: ['eslint', '.'], via: ['npm run lint', 'eslint .'], tolerated: true })
  })
})
