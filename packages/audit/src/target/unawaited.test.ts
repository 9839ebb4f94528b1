import { expect, it } from 'vitest'
import { bareTarget } from '../testing/repositories.ts'
import { noteUnawaited } from './unawaited.ts'

it.each([
  ['(node:7) UnhandledPromiseRejectionWarning: Error: no', true],
  ['{"level":"warn","message":"Unhandled rejection: Error: no"}', true],
  ["/app/tools.py:12: RuntimeWarning: coroutine 'index' was never awaited", true],
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
