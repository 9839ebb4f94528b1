import { describe, expect, it } from 'vitest'
import type { Files } from '../../testing/repositories.ts'
import { statusOf, toldOf } from '../../testing/tool-tests.ts'

const python: Files = {
  'pyproject.toml': `[project]
name = "x"
dependencies = ["fastmcp"]
[project.scripts]
x = "x.server:main"
[tool.pytest.ini_options]
asyncio_mode = "auto"
testpaths = ["tests"]
`,
  'src/x/server.py': `
from fastmcp import FastMCP
mcp = FastMCP("x")
@mcp.tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b
@mcp.tool(name="echo")
async def say_again(text: str) -> str:
    """Echo."""
    return text
`,
}
const header = `
import unittest
from unittest.mock import AsyncMock
import pytest
from fastmcp import Client
from x.server import mcp, add, say_again
`
const inPython = (test: string, more: Files = {}): Files => ({
  ...python,
  'tests/test_server.py': header + test,
  ...more,
})
const pyAdd = `
async def test_add():
    async with Client(mcp) as client:
        answer = await client.call_tool("add", {"a": 1, "b": 2})
    assert answer.data == 3
`
const pyEcho = `
async def test_echo():
    async with Client(mcp) as client:
        assert (await client.call_tool("echo", {"text": "x"})).data == "x"
`

describe('in Python', () => {
  it('passes with a test for every tool', async () => {
    expect(await toldOf(inPython(pyAdd + pyEcho))).toContain(
      '2 of 2 tools are tested: 2 called by name, 0 as a function',
    )
  })

  it.each([
    ['skipped', `${pyAdd}\n@pytest.mark.skip(reason="slow")${pyEcho}`],
    [
      'in a class that is not collected',
      `${pyAdd}\nclass EchoChecks:\n${pyEcho.replaceAll('\n', '\n    ').replace('test_echo()', 'test_echo(self)')}`,
    ],
    [
      'in a class that is skipped',
      `${pyAdd}\n@pytest.mark.skip\nclass TestEcho:\n${pyEcho.replaceAll('\n', '\n    ').replace('test_echo()', 'test_echo(self)')}`,
    ],
    ['misnamed', pyAdd + pyEcho.replace('test_echo', 'check_echo')],
    ['nested', `${pyAdd}\ndef helper():\n${pyEcho.replaceAll('\n', '\n    ')}`],
    [
      'refused',
      `${pyAdd}
async def test_echo():
    async with Client(mcp) as client:
        with pytest.raises(Exception, match="text"):
            await client.call_tool("echo", {})
`,
    ],
    [
      'only about the error',
      `${pyAdd}
async def test_echo():
    async with Client(mcp) as client:
        answer = await client.call_tool_mcp("echo", {})
    assert answer.isError
    assert "text" in answer.content[0].text
`,
    ],
    [
      'without a claim',
      `${pyAdd}
async def test_echo():
    async with Client(mcp) as client:
        await client.call_tool("echo", {"text": "x"})
`,
    ],
    [
      'a stand-in',
      `${pyAdd}
async def test_echo():
    client = AsyncMock()
    client.call_tool.return_value = "x"
    assert await client.call_tool("echo", {"text": "x"}) == "x"
`,
    ],
  ])('fails where the test of a tool is %s', async (_, text) => {
    expect(await toldOf(inPython(text))).toMatch(/"status":"fail"/)
  })

  it('fails where pytest does not collect the file, or runs no async tests', async () => {
    expect(await statusOf({ ...python, 'checks/test_server.py': header + pyAdd + pyEcho, '.gitignore': '' })).toBe(
      'fail',
    )
    const plain = {
      ...python,
      'pyproject.toml': python['pyproject.toml']?.replace('asyncio_mode = "auto"\n', '') ?? '',
    }
    expect(await toldOf({ ...plain, 'tests/test_server.py': header + pyAdd + pyEcho })).toContain(
      'nothing runs async tests',
    )
    const marked = `${header}pytestmark = pytest.mark.anyio\n${pyAdd}${pyEcho}`
    expect(await statusOf({ ...plain, 'tests/test_server.py': marked })).toBe('pass')
  })

  it.each([
    [
      'by parametrize and a fixture',
      `
@pytest.fixture
async def client():
    async with Client(mcp) as client:
        yield client

@pytest.mark.parametrize(("tool", "given", "wanted"), [("add", {"a": 1, "b": 2}, 3), pytest.param("echo", {"text": "x"}, "x", id="echo")])
async def test_tools(client, tool, given, wanted):
    answer = await client.call_tool(tool, given)
    assert answer.data == wanted
`,
    ],
    [
      'through a function of the tests',
      `
async def call(name, **given):
    async with Client(mcp) as client:
        return (await client.call_tool(name, given)).data

async def test_add():
    assert await call("add", a=1, b=2) == 3

class TestEcho:
    async def test_echo(self):
        answer = await call("echo", text="x")
        assert answer == "x"
`,
    ],
    [
      'as functions',
      `
def test_add():
    assert add(1, 2) == 3

async def test_echo():
    assert await say_again.fn("x") == "x"
`,
    ],
    [
      'by unittest',
      `
class Checks(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = Client(mcp)

    async def test_both(self):
        async with self.client:
            total = await self.client.call_tool("add", {"a": 1, "b": 2})
            self.assertEqual(total.data, 3)
            text = await self.client.call_tool("echo", {"text": "x"})
            self.assertFalse(text.is_error)
`,
    ],
  ])('passes where they are called %s', async (_, text) => {
    expect(await toldOf(inPython(text))).toMatch(/"status":"pass"/)
  })
})
