import { describe, expect, it } from 'vitest'
import { typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import asyncIo from './async-io.ts'

const ts = (before: string, body: string): Files =>
  typescriptHandler({ before, body: `${body}\nreturn { content: [] }` })
const py = (before: string, body: string): Files => ({
  'a_server/server.py': `import asyncio, queue, threading, time
from concurrent.futures import ThreadPoolExecutor
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")
${before}
@mcp.tool()
async def work(path: str) -> str:
    ${body.replaceAll('\n', '\n    ')}
`,
})
const results = 'results = queue.Queue()'
const wrapping = (wait: string): string => `def again(fn):
    def inner(x):
        ${wait}
        return fn(x)
    return inner

@again
def upper(x):
    return x.upper()
`

describe('async-io of what waits', () => {
  it.each<[string, Files]>([
    ['a queue', py(results, 'return results.get()')],
    ['an event', py('done = threading.Event()', 'done.wait(5)\nreturn path')],
    [
      'the result of a thread',
      py('', 'with ThreadPoolExecutor() as pool:\n    return pool.submit(str, path).result()'),
    ],
    ['a decorator', py(wrapping('time.sleep(1)'), 'return upper(path)')],
    ['a loop that waits for a time', ts('', 'const until = Date.now() + 1000\nwhile (Date.now() < until) {}')],
    ['a hash of bcrypt', ts(`import bcrypt from 'bcrypt'`, 'bcrypt.hashSync(args.path, 12)')],
  ])('fails %s', async (_, files) => {
    expect((await judgeFiles(asyncIo, files)).status).toBe('fail')
  })

  it.each<[string, Files]>([
    ['a queue of asyncio', py('results = asyncio.Queue()', 'return await results.get()')],
    ['a queue that is looked at', py(results, 'return results.get(block=False)')],
    ['a queue in a thread', py(results, 'return await asyncio.to_thread(results.get)')],
    ['a decorator', py(wrapping('x = x.strip()'), 'return upper(path)')],
    [
      'a loop that awaits',
      ts('const until = Date.now() + 9', 'while (Date.now() < until) await new Promise(done => setTimeout(done, 5))'),
    ],
    [
      'a loop that works',
      ts('', 'const until = Date.now() + 9\nlet n = 0\nwhile (Date.now() < until && n < 9) n = step(n)'),
    ],
  ])('passes %s', async (_, files) => {
    expect((await judgeFiles(asyncIo, files)).status).toBe('pass')
  })
})
