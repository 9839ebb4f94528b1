import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorLogging from './error-logging.ts'

const judge = async (files: Files) => (await judgeFiles(errorLogging, files)).status

/** A server with one tool, whose handler has this body. */
const ts = (body: string, before = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { log } from './log.js'
const server = new McpServer({ name: 'a', version: '1' })
${before}
server.registerTool('ask', { inputSchema: {} }, async ({ q }) => {
${body}
})`,
  'src/log.ts': `import pino from 'pino'\nexport const log = pino({}, pino.destination(2))`,
})
const py = (body: string, before = ''): Files => ({
  'pkg/server.py': `import logging
from fastmcp import FastMCP
logger = logging.getLogger(__name__)
mcp = FastMCP("a")
${before}
@mcp.tool
async def ask(q: str) -> str:
    """Ask."""
${body}
`,
})

const tsTry = (handler: string): string => `  try {\n    return await work(q)\n  } catch (error) {\n${handler}\n  }`
const pyTry = (handler: string, types = 'Exception'): string =>
  `    try:\n        return await work(q)\n    except ${types} as error:\n${handler}`
const answer = `    return { content: [{ type: 'text', text: String(error) }], isError: true }`

const passing: [string, Files][] = [
  ['a logger with the error', ts(tsTry(`    log.error({ tool: 'ask', error }, 'failed')\n${answer}`))],
  ['console.error', ts(tsTry(`    console.error('ask failed', error)\n${answer}`))],
  [
    'a function of its own that logs',
    ts(
      tsTry(`    return toResult(error)`),
      `const toResult = error => {\n  log.error(error)\n  return { isError: true, content: [] }\n}`,
    ),
  ],
  ['logged and thrown on', ts(tsTry(`    log.error(error)\n    throw error`))],
  ['logger.exception', py(pyTry('        logger.exception("ask failed")\n        return "It did not work"'))],
  [
    'logger.error with the error',
    py(pyTry('        logger.error("ask failed: %s", error)\n        return "It did not work"')),
  ],
  ['exc_info', py(pyTry('        logger.warning("ask failed", exc_info=True)\n        return "It did not work"'))],
]

const failing: [string, Files][] = [
  ['nothing is logged', ts(tsTry(answer))],
  ['the log is imported and not used here', ts(tsTry(answer), `log.info('ready')`)],
  ['fixed words', ts(tsTry(`    log.error('failed')\n${answer}`))],
  ['a comment about logging', ts(tsTry(`    // log.error(error)\n${answer}`))],
  ['nothing is logged in Python', py(pyTry('        return f"It did not work: {error}"'))],
  ['fixed words in Python', py(pyTry('        logger.error("failed")\n        return "It did not work"'))],
]

const undecided: [string, Files][] = [
  ['all is thrown on', ts(tsTry('    throw error'))],
  ['nothing is caught', ts('  return work(q)')],
  ['an expected exception is answered', py(pyTry('        return "No such thing"', 'KeyError'))],
  ['no tool', { 'src/index.ts': `console.log('hello')` }],
  ['another language', { 'go.mod': 'module a', 'main.go': 'package main' }],
]

describe('error-logging', () => {
  it.each(passing)('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
  it.each(failing)('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it.each(undecided)('is unknown: %s', async (_, files) => expect(await judge(files)).toBe('unknown'))
})
