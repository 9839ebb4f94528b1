import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { openRelay } from './relay.ts'

const target = { signal: new AbortController().signal } as Target

const ask = (address: string, ms = 300): Promise<string> =>
  new Promise(resolve => {
    const socket = connect(Number(address.split(':')[1]), '127.0.0.1')
    const end = (saw: string): void => {
      socket.destroy()
      resolve(saw)
    }
    socket.once('data', data => end(String(data))).once('error', () => end('refused'))
    socket.write('hello')
    setTimeout(() => end('silence'), ms)
  })

it('passes on, counts, hangs, goes away and comes back', async () => {
  const far = createServer(socket => socket.on('error', () => {}).on('data', data => socket.write(data)))
  far.listen(0, '127.0.0.1')
  await once(far, 'listening')
  const relay = await openRelay(target, `127.0.0.1:${(far.address() as AddressInfo).port}`)
  if (!relay) throw new Error('no relay')
  expect(await Promise.all([ask(relay.address), ask(relay.address)])).toEqual(['hello', 'hello'])
  expect(relay.seen()).toMatchObject({ most: 2, all: 2 })
  await relay.behave('hang')
  expect(await ask(relay.address)).toBe('silence')
  await expect.poll(() => relay.seen().open, { timeout: 5000 }).toBe(0)
  const late = ask(relay.address, 10_000)
  await expect.poll(() => relay.seen().open, { timeout: 5000 }).toBe(1)
  await relay.behave('pass')
  expect(await late).toBe('hello')
  await relay.behave('cut')
  expect(await ask(relay.address)).toBe('refused')
  await relay.behave('pass')
  expect(await ask(relay.address)).toBe('hello')
  await relay.close()
  far.close()
})

it('is none where nothing listens', async () => {
  expect(await openRelay(target, '127.0.0.1:1')).toBe(null)
})
