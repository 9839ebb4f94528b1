import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import cleanStdout from './clean-stdout.ts'

const judge = async (files: Files) => (await judgeFiles(cleanStdout, files)).status

const ts = (inCall: string, atStart = '', before = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
${before}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('ask', { inputSchema: {} }, async ({ q }) => {
  ${inCall}
  return { content: [] }
})
const main = async () => {
  ${atStart}
  await server.connect(new StdioServerTransport())
}
main()`,
})
const py = (inCall: string, atStart = 'pass', before = '', run = 'mcp.run()'): Files => ({
  'pkg/server.py': `import sys
import logging
from fastmcp import FastMCP
${before}
mcp = FastMCP("a")

@mcp.tool
def ask(q: str) -> str:
    """Ask. print() is not called here."""
    ${inCall}
    return q

def main():
    ${atStart}
    ${run}

if __name__ == "__main__":
    main()
`,
})

/** Fails before anything is listed. */
const failed = (work: string, before = ''): Files => {
  const { 'src/index.ts': text = '' } = ts('', '', before)
  return { 'src/index.ts': text.replace(/main\(\)$/, `main().catch(e => { ${work}; process.exit(1) })`) }
}
/** A log by the level that each caller gives. */
const levels = (calls: string, ends = 'break'): Files =>
  ts(
    calls,
    '',
    `const log = (level = 'info', ...args) => {
  switch (level) {
    case 'info':
      console.error('info', ...args)
      ${ends}
    case 'error':
      console.error(...args)
      ${ends}
    default:
      console.log(...args)
  }
}`,
  )
const pyLevels = (call: string): Files =>
  py(
    call,
    'pass',
    `
def log(level, text):
    match level:
        case "info" | "error":
            print(text, file=sys.stderr)
        case _:
            print(text)
`,
  )
const logger = `const levels = { info: 1, error: 3 }
const write = (level, ...rest) => { if (levels[level] >= 1) console.log(level, ...rest) }
const make = () => { const at = level => (...rest) => write(level, ...rest); return { info: at('info'), error: at('error') } }
const log = make()`
const byHand = (type: string): string =>
  `try:\n        mcp.run()\n    except ${type} as e:\n        print(f"stopped {e}")`
const contexts = 'import contextlib\nimport io\nimport os\n'
const kept = 'contextlib.redirect_stdout(io.StringIO())'
const quiet = `
@contextlib.contextmanager
def quiet():
    before = sys.stdout
    sys.stdout = open(os.devnull, "w")
    try:
        yield
    finally:
        sys.stdout = before
`
const note = '\ndef note(q):\n    print(q)\n'
const saved = 'const log = console.log; console.log = () => {}'
const back = 'console.log = log'
const trouble = (then: string): string => `def load():
    try:
        read()
    except Exception as e:
        ${then}
`

const passing: [string, Files][] = [
  ['console.error', ts('console.error(q)')],
  ['console.log goes to stderr', ts('console.log(q)', '', 'console.log = console.error')],
  ['another way out', ts('', `if (process.argv.includes('--help')) { console.log('usage'); process.exit(0) }`)],
  ['a console of its own', ts('const console = { log: x => process.stderr.write(x) }\n  console.log(q)')],
  ['a way that HTTP takes', ts('', `if (process.env.HTTP) { console.log('listening'); return }`)],
  ['a log for HTTP alone', ts('note(q)', '', 'const note = q => { set.isHttp ? console.log(q) : console.error(q) }')],
  ['a log for HTTP alone, with an if', ts('note(q)', '', 'const note = q => { if (set.isHttp) console.log(q) }')],
  ['a log where it is not stdio', ts('note(q)', '', `const note = q => { if (set.mode !== 'stdio') console.log(q) }`)],
  ['print to stderr', py('print(q, file=sys.stderr)')],
  ['print for a version', py('pass', 'if "--version" in sys.argv:\n        print("1")\n        sys.exit()')],
  ['a handler on stderr', py('logging.info(q)', 'logging.basicConfig(stream=sys.stderr)')],
  ['stdout is replaced', py('print(q)', 'pass', 'sys.stdout = sys.stderr')],
  [
    'a function that is called in a branch',
    py('pass', 'if "-v" in sys.argv:\n        banner()\n        sys.exit()', 'def banner():\n    print("1.0")'),
  ],
  ['an error of the start on stderr', failed('console.error(e)')],
  ['an error of the start over HTTP', failed('if (isHttp) console.log(e); else console.error(e)')],
  ['an error of something else', ts('', 'try { load() } catch (e) { if (process.stdout.isTTY) console.log(e) }')],
  ['a farewell to the user at a terminal', py('pass', 'pass', '', byHand('KeyboardInterrupt'))],
  ['print in text', py('help = "print(x)"')],
  ['print while stdout is kept', py(`with ${kept}:\n        print(q)`, 'pass', contexts)],
  ['print in what runs while stdout is kept', py(`with ${kept}:\n        note(q)`, 'pass', `${contexts}${note}`)],
  ['print in a suppressor of its own', py('with quiet():\n        note(q)', 'pass', `${contexts}${quiet}${note}`)],
  [
    'a whole start to stderr',
    py('print(q)', 'pass', contexts, 'with contextlib.redirect_stdout(sys.stderr):\n        mcp.run()'),
  ],
  ['stdout is replaced at the start', py('print(q)', 'sys.stdout = sys.stderr')],
  ['stdout of bytes is stderr', py('print(q)', 'sys.stdout = io.TextIOWrapper(sys.stderr.buffer)', contexts)],
  ['console.log goes nowhere', ts('console.log(q)', '', 'console.log = () => {}')],
  ['console.log goes to stderr at the start', ts('console.log(q)', 'console.log = console.error.bind(console)')],
  ['console.log while it is silenced', ts(`${saved}; console.log(q); ${back}`)],
  [
    'stdout that is filtered',
    ts(
      'console.log(q)',
      '',
      `const write = process.stdout.write.bind(process.stdout)
process.stdout.write = chunk => chunk.startsWith('{') ? write(chunk) : process.stderr.write(chunk)`,
    ),
  ],
  [
    'what is optional is not installed',
    py('pass', 'pass', 'try:\n    import torch\nexcept ImportError:\n    print("no torch")'),
  ],
  ['trouble of another command', py('pass', 'if "index" in sys.argv:\n        load()', trouble('print("no"); return'))],
  ['trouble of the start on stderr', py('pass', 'load()', trouble('print("no", file=sys.stderr)'))],
  [
    'trouble of the start in TypeScript on stderr',
    ts('', 'load()', 'const load = () => { try { read() } catch (e) { console.error(e) } }'),
  ],
]

const failing: [string, Files][] = [
  ['console.log in a call', ts('console.log(q)')],
  ['console.log in what a call reaches', ts('note(q)', '', 'const note = q => { console.info(q) }')],
  ['a log in either case', ts('note(q)', '', 'const note = q => { set.isLoud ? console.log(q) : console.info(q) }')],
  ['a log for stdio alone', ts('note(q)', '', 'const note = q => { set.isHttp ? console.error(q) : console.log(q) }')],
  ['a log unless it is HTTP', ts('note(q)', '', 'const note = q => { if (!set.isHttp) console.log(q) }')],
  ['a log where it is stdio', ts('note(q)', '', `const note = q => { if (set.mode === 'stdio') console.log(q) }`)],
  [
    'a log by another choice of transport',
    ts('note(q)', '', 'const note = q => { if (set.transport) console.log(q) }'),
  ],
  ['a banner', ts('', `console.log('ready')`)],
  ['a banner at the top of a file', ts('', '', `process.stdout.write('hello')`)],
  ['pino as it comes', ts('', '', `import pino from 'pino'\nconst log = pino({ level: 'info' })`)],
  ['an error of the start', failed('console.log(e)')],
  ['a logger that tells of a failed start', failed('log.error(e)', logger)],
  ['an error of the start in Python', py('pass', 'pass', '', byHand('Exception'))],
  ['print in a call', py('print(q)')],
  ['print at the start', py('pass', 'print("ready")')],
  ['a log handler', py('pass', 'logging.basicConfig(stream=sys.stdout)')],
  ['a banner of a function that is called first', py('pass', 'banner()', 'def banner():\n    print("ready")')],
  ['print after stdout was kept', py(`with ${kept}:\n        pass\n    print(q)`, 'pass', contexts)],
  ['print in what also runs outside', py(`with ${kept}:\n        note(q)\n    note(q)`, 'pass', `${contexts}${note}`)],
  ['print beside a suppressor', py('print(q)', 'pass', `${contexts}${quiet}`)],
  [
    'print after stdout was put back',
    py('print(q)', 'pass', 'real = sys.stdout\nsys.stdout = sys.stderr\nimport loud\nsys.stdout = real'),
  ],
  [
    'stdout in another encoding',
    py('print(q)', 'sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")', contexts),
  ],
  ['stdout kept in stdout', py('with contextlib.redirect_stdout(sys.__stdout__):\n        print(q)', 'pass', contexts)],
  ['stdout by its number', py('print(q)', 'sys.stdout = open(1, "w", buffering=1)')],
  ['console.log after it was silenced', ts(`${saved}; ${back}; console.log(q)`)],
  [
    'console.log that tells it twice',
    ts(
      'console.log(q)',
      '',
      `const log = console.log.bind(console)
console.log = (...args) => { log(...args); console.error(...args) }`,
    ),
  ],
  ['trouble of the start', py('pass', 'load()', trouble('print("no")'))],
  ['trouble in what the start awaits', py('pass', 'load()', `${trouble('tell()')}\ndef tell():\n    print("no")`)],
  [
    'trouble of the start in TypeScript',
    ts('', 'load()', 'const load = () => { try { read() } catch (e) { console.log(e) } }'),
  ],
  ['loguru', py('pass', 'pass', 'from loguru import logger\nlogger.add(sys.stdout)')],
]

describe('libraries that tell what they do', () => {
  const dotenv = (range: string, call: string, from = `import dotenv from 'dotenv'`): Files => ({
    ...ts('', '', `${from}\n${call}`),
    'package.json': JSON.stringify({ name: 'a', version: '1.0.0', type: 'module', dependencies: { dotenv: range } }),
  })
  it.each([
    ['a default import', dotenv('^17.2.2', 'dotenv.config()')],
    ['a named import', dotenv('17.0.0', `config({ path: '.env' })`, `import { config } from 'dotenv'`)],
    ['all of a module', dotenv('~17.1.0', 'dotenv.config({})', `import * as dotenv from 'dotenv'`)],
  ])('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it.each([
    ['told to be silent', dotenv('^17.2.2', 'dotenv.config({ quiet: true })')],
    ['an older version', dotenv('^16.4.7', 'dotenv.config()')],
    ['a later version', dotenv('^18.0.0', 'dotenv.config()')],
    ['any version', dotenv('*', 'dotenv.config()')],
    ['options that are not known', dotenv('^17.2.2', 'dotenv.config({ ...options })')],
    ['another library', dotenv('^17.2.2', 'config()', `import { config } from 'something'`)],
  ])('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
})

describe('clean-stdout in the source', () => {
  it.each(passing)('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
  it.each(failing)('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it('does not apply to HTTP', async () =>
    expect(
      (await judgeFiles(cleanStdout, py('print(q)', 'pass', '', 'mcp.run(transport="http")'))).verdicts[1]?.status,
    ).toBe('not-applicable'))
  it.each<[string, Files]>([
    ['a call', py('with contextlib.redirect_stdout(target(q)):\n        print(q)', 'pass', contexts)],
    ['the start', py('print(q)', 'pass', contexts, 'with contextlib.redirect_stdout(target()):\n        mcp.run()')],
  ])('is unknown where stdout leads during %s to what was not found', async (_, files) =>
    expect(await judge(files)).toBe('unknown'),
  )

  it('is unknown where no start is found', async () =>
    expect(await judge({ 'src/a.ts': 'fetch(u); console.log(u)' })).toBe('unknown'))

  it.each<[string, Files, string]>([
    ['a level without a case', levels("log('debug', q)"), 'fail'],
    ['a level that is worked out', levels('log(q)'), 'fail'],
    ['a case that goes on with the next', levels("log('error', q)", ''), 'fail'],
    ['a log that is handed on', levels("log('info', q)\n  [q].forEach(log)"), 'fail'],
    ['a level without a case in Python', pyLevels('log("debug", q)'), 'fail'],
    ['levels that have a case each', levels("log('info', q)\n  log('error', q)\n  log()"), 'pass'],
    ['levels that have a case each in Python', pyLevels('log("info", q)'), 'pass'],
  ])('%s', async (_, files, status) => {
    expect(await judge(files)).toBe(status)
  })
})
