import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import cleanStdout from './clean-stdout.ts'

const ts = (imports: string, top: string, body = ''): Files => ({
  'package.json': '{"name":"a","version":"1.0.0","bin":"src/server.ts"}',
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
${imports}
${top}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { description: 'd' }, async ({ a }) => {
${body}
  return { content: [] }
})
await server.connect(new StdioServerTransport())
`,
})
const py = (imports: string, top: string, body = 'pass'): Files => ({
  'pkg/server.py': `import sys
from mcp.server.fastmcp import FastMCP
${imports}
${top}
mcp = FastMCP("a")

@mcp.tool()
async def run(a: str) -> str:
    ${body}
    return a

mcp.run()
`,
})
const winston = (options: string) =>
  ts(
    `import winston from 'winston'`,
    `winston.createLogger({ transports: [new winston.transports.Console(${options})] })`,
  )
const pino = (options: string) => ts(`import pino from 'pino'`, `const log = pino(${options})`)
const spawn = (options: string) => ts(`import { spawn } from 'child_process'`, '', `spawn('make', [a]${options})`)

const failing: [string, Files][] = [
  ['winston', winston('')],
  ['winston with a format', winston('{ format: winston.format.simple() }')],
  ['pino with a pretty transport', pino(`{ transport: { target: 'pino-pretty', options: { colorize: true } } }`)],
  ['console.table', ts('', '', 'console.table(a)')],
  ['a program that shares stdout', spawn(`, { stdio: 'inherit' }`)],
  ['a program that shares stdout alone', spawn(`, { stdio: ['pipe', 'inherit', 'pipe'] }`)],
  [
    'a handler of rich',
    py('import logging\nfrom rich.logging import RichHandler', 'logging.basicConfig(handlers=[RichHandler()])'),
  ],
  ['structlog', py('import structlog', 'structlog.configure(processors=[])')],
  [
    'structlog with its printer',
    py('import structlog', 'structlog.configure(logger_factory=structlog.PrintLoggerFactory())'),
  ],
  [
    'the settings of logging',
    py(
      'import logging.config',
      'C = {"handlers": {"a": {"stream": "ext://sys.stdout"}}}\nlogging.config.dictConfig(C)',
    ),
  ],
  ['a program', py('import subprocess', '', 'subprocess.run(["make", a], timeout=5)')],
  ['a program of asyncio', py('import asyncio', '', 'await asyncio.create_subprocess_exec("make", a)')],
  ['a bound console', ts('', 'const log = console.log.bind(console)', 'log(a)')],
  ['what a program prints', ts('', '', 'a.stdout.pipe(process.stdout)')],
  ['consola', ts(`import { consola } from 'consola'`, '', 'consola.info(a)')],
]
const passing: [string, Files][] = [
  ['a bound console', ts('', 'const log = console.error.bind(console)', 'log(a)')],
  ['what a program prints', ts('', '', 'a.stdout.pipe(process.stderr)')],
  ['errors of consola', ts(`import { consola } from 'consola'`, '', 'consola.error(a)')],
  ['winston on stderr', winston(`{ stderrLevels: ['info', 'error'] }`)],
  ['pino with a pretty transport', pino(`{ transport: { target: 'pino-pretty', options: { destination: 2 } } }`)],
  ['a program with pipes', spawn('')],
  ['a program that shares stderr', spawn(`, { stdio: ['ignore', 'pipe', 'inherit'] }`)],
  [
    'a program that says nothing',
    ts(`import { spawn } from 'child_process'`, '', `spawn('open', [a], { stdio: 'inherit' })`),
  ],
  [
    'a handler of rich',
    py(
      'from rich.logging import RichHandler\nfrom rich.console import Console',
      'RichHandler(console=Console(stderr=True))',
    ),
  ],
  ['structlog', py('import structlog', 'structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))')],
  ['tqdm', py('from tqdm import tqdm', '', 'tqdm([a])')],
  ['a program', py('import subprocess', '', 'subprocess.run(["make", a], capture_output=True)')],
  ['a program with a file', py('import subprocess', '', 'subprocess.run(["make", a], stdout=subprocess.DEVNULL)')],
  ['options that are not known', py('import subprocess', 'def f(**kw): subprocess.run(["make"], **kw)', 'f()')],
  ['a program that says nothing', py('import subprocess', '', 'subprocess.run(["open", a])')],
]

describe('clean-stdout of logs and programs', () => {
  it.each(failing)('fails %s', async (_, files) => {
    expect((await judgeFiles(cleanStdout, files)).status).toBe('fail')
  })
  it.each(passing)('passes %s', async (_, files) => {
    expect((await judgeFiles(cleanStdout, files)).status).toBe('pass')
  })
})
