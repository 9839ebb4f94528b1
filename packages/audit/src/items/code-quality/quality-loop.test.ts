import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import qualityLoop from './quality-loop.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(qualityLoop, files)
  return { status, said: JSON.stringify(verdicts) }
}

const workflow = (...steps: string[]): Files => ({
  '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map(step => `      - ${step}\n`).join('')}`,
})
const scripts = (all: Record<string, string>): Files => ({ 'package.json': JSON.stringify({ scripts: all }) })
const node = { lint: 'eslint .', format: 'prettier --check .', test: 'vitest run' }
const whole = { ...node, check: 'npm run lint && npm run format && npm test' }
const make = 'check: lint test\nlint:\n\truff check .\n\truff format --check .\ntest:\n\tpytest\n'
const nox =
  'import nox\n\n@nox.session\ndef lint(session):\n    session.run("ruff", "check")\n    session.run("ruff", "format", "--check")\n\n@nox.session\ndef tests(session):\n    session.run("pytest")\n'
const hooks =
  'repos:\n- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.14.0\n  hooks:\n  - id: ruff-check\n  - id: ruff-format\n- repo: local\n  hooks:\n  - id: tests\n    entry: uv run pytest\n    language: system\n'

describe('quality-loop', () => {
  it.each<[string, Files]>([
    ['a script that CI runs', { ...scripts(whole), ...workflow('run: npm run check') }],
    [
      'a script whose parts CI runs',
      { ...scripts(whole), ...workflow('run: npm run lint', 'run: npx prettier --check .', 'run: npm test') },
    ],
    ['run-s', { ...scripts({ ...node, check: 'run-s lint format test' }), ...workflow('run: npm run check') }],
    [
      'Biome, which does two of them',
      { ...scripts({ check: 'biome check && vitest run' }), ...workflow('run: npx biome ci .', 'run: npx vitest run') },
    ],
    [
      'a script before the tests',
      { ...scripts({ ...node, pretest: 'npm run lint && npm run format' }), ...workflow('run: npm test') },
    ],
    ['make with targets before it', { Makefile: make, ...workflow('run: make check') }],
    ['nox as a whole', { 'noxfile.py': nox, ...workflow('run: uvx nox') }],
    ['hooks with the tests', { '.pre-commit-config.yaml': hooks, ...workflow('uses: pre-commit/action@v3.0.1') }],
    [
      'actions for ruff',
      {
        Makefile: make,
        ...workflow(
          'uses: astral-sh/ruff-action@v3',
          'uses: astral-sh/ruff-action@v3\n        with: { args: format --check }',
          'run: uv run pytest',
        ),
      },
    ],
    [
      'Go',
      { Makefile: 'check:\n\tgofmt -l .\n\tgolangci-lint run\n\tgo test ./...\n', ...workflow('run: make check') },
    ],
    [
      'a shell script',
      {
        'scripts/check.sh': 'set -e\nruff check\nruff format --check\npytest\n',
        ...workflow('run: bash scripts/check.sh'),
      },
    ],
  ])('passes %s', async (_, files) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('pass')
  })

  it.each<[string, Files, RegExp]>([
    [
      'three commands',
      { ...scripts(node), ...workflow('run: npm run lint', 'run: npm run format', 'run: npm test') },
      /no command does all three/,
    ],
    [
      'a command without the format',
      { ...scripts({ ...node, check: 'npm run lint && npm test' }), ...workflow('run: npm run check') },
      /nothing in it looks at the format/,
    ],
    ['a command that nothing in CI runs', { ...scripts(whole), ...workflow('run: npm test') }, /no pipeline lints/],
    [
      'a step that no trigger reaches',
      { ...scripts(whole), ...workflow('run: npm run check\n        if: false') },
      /no pipeline/,
    ],
    [
      'a failure that is forgiven',
      {
        ...scripts({ ...node, check: 'npm run lint; npm run format || true; npm test' }),
        ...workflow('run: npm run check'),
      },
      /looks at the format/,
    ],
    [
      'another program in CI',
      { Makefile: make, ...workflow('run: flake8', 'run: black --check .', 'run: pytest') },
      /same program/,
    ],
    ['no pipeline', { ...scripts(whole), '.gitignore': '' }, /there is no pipeline/],
    [
      'only the name',
      { ...scripts({ check: 'echo lint format test' }), ...workflow('run: npm run check') },
      /no script, target or task/,
    ],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it.each<[string, Files]>([
    ['a pipeline elsewhere', { ...scripts(whole), Jenkinsfile: 'pipeline {}\n' }],
    ['a task that cannot be followed', { ...scripts({ check: 'nx affected' }), ...workflow('run: npm run check') }],
    [
      'a program of its own that starts others',
      {
        ...scripts({ ...node, devcheck: 'bun run scripts/devcheck.ts' }),
        'scripts/devcheck.ts': "import { spawn } from 'bun'\nspawn(['bunx', 'eslint', '.'])\n",
        ...workflow('run: npm run devcheck'),
      },
    ],
  ])('leaves %s open', async (_, files) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('unknown')
  })
})
