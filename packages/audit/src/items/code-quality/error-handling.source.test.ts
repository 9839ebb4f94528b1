import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorHandling from './error-handling.ts'

const judge = async (files: Files) => (await judgeFiles(errorHandling, files)).status

const ts = (body: string, after = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('ask', { inputSchema: {} }, async ({ q }) => {
${body}
})
${after}`,
})
const py = (body: string, after = ''): Files => ({
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["mcp"]\n',
  'pkg/server.py': `import httpx
from mcp import McpError
from mcp.server import Server
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")

@mcp.tool()
async def ask(q: str) -> list[str]:
    """Ask."""
${body}

${after}
`,
})

const passing: [string, Files][] = [
  [
    'a stream that is closed at the end',
    py(
      '    try:\n        return await work(q)\n    finally:\n        try:\n            stream.close()\n        except Exception:\n            pass',
    ),
  ],
  ['what is thrown is left to the SDK', ts('  return work(await fetch(q))')],
  [
    'a catch that answers',
    ts('  try { return await work(q) } catch (error) { return { content: [], isError: true } }'),
  ],
  [
    'an absent file is nothing',
    ts('  return names()', 'const names = () => { try { return readdirSync("x") } catch { return [] } }'),
  ],
  [
    'async work that catches by itself',
    ts(
      '  record(q)\n  return work(q)',
      'async function record(q) { try { await send(q) } catch (e) { console.error(e) } }',
    ),
  ],
  [
    'rejections are handled',
    ts(
      '  record(q)',
      `async function record(q) { await send(q) }\nprocess.on('unhandledRejection', e => console.error(e))`,
    ),
  ],
  ['an expected exception', py('    try:\n        return await work(q)\n    except KeyError:\n        return []')],
  [
    'a bare except that raises',
    py('    try:\n        return await work(q)\n    except:\n        print("x")\n        raise'),
  ],
  [
    'blind, and logged',
    py(
      '    try:\n        return await work(q)\n    except Exception as error:\n        log.error(error)\n        raise',
    ),
  ],
]

const listener = (body: string, more = ''): Files =>
  ts(
    '  return { content: [await work(q)] }',
    `${more}\nexport const watch = feed => feed.on('item', async item => {\n${body}\n})`,
  )
const alarm = (body: string): Files => py(`    import signal\n${body}\n    return await work(q)`)

const parsed = (library: string, call: string): Files =>
  py(
    '    return parsed(q)',
    `import json\nimport ${library}\ndef parsed(q):\n    try:\n        return json.loads(${call})\n    except ValueError:\n        return []`,
  )

passing.push(
  ['an argument that is read as a part of an address', parsed('urllib.parse', 'urllib.parse.unquote(q)')],
  [
    'an empty catch before another exception',
    ts('  try { return { content: [await work(q)] } } catch {}\n  throw new Error(`no ${q}`)'),
  ],
  ['a listener that catches', listener('  try { await send(item) } catch (e) { console.error(e) }')],
  ['a listener that only closes', listener('  await item.close()')],
  [
    'a listener below a handler of rejections',
    listener('  await send(item)', `process.on('unhandledRejection', e => console.error(e))`),
  ],
  [
    'what is kept and awaited later',
    ts('  kept = record(q)\n  return await kept', 'let kept\nasync function record(q) { return await send(q) }'),
  ],
  ['an alarm where there is one', alarm('    if hasattr(signal, "SIGALRM"):\n        signal.alarm(5)')],
)

const failing: [string, Files][] = [
  ['what is fetched and read', parsed('urllib.request', 'urllib.request.urlopen(q)')],
  ['an async listener', listener('  await send(item)')],
  ['an alarm', alarm('    signal.alarm(5)')],
  [
    'an empty catch before an exception that not everybody gets',
    ts('  try { return { content: [await work(q)] } } catch {}\n  if (q) throw new Error("no")'),
  ],
  [
    'an empty catch before other work',
    ts('  try { return { content: [await work(q)] } } catch {}\n  log(q)\n  throw new Error("no")'),
  ],
  ['an empty catch', ts('  try { await work(q) } catch {}\n  return { content: [] }')],
  ['an empty catch with a comment', ts('  try { await work(q) } catch (e) { /* ignored */ }')],
  ['an empty success', ts('  try { return await fetch(q) } catch (e) { return { content: [] } }')],
  ['nobody waits', ts('  record(q)\n  return work(q)', 'async function record(q) { await send(q) }')],
  ['except: pass', py('    try:\n        return await work(q)\n    except:\n        pass')],
  ['except Exception: pass', py('    try:\n        return await work(q)\n    except Exception:\n        pass')],
  [
    'except Exception: continue',
    py(
      '    for each in q:\n        try:\n            await work(each)\n        except Exception:\n            continue',
    ),
  ],
  [
    'an empty success in Python',
    py('    try:\n        return await work(q)\n    except httpx.HTTPError:\n        return []'),
  ],
  ['McpError of a text', py('    raise McpError(f"no {q}")')],
  [
    'raise_exceptions',
    py(
      '    return []',
      'server = Server("b")\n\nasync def main(r, w):\n    await server.run(r, w, None, raise_exceptions=True)',
    ),
  ],
]

const folders = (
  work: string,
  given = 'process.argv.slice(2)',
  round = 'await Promise.all(folders.map(async dir => { WORK }))',
): Files =>
  ts(
    '  return work(q)',
    `import { stat } from 'node:fs/promises'\nconst folders = ${given}\n${round.replace('WORK', work)}`,
  )
const ended = 'try { await stat(dir) } catch (e) { console.error(e); process.exit(1) }'
const pyFolders = (work: string): Files =>
  py(
    '    return work(q)',
    `import os\nimport sys\ndef main(folders: list[str]) -> None:\n    for folder in folders:\n${work}\n    mcp.run()`,
  )

describe('one entry of a list', () => {
  it.each<[string, Files]>([
    ['that cannot be looked at', folders(ended)],
    ['that is no folder', folders('if (!(await stat(dir)).isDirectory()) process.exit(1)')],
    ['in a loop', folders(ended, 'process.argv.slice(2)', 'for (const dir of folders) { WORK }')],
    ['in Python', pyFolders('        if not os.path.isdir(folder):\n            sys.exit(1)')],
  ])('ends the process: %s', async (_, files) => expect(await judge(files)).toBe('fail'))

  it.each<[string, Files]>([
    ['it is left out', folders('try { await stat(dir) } catch (e) { console.error(e) }')],
    [
      'the process ends where none is left',
      folders(
        'try { await stat(dir) } catch (e) { console.error(e) }',
        'process.argv.slice(2)',
        'let left = 0\nfor (const dir of folders) { WORK; left++ }\nif (left === 0) process.exit(1)',
      ),
    ],
    ['the server brings them', folders(ended, `['templates', 'words']`)],
    ['it is told apart by what it says', folders(`if (dir === '--help') process.exit(0)`)],
    ['it is left out in Python', pyFolders('        if not os.path.isdir(folder):\n            print(folder)')],
  ])('does not: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
})

describe('error-handling in the source', () => {
  it.each(passing)('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
  it.each(failing)('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it('is unknown without a tool', async () => expect(await judge({ 'src/a.ts': 'fetch(u)' })).toBe('unknown'))
})
