import { describe, expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import processCleanup from './process-cleanup.ts'

describe('process-cleanup', () => {
  it('passes a server that ends in every way', async () => {
    expect(await judgeStandIn(processCleanup)).toMatchObject({ status: 'pass', proof: 'live' })
  })

  it('fails when a process is left, and names it', () => {
    const gone = { how: 'SIGTERM', goneAfter: 20, left: [], processes: 1 }
    const left = { how: 'end of input', goneAfter: null, left: ['sleep 300 (pid 7)'], processes: 2 }
    const verdict = answerTo(processCleanup, { endings: [gone, left] })
    expect(verdict).toMatchObject({ status: 'fail', evidence: [{ saw: 'still running: sleep 300 (pid 7)' }] })
  })

  it('fails when calls leave processes', () => {
    const pile = { kind: 'process', after: [1, 7, 13, 19], grows: true, examples: ['sleep 300'] }
    const callPiles = { tools: ['count'], left: [], each: 6, batches: 3, waitedMs: 0, piles: [pile] }
    expect(answerTo(processCleanup, { callPiles }, 1)).toMatchObject({ status: 'fail' })
    const level = { ...pile, after: [1, 1, 1], grows: false }
    expect(answerTo(processCleanup, { callPiles: { ...callPiles, piles: [level] } }, 1)).toMatchObject({
      status: 'pass',
    })
  })
})

const ts = (work: string, before = ''): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
let timer
${before}
const main = async () => {
  await new McpServer({}).connect(new StdioServerTransport())
  ${work}
}
main().catch(report)`,
})
const py = (thread: string): Files => ({
  'pkg/a.py': `import threading, time
from mcp.server.fastmcp import FastMCP
server = FastMCP("a")
def watch():
    while True:
        time.sleep(1)
def once():
    time.sleep(1)
def main():
    ${thread}
    server.run()
if __name__ == "__main__":
    main()
`,
})
const answer = async (files: Files) =>
  (await judgeFiles(processCleanup, files)).verdicts.find(({ proof }) => proof === 'repository')

describe('process-cleanup in the source', () => {
  it.each<[string, Files, number]>([
    ['a timer', ts('setInterval(poll, 1000)'), 7],
    [
      'a timer that something else starts',
      ts('start()', 'const start = () => { if (!timer) { timer = setInterval(poll, 5) } }'),
      4,
    ],
    [
      'a timer that only a closed server clears',
      ts('timer = setInterval(poll, 5)\nserver.onclose = () => clearInterval(timer)'),
      7,
    ],
    [
      'a browser that is kept',
      ts(
        'register(server, work)',
        `import puppeteer from 'puppeteer'
let browser: unknown
const launch = () => puppeteer.launch({ headless: true })
const work = async () => { browser ??= await launch() }`,
      ),
      7,
    ],
    ['a thread', py('threading.Thread(target=watch).start()'), 10],
    ['a thread with a name', py('t = threading.Thread(target=watch)\n    t.start()'), 10],
  ])('fails %s', async (_, files, line) => {
    expect(await answer(files)).toMatchObject({ status: 'fail', evidence: [{ line }] })
  })

  it.each<[string, Files, string]>([
    ['no timer', ts(''), 'not-applicable'],
    ['a timer that lets go', ts('setInterval(poll, 1000).unref()'), 'not-applicable'],
    ['a timer with a name that lets go', ts('const t = setInterval(poll, 1000)\nt.unref()'), 'not-applicable'],
    ['a timer in a branch', ts('if (process.env.POLL) setInterval(poll, 1000)'), 'not-applicable'],
    [
      'a timer that ends itself',
      ts('const t = setInterval(() => { if (done) clearInterval(t) }, 5)'),
      'not-applicable',
    ],
    [
      'something of its own that has the name of a browser',
      {
        ...ts(
          'register(server, work)',
          `import { chromium } from './elements.js'
let element: unknown
const work = async () => { element ??= await chromium.launch() }`,
        ),
        'src/elements.ts': 'export const chromium = { launch: async () => 24 }',
      },
      'not-applicable',
    ],
    [
      'a browser of one call',
      ts(
        'register(server, work)',
        `import puppeteer from 'puppeteer'
const work = async () => { const browser = await puppeteer.launch(); await browser.close() }`,
      ),
      'not-applicable',
    ],
    ['the end of stdin', ts(`setInterval(poll, 1000)\nprocess.stdin.on('end', () => process.exit(0))`), 'pass'],
    ['a daemon', py('threading.Thread(target=watch, daemon=True).start()'), 'not-applicable'],
    ['a thread that ends', py('threading.Thread(target=once).start()'), 'not-applicable'],
    ['another language', { 'go.mod': 'module a', 'main.go': '' }, 'unknown'],
  ])('does not fail %s', async (_, files, status) => {
    expect(await answer(files)).toMatchObject({ status })
  })
})
