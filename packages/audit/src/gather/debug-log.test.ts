import { expect, it } from 'vitest'
import type { Startup } from '../target/startup-failures.ts'
import { speaking, stage } from '../testing/stage.ts'
import { debugLog } from './debug-log.ts'
import type { Trials } from './trials.ts'

const opening = { ready: true, ms: 100, eras: ['legacy'], revisions: { legacy: '2025-11-25' } } as unknown as Startup
const nothing = { trials: [], good: [] } as unknown as Trials
const logging = speaking(
  `if (process.env.MY_LEVEL === 'all') console.error('{"level":"debug","message":"asked"}')
  send({ id: message.id, error: { code: -32601, message: 'Method not found' } })`,
  `console.error('{"level":"info","message":"ready"}')`,
)

it('adds what the settings say to its environment, and keeps what it logs', { timeout: 60_000 }, async () => {
  const declared = stage(logging, { settings: { debug: { env: { MY_LEVEL: 'all' } } } })
  const seen = await debugLog.gather(declared.target, { opening, trials: nothing })
  declared.end()
  expect(seen.declared).toBe(true)
  expect(new Set(seen.lines.map(({ level }) => level))).toEqual(new Set(['info', 'debug']))

  const guessed = stage(logging)
  const usual = await debugLog.gather(guessed.target, { opening, trials: nothing })
  guessed.end()
  expect(usual).toMatchObject({ declared: false, env: { LOG_LEVEL: 'debug' } })
  expect(new Set(usual.lines.map(({ level }) => level))).toEqual(new Set(['info']))
})
