import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import inputValidation from '../code-quality/input-validation.ts'
import ssrf from './ssrf.ts'

const showing = 'wrapper.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])'

const server = (handing: string, body = 'return service.ask(file)', shown = showing, service = 'service'): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/services.py': `import inspect
from functools import wraps


def with_service(kind):
    def decorator(func):
        signature = inspect.signature(func)

        @wraps(func)
        async def wrapper(*args, **kwargs):
            service = connect(kind)
            ${handing}

        ${shown}
        return wrapper

    return decorator
`,
  'a_server/server.py': `import httpx
from mcp.server.fastmcp import FastMCP
from .services import with_service
mcp = FastMCP("a-server")


@mcp.tool()
@with_service("drive")
async def work(${service}, file: str) -> str:
    """Work."""
    ${body}
`,
})

const before = 'return await func(service, *args, **kwargs)'
const named = 'kwargs[kind] = service\n            return await func(*args, **kwargs)'
const none = 'return await func(*args, **kwargs)'

describe('what a decorator hands in', () => {
  it.each([
    [before, 'return httpx.get(service.address, follow_redirects=True).text', 'pass'],
    [named, 'return httpx.get(service.address, follow_redirects=True).text', 'pass'],
    [before, 'return httpx.get(file).text', 'fail'],
    [none, 'return httpx.get(service).text', 'fail'],
  ])('is no argument of the caller: %s, then %s: %s', async (handing, body, status) => {
    const result = await judgeFiles(ssrf, server(handing, body))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it('may say any type where it is put before the others', async () => {
    expect(await judgeFiles(inputValidation, server(before, undefined, showing, 'service: Any'))).toMatchObject({
      status: 'pass',
    })
  })

  it.each([
    ['drive: Any', 'pass'],
    ['other: Any', 'fail'],
  ])('may say any type where the decorator is told its name: %s: %s', async (service, status) => {
    expect(await judgeFiles(inputValidation, server(named, undefined, showing, service))).toMatchObject({ status })
  })

  it.each([
    [before, showing, 'pass'],
    [named, showing, 'pass'],
    [none, showing, 'fail'],
    [before, 'pass', 'fail'],
  ])('needs no type: %s, with %s: %s', async (handing, shown, status) => {
    const result = await judgeFiles(inputValidation, server(handing, undefined, shown))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
