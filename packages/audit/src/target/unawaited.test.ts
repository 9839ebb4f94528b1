import { expect, it } from 'vitest'
import { bareTarget } from '../testing/repositories.ts'
import { noteUnawaited } from './unawaited.ts'

it.each([
  ['(node:7) UnhandledPromiseRejectionWarning: Error: no', true],
  ['{"level":"warn","message":"Unhandled rejection: Error: no"}', true],
  ["/app/tools.py:12: RuntimeWarning: coroutine 'index' was never awaited", true],
  ["sys:1: RuntimeWarning: coroutine 'run' was never awaited", false],
  ['ERROR asyncio: Task exception was never retrieved', true],
  ["future: <Future finished exception=ValueError('no')>", true],
  ["future: <Future finished exception=ConnectionError('unexpected connection_lost() call')>", false],
  ['{"level":"info","message":"the request was rejected, and handled"}', false],
  ['docs: how to await a coroutine', false],
])('%s', (line, is) => {
  const { journal } = bareTarget({})
  journal.unawaited.length = 0
  noteUnawaited(journal, line)
  expect(journal.unawaited.length > 0).toBe(is)
})

const task = (file: string): string =>
  `future: <Task finished name='Task-3' coro=<work() done, defined at ${file}:12> exception=ValueError('no')>`

it.each([
  ['its own task', '/app/tools.py', 2],
  ['a task that a library started', '/app/.venv/lib/python3.11/site-packages/asyncpg/pool.py', 0],
  ['a task of asyncio', '/usr/lib/python3.11/asyncio/tasks.py', 0],
])('%s', (_, file, lines) => {
  const header = 'ERROR asyncio: Task exception was never retrieved'
  const plain = bareTarget({}).journal
  for (const line of [header, task(file)]) noteUnawaited(plain, line)
  expect(plain.unawaited).toHaveLength(lines)
  const structured = bareTarget({}).journal
  noteUnawaited(structured, JSON.stringify({ level: 'error', message: `${header}\n${task(file)}` }))
  expect(structured.unawaited).toHaveLength(lines / 2)
})
