import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openRepository } from '../target/repository.ts'
import { bareTarget, type Files } from '../testing/repositories.ts'
import { isInScope, project, type Project } from './project.ts'

const roots: string[] = []
afterEach(() => roots.splice(0).forEach(root => rmSync(root, { recursive: true, force: true })))

const read = async (files: Files): Promise<Project> => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return project.gather(bareTarget({ repository: openRepository(root) }), {})
}

describe('project', () => {
  it('reads a node package', async () => {
    const { node, lockFiles, languages } = await read({
      'package.json': JSON.stringify({
        name: '@scope/weather',
        version: '1.2.3',
        bin: 'dist/index.js',
        workspaces: { packages: ['a'] },
      }),
      'package-lock.json': '{}',
      'src/index.ts': '',
      'src/index.test.ts': '',
      'src/types.d.ts': '',
    })
    expect(node[0]).toMatchObject({ version: '1.2.3', bin: { weather: 'dist/index.js' }, workspaces: ['a'] })
    expect(lockFiles).toEqual([{ path: 'package-lock.json', tool: 'npm' }])
    expect(languages).toEqual({ typescript: 1, javascript: 0, python: 0 })
  })

  it('reads a python project and requirements', async () => {
    const { python, requirements } = await read({
      'pyproject.toml':
        '[project]\nname="w"\nversion="1"\nrequires-python=">=3.11"\ndependencies=["Fast_MCP[x]>=2"]\n[project.scripts]\nw="w:main"\n[dependency-groups]\ndev=["mypy"]\n[tool.mypy]\nstrict=true',
      'requirements-dev.txt': '# all\n-r requirements.txt\nruff==0.5 # why\n',
    })
    expect(python[0]).toMatchObject({
      name: 'w',
      scripts: { w: 'w:main' },
      dependencies: [{ name: 'fast-mcp', spec: '[x]>=2' }],
      groups: { dev: [{ name: 'mypy', spec: '' }] },
      requiresPython: '>=3.11',
      tool: { mypy: { strict: true } },
    })
    expect(requirements[0]?.entries).toEqual([{ name: 'ruff', spec: '==0.5', line: 3 }])
  })

  it('reads the tables of Poetry', async () => {
    const { python } = await read({
      'pyproject.toml':
        '[tool.poetry]\nname="w"\nversion="2"\n[tool.poetry.dependencies]\npython="^3.11"\nmcp={version="^1"}\n[tool.poetry.group.dev.dependencies]\npyright="*"',
    })
    expect(python[0]).toMatchObject({
      name: 'w',
      version: '2',
      requiresPython: '^3.11',
      dependencies: [{ name: 'mcp', spec: '^1' }],
      groups: { dev: [{ name: 'pyright', spec: '*' }] },
    })
  })

  it('reports broken manifests', async () => {
    const { broken, node, python } = await read({ 'package.json': '{"name":', 'pyproject.toml': 'a = 1\nb =\n' })
    expect(node).toEqual([])
    expect(python).toEqual([])
    expect(broken.map(({ path, line }) => [path, line])).toEqual(
      expect.arrayContaining([
        ['package.json', undefined],
        ['pyproject.toml', 2],
      ]),
    )
  })

  const sdk = { '@modelcontextprotocol/sdk': '^1' }
  it('takes the package with the command and the SDK for the server', async () => {
    const { scope, languages } = await read({
      'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
      'packages/core/package.json': JSON.stringify({ name: 'core', dependencies: sdk }),
      'packages/server/package.json': JSON.stringify({ name: 'server', bin: 'x.js', dependencies: sdk }),
      'packages/server/x.js': '',
      'packages/core/y.js': '',
    })
    expect(scope).toMatchObject({ directory: 'packages/server', name: 'server' })
    expect(languages.javascript).toBe(1)
  })

  it('leaves out packages below the server that it does without', async () => {
    const files = {
      'package.json': '{"name":"hub","dependencies":{"@modelcontextprotocol/sdk":"^1","@hub/core":"workspace:*"}}',
      'frontend/package.json': '{"name":"@hub/frontend","dependencies":{"react-dom":"^19"}}',
      'packages/core/package.json': '{"name":"@hub/core"}',
      'src/package.json': '{"type":"module"}',
      'plugins/x/package.json': '{"name":"x","dependencies":{"@modelcontextprotocol/sdk":"^1"}}',
      'other/package.json': '{"name":"other","dependencies":{"@modelcontextprotocol/sdk":"^1"}}',
      'other/package-lock.json': '{}',
    }
    const found = await read(files)
    const paths = Object.keys(files).map(path => path.replace(/package(-lock)?.json/, 'a.ts'))
    expect(paths.filter(path => isInScope(found, path))).toEqual([
      'a.ts',
      'packages/core/a.ts',
      'src/a.ts',
      'plugins/x/a.ts',
    ])
  })

  it('keeps a folder that has a lock file and is what the root builds', async () => {
    const files = {
      'package.json': JSON.stringify({ name: 'a', bin: 'dist/server.js', dependencies: sdk }),
      'tsup.config.ts': "export default { entry: ['src/server/index.ts'] }",
      'src/server/package.json': JSON.stringify({ name: 'a-server', dependencies: sdk }),
      'src/server/bun.lock': '',
      'src/server/index.ts': '',
    }
    expect(isInScope(await read(files), 'src/server/index.ts')).toBe(true)
    const others = { ...files, 'tsup.config.ts': '', 'tsconfig.json': '{ "exclude": ["src/server/"] }' }
    expect(isInScope(await read(others), 'src/server/index.ts')).toBe(false)
  })

  it('leaves out a plugin in another language, which no server of this one can import', async () => {
    const found = await read({
      'pyproject.toml':
        '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp"]\n[project.scripts]\nnotes = "a:main"\n',
      'plugins/x/package.json': '{"name":"x","dependencies":{"@modelcontextprotocol/sdk":"^1"}}',
    })
    expect(isInScope(found, 'plugins/x/a.ts')).toBe(false)
  })

  it('takes the whole directory when several packages could be the server', async () => {
    const server = (name: string): string => JSON.stringify({ name, bin: 'x.js', dependencies: sdk })
    const { scope } = await read({ 'package.json': '{}', 'a/package.json': server('a'), 'b/package.json': server('b') })
    expect(scope).toMatchObject({ directory: '', others: ['a', 'b'] })
  })

  it('takes what runs with a shared private library, not the library', async () => {
    const member = (name: string, dependencies: object): string => JSON.stringify({ name, private: true, dependencies })
    const common = { 'libs/common/package.json': member('@all/common', sdk) }
    const app = (name: string): string => member(name, { '@all/common': '*' })
    const { scope } = await read({ ...common, 'apps/a/package.json': app('a'), 'apps/b/package.json': app('b') })
    expect(scope.others).toEqual(['apps/a', 'apps/b'])
    const { scope: one } = await read({ ...common, 'apps/a/package.json': app('a') })
    expect(one).toMatchObject({ directory: 'libs/common', others: [] })
  })

  it('takes the whole directory when a package only starts a program of another language', async () => {
    const { scope, unread } = await read({
      'go.mod': 'module acme/notes',
      'cmd/main.go': '',
      'pkg/notes.go': '',
      'npm/notes/package.json': JSON.stringify({ name: 'notes-mcp', bin: 'index.js' }),
      'npm/notes/index.js': '',
      'npm/notes-linux/package.json': JSON.stringify({ name: 'notes-mcp-linux' }),
    })
    expect({ directory: scope.directory, unread }).toEqual({ directory: '', unread: 'Go' })
  })

  it('takes the folder of the only package when that is a server', async () => {
    const server = JSON.stringify({ name: 'a', dependencies: sdk })
    expect((await read({ 'a/package.json': server })).scope).toMatchObject({ directory: 'a', name: 'a' })
    expect((await read({ 'site/package.json': '{"name":"site"}' })).scope.directory).toBe('')
  })

  it('leaves out a page of the same name in another language', async () => {
    const files = {
      'pyproject.toml': '[project]\nname = "a"\ndependencies = ["mcp"]\n[project.scripts]\na = "a:main"\n',
      'ui/package.json': JSON.stringify({ name: 'a', private: true, dependencies: { react: '^19' } }),
    }
    expect((await read(files)).scope).toMatchObject({ directory: '', apart: ['ui'] })
  })

  it('takes a root that is listed in requirements.txt before an add-on below it', async () => {
    const files = {
      'requirements.txt': 'fastmcp>=3\n',
      'setup.py': 'setup()\n',
      'package.json': JSON.stringify({ name: 'a', bin: 'bin/cli.js' }),
      'app/package.json': JSON.stringify({ name: 'a-app', bin: 'main.js', dependencies: sdk }),
      'app/package-lock.json': '{}',
    }
    const { scope } = await read(files)
    expect(scope).toMatchObject({ directory: '', others: [], apart: ['app'] })
  })
})
