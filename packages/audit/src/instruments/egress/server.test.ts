import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import type { Target } from '../../core/target.ts'
import { startAnew } from '../../gather/anew.ts'
import { startUp } from '../../target/startup.ts'
import { stopEverything } from '../../target/process.ts'
import { bareTarget } from '../../testing/repositories.ts'
import { openEgressProxy } from './proxy.ts'

const script = fileURLToPath(new URL('../../testing/stand-in.mjs', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
afterAll(() => {
  stopEverything()
  rmSync(scratch, { recursive: true, force: true })
})

const standIn = (...words: string[]): Target => {
  const env = { WEATHER_KEY: 'weather-key-123' }
  const launch = { command: process.execPath, args: [script, ...words], cwd: tmpdir(), env, origin: 'test' }
  return bareTarget({ server: { transport: 'stdio', launch }, scratch })
}

/** What the tool says while its upstream fails once, and then while it hangs. */
const trouble = async (target: Target) => {
  const opening = await startUp(target)
  const proxy = await openEgressProxy(target)
  proxy.watch('WEATHER_KEY', 'weather-key-123')
  const { connection } = await startAnew(target, opening, { env: proxy.env })
  const call = () => connection.request('tools/call', { name: 'weather', arguments: { place: 'Riga' } })
  proxy.rule('*', { answer: { status: 200, body: { sky: 'clear' } } })
  proxy.rule('*', { answer: 503, times: 1, retryAfter: 1 })
  const failedOnce = await call()
  proxy.rule('*', { hang: 'before' })
  const hung = await call()
  await proxy.settled(5000)
  await connection.close()
  await proxy.close()
  return { failedOnce, hung, requests: proxy.requests() }
}

it('sees a server try again, and give up on an upstream that hangs', async () => {
  const { failedOnce, hung, requests } = await trouble(standIn('fetches'))
  expect(JSON.stringify(failedOnce)).toContain('clear')
  expect(hung).toMatchObject({ kind: 'result', result: { isError: true } })
  expect(requests.map(({ status, end }) => [status, end])).toEqual([
    [503, 'answered'],
    [200, 'answered'],
    [null, 'client-closed'],
  ])
  expect(requests[0]).toMatchObject({ host: 'api.weather.example', path: '/v1/now?place=Riga' })
  expect(requests[0]?.carried).toEqual([{ name: 'WEATHER_KEY', where: 'header authorization' }])
})

it('sees that another server does not try again', async () => {
  const { failedOnce, requests } = await trouble(standIn('fetches', 'once'))
  expect(JSON.stringify(failedOnce)).toContain('the weather service answered 503')
  expect(requests).toHaveLength(2)
})
