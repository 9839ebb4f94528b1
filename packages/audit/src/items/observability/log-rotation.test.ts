import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import logRotation from './log-rotation.ts'

const typescript = (code: string): Files => ({
  'package.json': '{"name":"notes-mcp","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nimport pino from 'pino'\nimport winston, { transports } from 'winston'\nimport { createWriteStream } from 'node:fs'\nimport DailyRotateFile from 'winston-daily-rotate-file'\n${code}\n`,
})
const python = (code: string): Files => ({
  'pyproject.toml': '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp"]\n',
  'src/main.py': `import logging\nimport logging.config\nimport sys\nfrom logging.handlers import RotatingFileHandler, TimedRotatingFileHandler\nfrom fastmcp import FastMCP\nfrom loguru import logger\n${code}\n`,
})
const judge = (files: Files) => judgeFiles(logRotation, files)
const compose = (logging: string): Files => ({ 'compose.yaml': `services:\n  notes:\n    build: .\n${logging}` })

describe('log-rotation in TypeScript', () => {
  it.each([
    ['a size of winston', 'new transports.File({ filename: "a.log", maxsize: 1e7 })'],
    ['a file a day', 'new DailyRotateFile({ filename: "a-%DATE%.log" })'],
    [
      'a class of its own',
      'class Safe extends winston.transports.File {}\nnew Safe({ filename: "a.log", maxsize: 1e7 })',
    ],
    [
      'a class of its own that sets the size',
      'class Safe extends transports.File { constructor(filename) { super({ filename, maxsize: 1e7 }) } }\nnew Safe("a.log")',
    ],
    [
      'a class that gets a name later',
      'var Safe\nSafe = class extends winston.transports.File {}\nnew Safe({ filename: "a.log", maxsize: 1e7 })',
    ],
    ['pino-roll', 'pino({ transport: { targets: [{ target: "pino-roll", options: { file: "a" } }] } })'],
  ])('passes %s', async (_, code) => {
    expect(await judge(typescript(code))).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['winston', 'new winston.transports.File({ filename: "a.log" })'],
    ['a class of its own', 'class Safe extends winston.transports.File { log() {} }\nnew Safe({ filename: "a.log" })'],
    ['pino', 'pino(pino.destination("/var/log/notes.log"))'],
    [
      'a transport of pino',
      'const transport = { target: "pino/file", options: { destination: "a.log" } }\npino({ transport })',
    ],
    ['a stream', 'createWriteStream("logs/notes.log", { flags: "a" })'],
  ])('fails a file of %s', async (_, code) => {
    expect(await judge(typescript(code))).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['stderr', 'pino(pino.destination(2))'],
    ['a file of data', 'createWriteStream("notes.json")'],
    ['a class nobody makes one of', 'class Safe extends winston.transports.File {}'],
    [
      'a class of the same name',
      'class File { write() {} }\nclass Safe extends File {}\nnew Safe({ filename: "a.log" })',
    ],
    ['a comment', '// new transports.File({ filename: "a.log" })'],
  ])('takes %s for no log file', async (_, code) => {
    expect(await judge(typescript(code))).toMatchObject({ status: 'not-applicable' })
  })
})

describe('log-rotation in Python', () => {
  it.each([
    ['a size', 'RotatingFileHandler("a.log", maxBytes=10_000_000, backupCount=5)'],
    ['a class of its own', 'class Safe(RotatingFileHandler):\n    pass\nSafe("a.log", maxBytes=1000)'],
    [
      'a class of its own that sets the size',
      'class Safe(RotatingFileHandler):\n    def __init__(self, path):\n        super().__init__(path, maxBytes=1000)\nSafe("a.log")',
    ],
    ['a time', 'TimedRotatingFileHandler("a.log", when="midnight")'],
    ['loguru', 'logger.add("a.log", rotation="10 MB")'],
    [
      'a configuration',
      'logging.config.dictConfig({"handlers": {"file": {"class": "logging.handlers.RotatingFileHandler", "filename": "a.log", "maxBytes": 1000}}})',
    ],
  ])('passes %s', async (_, code) => {
    expect(await judge(python(code))).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['a plain file', 'logging.FileHandler("a.log")'],
    [
      'a class of its own',
      'class Safe(logging.FileHandler):\n    def __init__(self, path):\n        super().__init__(path)\nSafe("a.log")',
    ],
    ['a class of its own without a size', 'class Safe(RotatingFileHandler):\n    pass\nSafe("a.log")'],
    ['a handler that never rotates', 'RotatingFileHandler("a.log")'],
    ['basicConfig', 'logging.basicConfig(filename="a.log")'],
    ['loguru without rotation', 'logger.add("a.log")'],
    [
      'a configuration',
      'CONFIG = {"handlers": {"file": {"class": "logging.FileHandler", "filename": "a.log"}}}\nlogging.config.dictConfig(CONFIG)',
    ],
  ])('fails %s', async (_, code) => {
    expect(await judge(python(code))).toMatchObject({ status: 'fail' })
  })

  it('is unknown when a setting chooses', async () => {
    const code =
      'def open_log(rotate):\n    if rotate:\n        return RotatingFileHandler("a.log", maxBytes=1000)\n    return logging.FileHandler("a.log")'
    expect(await judge(python(code))).toMatchObject({ status: 'unknown' })
  })

  it('takes stderr for no file', async () => {
    expect(await judge(python('logging.basicConfig(stream=sys.stderr)\nlogger.add(sys.stderr)'))).toMatchObject({
      status: 'not-applicable',
    })
  })

  it('passes a file that logrotate takes care of', async () => {
    const files = { 'deploy/logrotate.d/notes': '/var/log/notes/*.log {\n  size 10M\n  rotate 5\n}\n' }
    expect(await judge({ ...python('logging.FileHandler("/var/log/notes/a.log")'), ...files })).toMatchObject({
      status: 'pass',
    })
    const other = { 'deploy/logrotate.d/notes': '/var/log/nginx/access.log {\n  size 10M\n  rotate 5\n}\n' }
    expect(await judge({ ...python('logging.FileHandler("/var/log/notes/a.log")'), ...other })).toMatchObject({
      status: 'fail',
    })
  })
})

describe('log-rotation of what runs it', () => {
  const code = python('')

  it.each<[string, Files]>([
    ['a size', compose('    logging: { options: { max-size: 10m } }\n')],
    ['a driver that rotates', compose('    logging: { driver: local }\n')],
    ['a driver that sends them away', compose('    logging: { driver: fluentd }\n')],
    ['the journal', { 'notes.service': '[Service]\nExecStart=/usr/bin/notes-mcp\n' }],
    ['supervisord', { 'supervisord.conf': '[program:notes]\ncommand=notes-mcp\n' }],
  ])('passes %s', async (_, files) => {
    expect(await judge({ ...code, ...files })).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    ['the default of Docker', compose('')],
    [
      'a file of systemd',
      { 'notes.service': '[Service]\nExecStart=/usr/bin/notes-mcp\nStandardError=append:/var/log/notes.log\n' },
    ],
    [
      'supervisord without a limit',
      { 'supervisord.conf': '[program:notes]\ncommand=notes-mcp\nstdout_logfile=/a.log\nstdout_logfile_maxbytes=0\n' },
    ],
  ])('fails %s', async (_, files) => {
    expect(await judge({ ...code, ...files })).toMatchObject({ status: 'fail' })
  })

  it('does not apply under Kubernetes, is unknown for pm2', async () => {
    const k8s = {
      'k.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: { name: notes }\nspec: { containers: [{ name: notes, image: a/notes-mcp }] }\n',
    }
    expect(await judge({ ...code, ...k8s })).toMatchObject({ status: 'not-applicable' })
    expect(
      await judge({ ...code, 'ecosystem.config.json': '{"apps":[{"name":"notes","script":"a.js"}]}' }),
    ).toMatchObject({ status: 'unknown' })
  })
})

describe('log-rotation of classes whose rotation is not read', () => {
  it.each([
    [
      'options that are handed up',
      typescript(
        'class Safe extends transports.File { constructor(options) { super(options) } }\nnew Safe({ filename: "a.log" })',
      ),
    ],
    [
      'arguments that are handed up',
      python(
        'class Safe(RotatingFileHandler):\n    def __init__(self, *given):\n        super().__init__(*given)\nSafe("a.log", 1000)',
      ),
    ],
    [
      'a rotation of its own',
      python('class Safe(logging.FileHandler):\n    def rollover(self):\n        pass\nSafe("a.log")'),
    ],
  ])('leaves %s open', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })
})
