import { describe, expect, it } from 'vitest'
import { find, refuse } from '../../testing/found-launches.ts'
import { plant } from '../../testing/planted.ts'

const toml = `[project]
name = "weather"
dependencies = ["mcp>=1.2", "httpx"]
[project.scripts]
weather-server = "weather.app:main"
`
const fastmcp = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n"

describe('Python', () => {
  const venv = {
    '.venv/pyvenv.cfg': '',
    '.venv/bin/python!': '',
    '.venv/lib/python3.12/site-packages/mcp/__init__.py': '',
  }

  it('console script comes from the virtual environment', async () => {
    const found = await find({ ...venv, 'pyproject.toml': toml, '.venv/bin/weather-server!': '' })
    expect(found).toMatchObject({ line: '.venv/bin/weather-server', origin: 'pyproject.toml scripts "weather-server"' })
  })

  it('console script that is not installed, or without its dependencies, is refused with the step that helps', async () => {
    const { message, hint } = await refuse({ ...venv, 'pyproject.toml': toml })
    expect(message).toMatch(/"weather-server" cannot be started: it is not installed in .*\.venv$/)
    expect(hint).toMatch(/^run "\.venv\/bin\/pip install -e \." first/)
    const bare = {
      '.venv/pyvenv.cfg': '',
      '.venv/bin/weather-server!': '',
      '.venv/lib/python3.12/site-packages/pip/x': '',
    }
    expect((await refuse({ ...bare, 'pyproject.toml': toml })).message).toContain(
      'its dependencies are not installed in',
    )
  })

  it('script is called by the Python of the PATH when there is no environment', async () => {
    const files = { 'pyproject.toml': toml, 'src/weather/app.py': 'def main(): ...' }
    const before = process.env['VIRTUAL_ENV']
    delete process.env['VIRTUAL_ENV']
    try {
      const found = await find(files)
      expect(found.line).toBe('python3 -c import sys; from weather.app import main; sys.exit(main())')
      expect(found.env).toEqual({ PYTHONPATH: `${found.root}/src` })
      expect((await find({ ...files, 'src/weather/__main__.py': '' })).line).toBe('python3 -m weather')
    } finally {
      if (before !== undefined) process.env['VIRTUAL_ENV'] = before
    }
  })

  it('lock file of uv means uv', async () => {
    const before = process.env['PATH']
    const tools = plant({ 'uv!': '#!/bin/sh\n' })
    process.env['PATH'] = `${tools.root}:${before}`
    try {
      const found = await find({ 'pyproject.toml': toml, 'uv.lock': '' })
      expect(found.line).toBe('uv run --frozen --project . weather-server')
      process.env['PATH'] = '/nonexistent'
      expect((await refuse({ 'pyproject.toml': toml, 'uv.lock': '' })).message).toContain(
        'its command uv was not found',
      )
    } finally {
      process.env['PATH'] = before
      tools.remove()
    }
  })

  it.each([
    ['server.py', `${fastmcp}if __name__ == "__main__":\n    mcp.run()\n`],
    ['main.py', `import fastmcp\nserver = fastmcp.FastMCP('x')\nserver.run()\n`],
    ['weather.py', `from mcp.server import Server as S\nimport asyncio\ns = S('x')\nasyncio.run(main())\n`],
  ])('file %s that constructs and runs a server is run', async (file, text) => {
    const found = await find({ ...venv, [file]: text, 'tool.py': 'print(1)' })
    expect(found).toMatchObject({ line: `.venv/bin/python ${file}`, origin: file })
  })

  it('file is run when what it imports constructs the server, also as a package', async () => {
    const main = 'from weather.app import mcp\nif __name__ == "__main__":\n    mcp.run()\n'
    expect((await find({ ...venv, 'main.py': main, 'weather/app.py': fastmcp })).line).toBe('.venv/bin/python main.py')
    const relative = 'from .app import mcp\nmcp.run()\n'
    const found = await find({ ...venv, 'src/weather/__main__.py': relative, 'src/weather/app.py': fastmcp })
    expect(found.line).toBe('.venv/bin/python -m weather')
    expect(found.env).toEqual({ PYTHONPATH: `${found.root}/src` })
  })

  it.each([
    ['only mentions it', `"""${fastmcp}"""\nif __name__ == "__main__":\n    run()\n`],
    ['has a class of its own', "class FastMCP: ...\nFastMCP().run()\nif __name__ == '__main__':\n    x()\n"],
    ['never runs it', fastmcp],
  ])('file that %s is not a start command', async (_, text) => {
    expect((await refuse({ ...venv, 'server.py': text })).message).toBe('no start command found in DIR')
  })

  it('broken pyproject.toml is named', async () => {
    expect((await refuse({ 'pyproject.toml': '[project' })).hint).toContain('pyproject.toml (not valid TOML)')
  })
})
