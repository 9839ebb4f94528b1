import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorMessages from './error-messages.ts'

const judge = async (files: Files) => (await judgeFiles(errorMessages, files)).status

const ts = (answer: string, before = ''): Files =>
  typescriptHandler({ before, body: `try {\n  return await work(args)\n} catch (error) {\n${answer}\n}` })
const py = (answer: string, before = ''): Files =>
  pythonHandler({
    before: `import traceback\n${before}`,
    body: `try:\n    return run(path)\nexcept Exception as e:\n${answer.replaceAll(/^/gm, '    ')}`,
  })
const dispatcher: Files = {
  'pkg/server.py': `import traceback
from mcp.server import Server
from mcp.types import TextContent
server = Server("a")

async def find(arguments):
    return [TextContent(type="text", text="found")]

@server.call_tool()
async def call(name: str, arguments: dict):
    try:
        if name == "find":
            return await find(arguments)
        raise ValueError(name)
    except Exception:
        return [TextContent(type="text", text=f"Failed: {traceback.format_exc()}")]
`,
}

describe('error-messages, by reading', () => {
  it.each<[string, Files]>([
    [
      'in the text',
      ts("return { content: [{ type: 'text', text: `${error.message} ${error.stack}` }], isError: true }"),
    ],
    [
      'in JSON',
      ts(
        "return { content: [{ type: 'text', text: JSON.stringify({ message: 'no', trace: (error as Error).stack }) }] }",
      ),
    ],
    [
      'by a function of its own',
      ts(
        'return failed(error)',
        "const failed = (err: unknown) => ({ content: [{ type: 'text', text: err instanceof Error ? err.stack : String(err) }] })",
      ),
    ],
    ['in the text, Python', py('return f"Error: {e}\\n{traceback.format_exc()}"')],
    [
      'kept first',
      py('details = traceback.format_exc()\nreturn json.dumps({"error": str(e), "trace": details})', 'import json'),
    ],
    ['joined', py('return "".join(traceback.format_exception(e))')],
    ['of the one function that answers all', dispatcher],
  ])('fails a stack in an answer: %s', async (_, files) => {
    expect(await judge(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['in the log', ts("console.error(error.stack)\nreturn { content: [{ type: 'text', text: error.message }] }")],
    [
      'where somebody asks for it',
      ts(
        "return { content: [{ type: 'text', text: process.env.DEBUG ? error.stack : error.message }], isError: true }",
      ),
    ],
    ['of goods', ts("return { content: [{ type: 'text', text: goods.stack }] }")],
    ['in the log, Python', py('logger.error(traceback.format_exc())\nreturn f"Error: {e}"')],
    [
      'of code that the caller sent',
      pythonHandler({
        before: 'import traceback',
        takes: 'code: str',
        body: 'try:\n    exec(code, {})\n    return "done"\nexcept Exception:\n    return traceback.format_exc()',
      }),
    ],
    [
      'where somebody asks for it, Python',
      py('if settings.debug:\n    return traceback.format_exc()\nreturn "failed"'),
    ],
  ])('leaves to calls: %s', async (_, files) => {
    expect(await judge(files)).toBe('unknown')
  })
})
