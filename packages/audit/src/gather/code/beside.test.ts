import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../../testing/gathered.ts'
import { modules } from './modules.ts'

const server = 'import httpx\nfrom mcp.server.fastmcp import FastMCP\nmcp = FastMCP("a")\n'
const base: Files = {
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["mcp"]\n[project.scripts]\na = "a.server:main"\n',
  'README.md': 'Install `addon.py` in the editor.\n',
  'src/a/server.py': server,
  'addon.py': 'import editor\nimport requests\ndef load():\n    return requests.get("https://a.test")\n',
}
const read = async (files: Files): Promise<string[]> =>
  (await gathered(modules, { ...base, ...files })).all.map(({ path }) => path).toSorted()

describe('files beside the source of a package', () => {
  it('leaves out an add-on that another program loads', async () => {
    expect(await read({})).toEqual(['src/a/server.py'])
  })

  it('leaves out a script beside a package without src/', async () => {
    expect(await read({ 'src/a/server.py': '', 'a/server.py': server })).toEqual(['a/server.py'])
  })

  it.each<[string, Files]>([
    ['the package runs with', { 'src/a/server.py': `${server}import addon\n` }],
    ['runs with the package', { 'addon.py': `${base['addon.py']}from a.server import mcp\n` }],
    ['starts a server', { 'addon.py': `${base['addon.py']}from fastmcp import FastMCP\n` }],
    ['is a script of the project', { 'pyproject.toml': `${base['pyproject.toml']}b = "addon:load"\n` }],
    ['is started in a container', { Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["python", "addon.py"]\n' }],
    ['is started by its name', { Makefile: 'run:\n\tpython -m addon\n' }],
    ['stands beside a server without src/', { 'src/a/server.py': '', 'server.py': server }],
  ])('keeps a file that %s', async (_, files) => {
    expect(await read(files)).toContain('addon.py')
  })
})
