import { describe, expect, it } from 'vitest'
import { majorsOf } from '../../gather/concurrency/allowed-versions.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import asyncIo from './async-io.ts'

const decorated =
  'from fastmcp import FastMCP\nmcp = FastMCP("a")\n@mcp.tool\ndef read(name: str) -> str:\n    return open(name).read()\n'
const added = (register: string, from = 'fastmcp', work = 'open(name).read()'): string =>
  `from ${from} import FastMCP
from fastmcp.tools import Tool
import clickhouse_connect
mcp = FastMCP("a")
def read(name: str) -> str:
    return ${work}
${register}
`
const server = (text: string, more: Files = {}): Files => ({ 'pkg/server.py': text, ...more })
const asking = (...wanted: string[]): Files => ({
  'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = ${JSON.stringify(wanted)}\n`,
})
const wheel = (wanted: string): Files => ({ 'a-1.dist-info/METADATA': `Name: a\nRequires-Dist: ${wanted}\n` })
const lock = (version: string): Files => ({
  'uv.lock': `version = 1\n\n[[package]]\nname = "fastmcp"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\n`,
})

const verdict = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(asyncIo, files)
  return `${status} ${JSON.stringify(verdicts)}`
}

describe('where plain functions run', () => {
  it.each<[string, Files, string]>([
    ['any version', server(decorated), 'unknown'],
    ['version 2 or later', server(decorated, asking('fastmcp>=2.0')), 'unknown'],
    ['version 2', server(decorated, asking('fastmcp<3.0.0,>=2.0.0')), 'fail'],
    ['version 2, in a wheel', server(decorated, wheel('fastmcp[auth]<3,>=2.0.0; python_version >= "3.10"')), 'fail'],
    ['version 2, locked', server(decorated, { ...asking('fastmcp'), ...lock('2.14.7') }), 'fail'],
    ['version 3, locked', server(decorated, { ...asking('fastmcp>=2'), ...lock('3.1.0') }), 'pass'],
    ['version 3', server(decorated, asking('fastmcp>=3')), 'pass'],
    [
      'version 2 and a list of tools',
      server(added('mcp.add_tool(Tool.from_function(read))'), asking('fastmcp<3')),
      'fail',
    ],
    [
      'version 4 and a list of tools',
      server(added('mcp.add_tool(Tool.from_function(read))'), asking('fastmcp<4.1,>=4')),
      'pass',
    ],
    ['any version and a list of tools', server(added('mcp.add_tool(Tool.from_function(fn=read))')), 'unknown'],
    ['the SDK and an added function', server(added('mcp.add_tool(read)', 'mcp.server.fastmcp')), 'fail'],
    ['version 2 and a tool that is named', server(added('mcp.tool(name="a")(read)'), asking('fastmcp~=2.5')), 'fail'],
    [
      'a client that waits',
      server(
        added('mcp.add_tool(read)', 'fastmcp', 'clickhouse_connect.get_client().query(name)'),
        asking('fastmcp<3'),
      ),
      'fail',
    ],
  ])('%s', async (_, files, status) => expect(await verdict(files)).toMatch(new RegExp(`^${status} `)))

  it('says of no function that it runs in a thread where that is not known', async () => {
    const said = await verdict(server(added('mcp.add_tool(Tool.from_function(read))', 'fastmcp', 'name')))
    expect(said).toMatch(/^pass /)
    expect(said).toContain('1 plain handlers make none either, wherever they run')
    expect(said).not.toContain('threads of their own')
  })

  it.each<[string, number | null, number | null]>([
    ['', null, null],
    ['>=2.1', 2, null],
    ['<3.0.0,>=2.0.0', 2, 2],
    ['>=2,<3.2', 2, 3],
    ['[cli]^2.3', 2, 2],
    ['~=2.5.1 ; python_version < "3"', 2, 2],
    ['==2.*', 2, 2],
    ['!=2.7.0', null, null],
    ['@ git+https://host/fastmcp@v2.1', null, null],
  ])('%s', (spec, oldest, newest) => expect(majorsOf(spec)).toEqual({ oldest, newest }))
})
