import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { audit, type Report } from '../packages/audit/src/api.ts'

let root = ''
let outside = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airworthy-hostile-'))
  outside = mkdtempSync(join(tmpdir(), 'airworthy-outside-'))
})
afterEach(() => {
  for (const path of [root, outside]) rmSync(path, { recursive: true, force: true })
})

const write = (path: string, content: string | Buffer, executable = false): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
  if (executable) chmodSync(join(root, path), 0o755)
}

const git = (...args: string[]): void => {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@notes-mcp.dev']
  execFileSync('git', [...who, ...args], { cwd: root, env, stdio: 'ignore' })
}

const faults = ({ run, items }: Report): string[] =>
  [...run.notes, ...items.flatMap(({ verdicts }) => verdicts.map(({ because = '' }) => because))].filter(text =>
    text.includes('a fault of'),
  )

const read = async (): Promise<Report> => {
  const [report] = await audit({ target: { directory: root }, impact: 'read' })
  if (!report) throw new Error('no report')
  return report
}

const server = `import { McpServer } from '@modelcontextprotocol/server'
import { readFile } from 'node:fs/promises'
const server = new McpServer({ name: 'notes', version: '1.0.0' })
server.registerTool('read_note', { description: 'Reads one note.', inputSchema: {} }, async () => ({
  content: [{ type: 'text', text: await readFile('note.md', 'utf8') }],
}))
`

describe('a hostile repository', () => {
  it('executes nothing', { timeout: 120_000 }, async () => {
    const sign = (name: string): string => join(outside, name)
    const shell = (name: string): string => `#!/bin/sh\ntouch ${sign(name)}\n`
    const script = (name: string): string => `require('node:fs').writeFileSync(${JSON.stringify(sign(name))}, '')\n`
    const module = (name: string): string =>
      `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(sign(name))}, '')\nexport default {}\n`
    const python = (name: string): string => `open(${JSON.stringify(sign(name))}, "w").close()\n`
    const run = (name: string): string => `touch ${sign(name)}`

    write('src/server.ts', server)
    const scripts = ['preinstall', 'install', 'postinstall', 'prepare', 'prepack', 'build', 'lint', 'test', 'start']
    write(
      'package.json',
      JSON.stringify({
        name: 'notes-mcp',
        version: '1.0.0',
        bin: { 'notes-mcp': 'src/server.ts' },
        scripts: Object.fromEntries(scripts.map(name => [name, run(`script-${name}`)])),
        dependencies: { '@modelcontextprotocol/server': '^2.4.0' },
        prettier: './evil-prettier.cjs',
        eslintConfig: { extends: './evil-eslint.cjs' },
        jest: { globalSetup: './evil-jest.cjs' },
        'simple-git-hooks': { 'pre-commit': run('simple-git-hooks') },
        'lint-staged': { '*': run('lint-staged') },
      }),
    )
    for (const name of ['evil-prettier.cjs', 'evil-eslint.cjs', 'evil-jest.cjs', '.eslintrc.js', '.prettierrc.cjs'])
      write(name, script(name))
    for (const name of [
      '.pnpmfile.cjs',
      '.yarnrc.cjs',
      'commitlint.config.cjs',
      'release.config.cjs',
      '.lintstagedrc.cjs',
    ])
      write(name, script(name))
    for (const tool of ['eslint', 'prettier', 'vitest', 'vite', 'tsup', 'jest', 'oxlint', 'knip', 'lint-staged'])
      write(`${tool}.config.mjs`, module(`${tool}.config`))
    for (const tool of ['eslint', 'vitest', 'oxlint', 'prettier'])
      write(`${tool}.config.ts`, module(`${tool}.config.ts`))
    for (const name of ['tsc', 'eslint', 'prettier', 'oxlint', 'biome', 'vitest', 'git', 'ruff', 'node', 'sh'])
      write(`node_modules/.bin/${name}`, shell(`bin-${name}`), true)
    write(
      'node_modules/typescript/package.json',
      JSON.stringify({ name: 'typescript', version: '7.0.2', main: 'evil.js', bin: { tsc: 'evil.js' } }),
    )
    write('node_modules/typescript/evil.js', script('typescript'))
    write('node_modules/prettier-plugin-evil/index.js', script('prettier-plugin'))
    write('.prettierrc', JSON.stringify({ plugins: ['prettier-plugin-evil', './evil-prettier.cjs'] }))
    write('.oxlintrc.json', JSON.stringify({ jsPlugins: ['./evil-eslint.cjs'], extends: ['./evil-eslint.cjs'] }))
    write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { plugins: [{ name: './evil-eslint.cjs' }] }, extends: './evil-eslint.cjs' }),
    )
    write('.npmrc', `script-shell=${sign('npmrc')}\n`)
    write('.yarnrc.yml', 'yarnPath: ./.yarnrc.cjs\n')

    write('py/server.py', `from fastmcp import FastMCP\nmcp = FastMCP("n")\n${python('imported')}`)
    for (const name of [
      'setup.py',
      'conftest.py',
      'noxfile.py',
      'tasks.py',
      'sitecustomize.py',
      'usercustomize.py',
      'ruff.py',
      'fabfile.py',
    ])
      write(name, python(name))
    write(
      'pyproject.toml',
      '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n[project]\nname = "n"\nversion = "1"\n',
    )
    write('evil.py', python('backend'))
    write(
      '.pre-commit-config.yaml',
      `repos:\n  - repo: local\n    hooks:\n      - id: evil\n        name: evil\n        entry: ${run('pre-commit')}\n        language: system\n`,
    )
    write('Makefile', `X := $(shell ${run('make')})\nall:\n\t${run('make-all')}\n`)
    write('justfile', `x := \`${run('just')}\`\ndefault:\n  ${run('just-default')}\n`)
    write('Dockerfile', `FROM node:22\nRUN ${run('docker')}\n`)
    write(
      '.github/workflows/ci.yml',
      `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run('workflow')}\n`,
    )
    write('.envrc', run('envrc'))
    write('.env', `X=$(${run('env')})\n`)
    write('deploy/rules.yml', `groups: !!python/object/apply:os.system ['${run('yaml')}']\n`)

    git('init', '-q', '-b', 'main')
    git('add', '-A', '-f', '.')
    git('commit', '-q', '-m', 'feat: first')
    for (const hook of ['post-checkout', 'pre-commit', 'post-index-change', 'fsmonitor', 'reference-transaction'])
      write(`.git/hooks/${hook}`, shell(`hook-${hook}`), true)
    write('.gitattributes', '* filter=evil diff=evil\n*.ts textconv=evil\n')
    const config = [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.evil.command',
      'diff.external',
      'core.editor',
      'alias.log',
      'gpg.program',
      'uploadpack.packObjectsHook',
      'credential.helper',
    ]
    for (const name of config)
      git('config', name, `${name === 'alias.log' || name === 'credential.helper' ? '!' : ''}${run(`config-${name}`)}`)

    const report = await read()
    expect(faults(report)).toEqual([])
    expect(report.run.processes).toBe(0)
    expect(readdirSync(outside)).toEqual([])
  })
})

describe('a broken repository', () => {
  const start = (): void => {
    write('src/server.ts', server)
    write('README.md', '# Notes\n\nAn MCP server.\n')
    write(
      'package.json',
      JSON.stringify({
        name: 'notes-mcp',
        version: '1.0.0',
        dependencies: { '@modelcontextprotocol/server': '^2.4.0' },
      }),
    )
  }

  it.each<[string, () => void, RegExp | null]>([
    [
      'text that is not UTF-8',
      () => write('src/old.ts', Buffer.from("// caf\u00e9\nimport './server.ts'\n", 'latin1')),
      /src\/old\.ts: not UTF-8/,
    ],
    [
      'a bundle of 50 MB',
      () => write('dist/big.js', Buffer.alloc(50_000_000, 'var a=1;')),
      /dist\/big\.js: 50 MB, not read/,
    ],
    ['minified code', () => write('dist/small.js', `${'a=1;'.repeat(3000)}\n`), /dist\/small\.js: minified/],
    [
      'a syntax error',
      () =>
        write('src/broken.ts', `import { McpServer } from '@modelcontextprotocol/server'\nconst a = 1\nconst = {\n`),
      /src\/broken\.ts: read up to line 3 only/,
    ],
    [
      'a syntax error in Python',
      () => write('py/broken.py', 'from fastmcp import FastMCP\nmcp = FastMCP("n")\ndef x(:\n  pass\n'),
      null,
    ],
    ['broken YAML', () => write('.github/workflows/ci.yml', 'on: [push\njobs: {\n'), null],
    ['broken JSON', () => write('manifest.json', '{ "manifest_version": '), null],
    ['broken TOML', () => write('pyproject.toml', '[project\nname = 1\n'), null],
    ['a link in a circle', () => symlinkSync('.', join(root, 'again')), null],
    ['a link out of the tree', () => symlinkSync('/etc/passwd', join(root, 'README.txt')), null],
    [
      'a README that leads out of the tree',
      () => {
        rmSync(join(root, 'README.md'))
        symlinkSync('/etc/hostname', join(root, 'README.md'))
      },
      null,
    ],
    ['a repository without commits', () => git('init', '-q'), null],
    ['a repository that is none', () => write('.git/HEAD', 'nonsense\n'), null],
    ['a worktree of a repository that is gone', () => write('.git', 'gitdir: /nowhere/.git/worktrees/x\n'), null],
    ['a pipe for a file', () => execFileSync('mkfifo', [join(root, 'src/pipe.ts')]), null],
    [
      'nesting without end',
      () => write('src/deep.ts', `import './server.ts'\nexport const x = ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`),
      null,
    ],
    [
      'nesting without end in Python',
      () => write('py/deep.py', `from fastmcp import FastMCP\nx = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n`),
      null,
    ],
    [
      'a sum of ten thousand parts',
      () =>
        write(
          'src/sum.ts',
          `import './server.ts'\nexport const x = ${Array.from({ length: 10_000 }, () => "'a'").join(' + ')}\n`,
        ),
      null,
    ],
  ])('is read around %s', { timeout: 120_000 }, async (_, plant, note) => {
    start()
    plant()
    const report = await read()
    expect(faults(report)).toEqual([])
    expect(report.items.find(({ id }) => id === 'readme')?.status).toBe('fail')
    expect(note === null || report.run.notes.some(each => note.test(each)), report.run.notes.join('; ')).toBe(true)
  })

  it('says how little it knows of a shallow clone', { timeout: 120_000 }, async () => {
    start()
    git('init', '-q', '-b', 'main')
    for (const subject of ['feat: one', 'wip', 'fix: three']) {
      write('NOTES.md', subject)
      git('add', '-A')
      git('commit', '-q', '-m', subject)
    }
    const clone = join(outside, 'clone')
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${root}`, clone], { stdio: 'ignore' })
    const [report] = await audit({ target: { directory: clone }, impact: 'read', only: ['conventional-commits'] })
    expect(report?.items[0]).toMatchObject({ status: 'unknown' })
  })
})
