import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { judgeItem } from '../../engine/judge.ts'
import { collect } from '../../engine/schedule.ts'
import { needsOf } from '../../core/item.ts'
import { faultsIn } from '../../instruments/compiler.ts'
import { openRepository } from '../../target/repository.ts'
import { bareTarget, judgeFiles, type Files } from '../../testing/repositories.ts'
import typeChecked from './type-checked.ts'

const scripts = (all: Record<string, string>, more = {}): string => JSON.stringify({ name: 'x', scripts: all, ...more })
const ts = { 'src/index.ts': 'export const a = 1\n', 'tsconfig.json': '{"compilerOptions":{"strict":true}}' }
const py = { 'pkg/server.py': 'a: int = 1\n' }
const workflow = (run: string): string =>
  `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`

const stepStatus = async (files: Files) => (await judgeFiles(typeChecked, files)).verdicts[0]?.status

const roots: string[] = []
afterEach(() => roots.splice(0).forEach(root => rmSync(root, { recursive: true, force: true })))

/** Judges with a checker of the project that prints this and ends with this code. */
const judgeStarted = async (files: Files, checker: string, output: string, code: number) => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  roots.push(root, scratch)
  const all = { ...files, [checker]: `#!/bin/sh\ncat <<'END'\n${output}\nEND\nexit ${code}\n` }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  chmodSync(join(root, checker), 0o755)
  const target = bareTarget({ repository: openRepository(root), scratch })
  const wanted = typeChecked.checks.flatMap(needsOf).map(([, need]) => need)
  const outcomes = await collect(wanted, { target, impact: 'start', lanes: 1, listener: () => {} })
  return judgeItem(typeChecked, outcomes, { profile: 'complete' })
}

describe('type-checked', () => {
  it.each([
    ['tsc in the build', { ...ts, 'package.json': scripts({ build: 'tsc' }) }],
    [
      'tsc behind another script',
      { ...ts, 'package.json': scripts({ build: 'npm run types && tsup', types: 'tsc --noEmit -p .' }) },
    ],
    ['vue-tsc', { ...ts, 'package.json': scripts({ check: 'vue-tsc --noEmit' }) }],
    ['tsc in CI', { ...ts, 'package.json': scripts({}), '.github/workflows/a.yml': workflow('npx tsc --noEmit') }],
    [
      'checked JavaScript',
      {
        'src/a.js': 'f()',
        'tsconfig.json': '{"compilerOptions":{"checkJs":true}}',
        'package.json': scripts({ lint: 'tsc --noEmit' }),
      },
    ],
    ['mypy in a Makefile', { ...py, Makefile: 'check:\n\tuv run mypy pkg\n' }],
    ['pyright in CI', { ...py, '.github/workflows/a.yml': workflow('uv run pyright') }],
    ['ty in tox', { ...py, 'tox.ini': '[testenv:types]\ncommands = ty check\n' }],
    [
      'mypy before a commit',
      {
        ...py,
        '.pre-commit-config.yaml':
          'repos:\n  - repo: https://github.com/pre-commit/mirrors-mypy\n    rev: v1\n    hooks:\n      - id: mypy\n',
      },
    ],
  ])('finds %s and waits for the compiler', async (_, files) => {
    const result = await judgeFiles(typeChecked, files)
    expect(result.status).toBe('unknown')
    expect(result.verdicts.map(({ status }) => status)).toEqual(['pass', 'unknown'])
    expect(result.verdicts[1]?.because).toBe('needs --impact start')
  })

  it.each([
    [
      'a build that skips types',
      { ...ts, 'package.json': scripts({ build: 'tsup src/index.ts', dev: 'tsx src/index.ts', test: 'vitest' }) },
    ],
    [
      'esbuild and swc',
      { ...ts, 'package.json': scripts({ build: 'esbuild src/index.ts --bundle', old: 'swc src -d dist' }) },
    ],
    ['a tolerated tsc', { ...ts, 'package.json': scripts({ build: 'tsc || true' }) }],
    ['tsc that does not check', { ...ts, 'package.json': scripts({ build: 'tsc --noCheck', v: 'tsc --version' }) }],
    [
      'noCheck in the settings',
      {
        ...ts,
        'tsconfig.json': '{\n// no\n"compilerOptions":{"noCheck":true,},}',
        'package.json': scripts({ build: 'tsc' }),
      },
    ],
    ['only TypeScript installed', { ...ts, 'package.json': scripts({}, { devDependencies: { typescript: '5' } }) }],
    ['plain JavaScript', { 'src/a.js': 'f()', 'package.json': scripts({ start: 'node src/a.js' }) }],
    [
      'Python without a checker',
      { ...py, 'pyproject.toml': '[project]\nname="x"\n', Makefile: 'check:\n\truff check .\n' },
    ],
    ['Python beside checked TypeScript', { ...ts, ...py, 'package.json': scripts({ build: 'tsc' }) }],
  ])('fails with %s', async (_, files) => {
    expect(await judgeFiles(typeChecked, files as Files)).toMatchObject({ status: 'fail', proof: 'repository' })
  })

  it.each([
    ['a checker that nothing runs', { ...py, 'pyproject.toml': '[dependency-groups]\ndev=["pyright"]\n' }],
    [
      'a compiler inside another tool',
      { ...ts, 'package.json': scripts({ test: 'jest' }, { devDependencies: { 'ts-jest': '29' } }) },
    ],
    ['no source', { 'README.md': '' }],
  ])('does not decide: %s', async (_, files) => {
    expect(await stepStatus(files as Files)).toBe('unknown')
  })

  it('says whether it is strict', async () => {
    const files = { ...ts, 'tsconfig.json': '{"extends":"./base"}', 'base.json': '{"compilerOptions":{"strict":true}}' }
    const result = await judgeFiles(typeChecked, { ...files, 'package.json': scripts({ build: 'tsc' }) })
    expect(result.verdicts[0]?.evidence?.[0]?.saw).toBe('tsc in script "build"; strict: true (tsconfig.json)')
  })

  const built = { ...ts, 'package.json': scripts({ build: 'tsc' }) }
  const tsc = 'node_modules/.bin/tsc'

  it('passes what the compiler accepts', async () => {
    expect(await judgeStarted(built, tsc, '', 0)).toMatchObject({ status: 'pass' })
    const mypy = { ...py, Makefile: 'check:\n\tmypy pkg\n' }
    expect(await judgeStarted(mypy, '.venv/bin/mypy', 'Success: no issues', 0)).toMatchObject({ status: 'pass' })
  })

  it('fails what the compiler refuses', async () => {
    const result = await judgeStarted(built, tsc, "src/index.ts(3,5): error TS2322: Type 'a' is not assignable.", 2)
    expect(result.status).toBe('fail')
    expect(result.verdicts[1]?.evidence?.[0]).toMatchObject({
      at: 'src/index.ts',
      line: 3,
      saw: "TS2322: Type 'a' is not assignable.",
    })
    const mypy = { ...py, Makefile: 'check:\n\tmypy pkg\n' }
    const output = 'pkg/server.py:1: error: Incompatible types in assignment  [assignment]'
    expect(await judgeStarted(mypy, '.venv/bin/mypy', output, 1)).toMatchObject({ status: 'fail' })
  })

  it('fails a clean source that no step checks', async () => {
    const files = { ...ts, 'package.json': scripts({ build: 'tsup' }) }
    expect((await judgeStarted(files, tsc, '', 0)).verdicts.map(({ status }) => status)).toEqual(['fail', 'pass'])
  })

  it('does not take a missing installation for wrong types', async () => {
    const output = "src/index.ts(1,20): error TS2307: Cannot find module 'zod' or its corresponding type declarations."
    expect(await judgeStarted(built, tsc, output, 2)).toMatchObject({ status: 'unknown' })
    expect(await judgeStarted({ ...built, 'README.md': '' }, 'other', '', 0)).toMatchObject({ status: 'unknown' })
  })

  it('does not take a compiler that breaks down for wrong types', async () => {
    expect(await judgeStarted(built, tsc, 'Segmentation fault', 139)).toMatchObject({ status: 'unknown' })
    expect(await judgeStarted(built, tsc, "error TS5023: Unknown compiler option 'x'.", 1)).toMatchObject({
      status: 'unknown',
    })
  })

  it.each([
    ['/r/pkg/a.py:3:5 - error: "x" is not defined (reportUndefinedVariable)', 'pkg/a.py', 3],
    ['  /r/pkg/a.py:3:5 - error: "x" is not defined', 'pkg/a.py', 3],
    ['pkg/a.py:4:1: error[unresolved-reference] Name `x` used when not defined', 'pkg/a.py', 4],
    ['pkg/a.py:7:2: error: Name "x" is not defined  [name-defined]', 'pkg/a.py', 7],
    ['error TS18003: No inputs were found in config file.', null, null],
  ])('reads %s', (output, path, line) => {
    expect(faultsIn(output, '/r')).toMatchObject([{ path, line }])
  })

  it('reads no fault in a note or a warning', () => {
    expect(faultsIn('pkg/a.py:1: note: See x\n/r/a.py:1:1 - warning: y\nFound 1 error in 1 file', '/r')).toEqual([])
  })
})
