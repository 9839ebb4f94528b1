import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './registry-package.ts'

const manifest = {
  name: 'notes-mcp',
  version: '1.0.0',
  bin: { 'notes-mcp': 'dist/index.js' },
  files: ['dist'],
  scripts: { build: 'tsc', prepublishOnly: 'npm run build' },
}
const npm = (changed: object = {}, files: Files = {}): Files => ({
  '.gitignore': 'dist\nnode_modules\n',
  'package.json': JSON.stringify({ ...manifest, ...changed }),
  'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }',
  'src/index.ts': "#!/usr/bin/env node\nimport { serve } from './serve.js'\nserve()\n",
  'src/serve.ts': 'export const serve = (): void => {}\n',
  ...files,
})
const pyproject = (scripts: string, more = ''): string =>
  `[project]\nname = "notes-mcp"\nversion = "1.0.0"\nreadme = "README.md"\n${more}\n[project.scripts]\nnotes-mcp = "${scripts}"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n`
const setuptools = (scripts: string, more: string): string =>
  `${pyproject(scripts).replaceAll('hatchling.build', 'setuptools.build_meta').replace('hatchling', 'setuptools')}${more}`
const pypi = (text: string, files: Files = {}): Files => ({
  '.gitignore': '.venv\n',
  'pyproject.toml': text,
  'README.md': '# Notes\n',
  'src/notes_mcp/__init__.py': '',
  'src/notes_mcp/cli.py': 'def main() -> None:\n    pass\n\n\nasync def serve() -> None:\n    pass\n',
  ...files,
})
const publish = (before: string): Files => ({
  '.github/workflows/release.yml': `on: { push: { tags: ['v*'] } }\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${before}\n      - run: npm publish\n`,
})
const hookless = { scripts: { build: 'tsc' } }
const wheel = '[tool.hatch.build.targets.wheel]\npackages = ["src/other"]\n'
const judge = (files: Files) => judgeFiles(item, files)

describe('registry-package', () => {
  it.each<[string, Files]>([
    ['a package for npm', npm()],
    ['a build in the release', npm(hookless, publish('npm run build'))],
    [
      'a bundler that writes one file',
      npm(
        { files: ['dist/index.js'], scripts: { prepare: 'esbuild src/index.ts --bundle --outfile=dist/index.js' } },
        { 'src/index.ts': "import './serve.js'\n" },
      ),
    ],
    [
      'a bundler that a script of its own calls',
      npm(
        { bin: 'bin/cli.mjs', files: ['bin'], scripts: { prepare: 'tsc && node tools/make.js' } },
        { 'tools/make.js': "import { build } from 'esbuild'\nawait build({ outfile: 'bin/cli.mjs' })\n" },
      ),
    ],
    [
      'a compiler that writes several forms, and a script that puts the first line there',
      npm(
        { bin: 'dist/esm/index.js', files: ['dist'], scripts: { build: 'tshy && node tools/first.cjs' } },
        {
          'src/index.ts': "import './serve.js'\n",
          'tools/first.cjs': "const first = '#!/usr/bin/env node'\nprepend('dist/esm/index.js', first)\n",
          ...publish('npm run build'),
        },
      ),
    ],
    [
      'plain JavaScript',
      npm(
        { bin: 'cli.js', files: ['cli.js', 'lib'], scripts: {} },
        { 'cli.js': "#!/usr/bin/env node\nimport './lib/a.js'\n", 'lib/a.js': '' },
      ),
    ],
    ['a package for PyPI', pypi(pyproject('notes_mcp.cli:main'))],
    [
      'a function from another module',
      pypi(pyproject('notes_mcp:main'), {
        'src/notes_mcp/__init__.py': 'from notes_mcp.cli import main\n\n__all__ = ["main"]\n',
      }),
    ],
    [
      'a flat layout',
      pypi(pyproject('notes_mcp.cli:main'), { 'notes_mcp/__init__.py': '', 'notes_mcp/cli.py': 'def main(): ...\n' }),
    ],
    [
      'Poetry',
      pypi(
        '[tool.poetry]\nname = "notes-mcp"\nversion = "1.0.0"\npackages = [{ include = "notes_mcp", from = "src" }]\n[tool.poetry.scripts]\nnotes-mcp = "notes_mcp.cli:main"\n[build-system]\nbuild-backend = "poetry.core.masonry.api"\n',
      ),
    ],
    [
      'modules of setuptools below its root',
      pypi(
        setuptools(
          'main:main',
          '[tool.setuptools]\npy-modules = ["main"]\n[tool.setuptools.package-dir]\n"" = "src"\n',
        ),
        { 'src/main.py': 'def main(): ...\n' },
      ),
    ],
    [
      'packages that setuptools finds beside its modules',
      pypi(
        setuptools(
          'notes_mcp.cli:main',
          '[tool.setuptools]\npy-modules = ["main"]\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
        ),
      ),
    ],
  ])('accepts %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['a private package', npm({ private: true }), 'private'],
    ['no version', npm({ version: undefined }), 'the version is missing'],
    ['no command', npm({ bin: undefined }), 'neither bin nor main'],
    ['a file that nothing builds', npm({ scripts: {} }), 'nothing builds it'],
    ['files that are left out', npm({ files: ['dist/index.js'] }), 'dist/serve.js, which files leaves out'],
    ['what .gitignore leaves out', npm({ files: undefined }), 'which .gitignore leaves out'],
    [
      'a bundler that a script calls for another file',
      npm(
        { bin: 'bin/cli.mjs', files: ['bin'], scripts: { prepare: 'tsc && node tools/make.js' } },
        { 'tools/make.js': "import { build } from 'esbuild'\nawait build({ outfile: 'web/page.js' })\n" },
      ),
      'nothing builds it',
    ],
    [
      'a script that only speaks of a bundler',
      npm(
        { bin: 'bin/cli.mjs', files: ['bin'], scripts: { prepare: 'tsc && node tools/make.js' } },
        { 'tools/make.js': "console.log('no esbuild for bin/cli.mjs yet')\n" },
      ),
      'nothing builds it',
    ],
    ['no #! line', npm({}, { 'src/index.ts': "import './serve.js'\n" }), 'no #! line'],
    ['another folder', npm({}, { 'tsconfig.json': '{ "compilerOptions": { "outDir": "build" } }' }), 'writes to build'],
    ['a release without a build', npm(hookless, publish('npm ci')), 'nothing builds dist/index.js before'],
    ['a module that is not there', pypi(pyproject('notes_mcp.server:main')), 'a module of this package'],
    ['a function that is not there', pypi(pyproject('notes_mcp.cli:run')), 'does not define'],
    ['a coroutine', pypi(pyproject('notes_mcp.cli:serve')), 'a coroutine'],
    [
      'modules of setuptools alone',
      pypi(setuptools('notes_mcp.cli:main', '[tool.setuptools]\npy-modules = ["main"]\n')),
      'the wheel only has main.py',
    ],
    ['another wheel', pypi(pyproject('notes_mcp.cli:main') + wheel), 'the wheel only has src/other'],
    [
      'a README that is not there',
      pypi(pyproject('notes_mcp.cli:main').replace('README.md', 'README.rst')),
      'README.rst does not exist',
    ],
    [
      'a classifier against it',
      pypi(pyproject('notes_mcp.cli:main', 'classifiers = ["Private :: Do Not Upload"]')),
      'Private',
    ],
    ['scripts without a package', { 'server.py': 'print(1)\n', 'requirements.txt': 'fastmcp\n' }, 'no package.json'],
  ])('fails %s', async (_, files, reason) => {
    const result = await judge(files)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it.each<[string, Files]>([
    ['a build that only a person starts', npm(hookless)],
    ['setup.py', { 'setup.py': 'from setuptools import setup\nsetup()\n', 'server.py': '' }],
    ['another language', { 'go.mod': 'module x', 'main.go': 'package main' }],
  ])('does not decide about %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })
})

const entry = (changed: object = {}): string =>
  JSON.stringify({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-10-17/server.schema.json',
    name: 'io.github.ada/notes',
    packages: [{ registryType: 'npm', identifier: 'notes-mcp', version: '1.0.0', ...changed }],
  })

describe('a package of a workspace', () => {
  it('is compiled into a folder of its own', async () => {
    const inner = Object.entries(npm()).map(([path, text]): [string, string] => [`packages/notes/${path}`, text])
    const files = { 'package.json': '{"name":"all","private":true}', ...Object.fromEntries(inner) }
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })
})

describe('registry-package, server.json', () => {
  const named = { mcpName: 'io.github.ada/notes' }
  it.each<[string, Files, string]>([
    ['is right', npm(named, { 'server.json': entry() }), 'pass'],
    ['is absent', npm(), 'not-applicable'],
    ['names another version', npm(named, { 'server.json': entry({ version: '0.9.0' }) }), 'fail'],
    ['names another package', npm(named, { 'server.json': entry({ identifier: 'notes' }) }), 'fail'],
    ['is not claimed by the package', npm({}, { 'server.json': entry() }), 'fail'],
    [
      'is claimed by the README',
      pypi(pyproject('notes_mcp.cli:main'), {
        'README.md': '<!-- mcp-name: io.github.ada/notes -->\n',
        'server.json': entry({ registryType: 'pypi' }),
      }),
      'pass',
    ],
  ])('%s', async (_, files, status) => {
    const { verdicts } = await judge(files)
    expect(verdicts[1]).toMatchObject({ status, rows: [] })
  })

  it('gets its version at the release', async () => {
    const set = publish('jq .version=1 server.json > x')
    const { verdicts } = await judge(npm(named, { 'server.json': entry({ version: '0.0.0' }), ...set }))
    expect(verdicts[1]).toMatchObject({ status: 'pass' })
  })

  it('gets the name of its package at the release', async () => {
    const files = { 'server.json': entry({ identifier: '@ada/notes-hub' }) }
    const renamed = publish(`jq '.name = "@ada/notes-hub"' package.json > x`)
    expect((await judge(npm(named, { ...files, ...renamed }))).verdicts[1]).toMatchObject({ status: 'pass' })
    const other = publish(`jq '.description = "@ada/notes-hub"' package.json > x`)
    expect((await judge(npm(named, { ...files, ...other }))).verdicts[1]).toMatchObject({ status: 'fail' })
  })
})
