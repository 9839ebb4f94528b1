import { describe, expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import fileHandles from './file-handles.ts'

const ts = (work: string): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { open } from 'node:fs/promises'
import { openSync, closeSync, readSync, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
export const handle = async (n: string) => {
  ${work}
}`,
})
const py = (work: string): Files => ({
  'pkg/a.py': `from mcp.server.fastmcp import FastMCP
import json, contextlib
from pathlib import Path
def handle(n):
    ${work.replaceAll('\n', '\n    ')}
`,
})

describe('file-handles', () => {
  it.each<[string, Files]>([
    ['finally', ts('const f = await open(n)\ntry { return await f.read() } finally { await f.close() }')],
    ['await using', ts('await using f = await open(n)\nreturn await f.read()')],
    ['a descriptor', ts('const fd = openSync(n)\ntry { readSync(fd, b) } finally { closeSync(fd) }')],
    ['a pipeline', ts('const out = createWriteStream(n)\nawait pipeline(source, out)')],
    ['an event', ts(`const out = createWriteStream(n)\nsource.on('end', () => { out.end() })`)],
    ['with', py('with open(n) as f:\n    return f.read()')],
    ['with a name', py('f = open(n)\nwith f:\n    return f.read()')],
    ['closing', py('with contextlib.closing(open(n)) as f:\n    return f.read()')],
    ['an exit stack', py('with contextlib.ExitStack() as stack:\n    f = stack.enter_context(open(n))')],
    ['finally in Python', py('f = open(n)\ntry:\n    return f.read()\nfinally:\n    f.close()')],
    [
      'a field that is closed',
      {
        'pkg/a.py':
          'import mcp\nclass A:\n    def __init__(self, n):\n        self.f = open(n)\n    def close(self):\n        self.f.close()\n',
        'pkg/b.py': 'from mcp.server.fastmcp import FastMCP\nfrom pkg.a import A\n',
      },
    ],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(fileHandles, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, number]>([
    ['an open file', ts('const f = await open(n)\nreturn await f.read()'), 6],
    ['a close that an error skips', ts('const fd = openSync(n)\nreadSync(fd, b)\ncloseSync(fd)'), 6],
    ['a stream without an end', ts(`const out = createWriteStream(n)\nout.write('a')`), 6],
    ['open and read', py('return open(n).read()'), 5],
    ['json.load', py('return json.load(open(n))'), 5],
    ['a path', py('return Path(n).open().read()'), 5],
    ['a close that an error skips in Python', py('f = open(n)\nx = f.read()\nf.close()\nreturn x'), 5],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(fileHandles, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it('decides only what it followed', async () => {
    expect((await judgeFiles(fileHandles, ts('return await open(n)'))).status).toBe('unknown')
    expect((await judgeFiles(fileHandles, ts('return n'))).status).toBe('not-applicable')
    expect((await judgeFiles(fileHandles, { 'go.mod': 'module a', 'main.go': '' })).status).toBe('unknown')
  })

  it('judges the files of the running server', () => {
    const pile = { kind: 'file', after: [2, 8, 14, 20], grows: true, examples: ['/tmp/a'] }
    const callPiles = { tools: ['read'], left: [], each: 6, batches: 3, waitedMs: 12_000, piles: [pile] }
    const verdict = answerTo(fileHandles, { callPiles }, 1)
    expect(verdict).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(verdict)).toContain('2, 8, 14, 20, 12 s of waiting included; new ones such as /tmp/a')
    const level = { ...pile, after: [2, 2, 2], grows: false }
    expect(answerTo(fileHandles, { callPiles: { ...callPiles, piles: [level] } }, 1)).toMatchObject({ status: 'pass' })
  })
})
