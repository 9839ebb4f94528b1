import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openThread } from './thread.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thread-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A thread that runs such a script; `port` is what it hears and speaks by. */
const threadOf = (script: string): ((question: unknown) => Promise<number>) => {
  const path = join(folder, 'script.mjs')
  writeFileSync(path, `import { parentPort as port } from 'node:worker_threads'\n${script}`)
  return openThread<number>(pathToFileURL(path))
}
const doubling = `port.on('message', number => port.postMessage(number < 0 ? { wrong: 'negative' } : { answer: number * 2 }))`

it('answers one question after the other', async () => {
  const ask = threadOf(doubling)
  expect(await Promise.all([1, 2, 3].map(ask))).toEqual([2, 4, 6])
  expect(await Promise.allSettled([ask(-1), ask(4)])).toMatchObject([
    { status: 'rejected', reason: { message: 'negative' } },
    { status: 'fulfilled', value: 8 },
  ])
})

it.each([
  ['that breaks when it begins', `throw new Error('broken')`, /broken/],
  ['that ends', `port.once('message', () => process.exit(3))`, /ended with 3/],
  ['that breaks on a question', `port.on('message', () => { throw new Error('overflow') })`, /overflow/],
])('tells all who wait of a thread %s, and begins another', async (_, script, because) => {
  const ask = threadOf(script)
  const told = await Promise.allSettled([ask(1), ask(2)])
  expect(told.map(one => (one.status === 'rejected' ? String(one.reason) : 'answered'))).toEqual([
    expect.stringMatching(because),
    expect.stringMatching(because),
  ])
  await expect(ask(3)).rejects.toThrow(because)
})

it('goes on after a question that cannot be sent', async () => {
  const ask = threadOf(doubling)
  await expect(ask(() => 1)).rejects.toThrow('could not be cloned')
  expect(await ask(5)).toBe(10)
})

it('tells of a script that is not there', async () => {
  await expect(openThread(pathToFileURL(join(folder, 'none.mjs')))(1)).rejects.toThrow('none.mjs')
})
