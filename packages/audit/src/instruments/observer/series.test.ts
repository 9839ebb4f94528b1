import { afterAll, describe, expect, it } from 'vitest'
import { startProcess, stopEverything, type ServerProcess } from '../../target/process.ts'
import { scriptLaunch, stage } from '../../testing/stage.ts'
import { totalsNow } from './observe.ts'
import { settle, watch } from './series.ts'

afterAll(stopEverything)

const obeying = `
import { closeSync, openSync } from 'node:fs'
const open = []
process.stdin.on('data', data => {
  const word = String(data).trim()
  if (word === 'open') while (open.length < 20) open.push(openSync(process.execPath, 'r'))
  if (word === 'close') setTimeout(() => { while (open.length > 0) closeSync(open.pop()) }, 200)
  console.log(word)
})
console.log('up')`

const started = async (): Promise<{ process: ServerProcess; tell: (word: string) => Promise<void> }> => {
  const process = startProcess(stage('').target, scriptLaunch(obeying))
  let heard = (): void => {}
  const next = (): Promise<void> => new Promise(resolve => (heard = resolve))
  const up = next()
  process.onLine(() => heard())
  await up
  return {
    process,
    tell: async word => {
      const answer = next()
      await process.write(word)
      await answer
    },
  }
}

describe('watch', () => {
  it('keeps a bounded series with the number of calls', async () => {
    const { process, tell } = await started()
    let asked = 0
    const calls = (): number => asked++
    const series = watch(process, { everyMs: 5, most: 10, calls })
    await tell('open')
    const enough = (): boolean => asked >= 25
    for (let round = 0; round < 500 && !enough(); round++) await new Promise(resolve => setTimeout(resolve, 10))
    const points = await series.stop()
    expect(enough()).toBe(true)
    expect(points.length).toBeLessThanOrEqual(10)
    expect(points.map(({ ms }) => ms)).toEqual(points.map(({ ms }) => ms).toSorted((a, b) => a - b))
    expect(points.at(-1)?.files).toBe(20 + (points[0]?.files ?? 0))
    process.kill()
  })

  it('ends by itself with the server', async () => {
    const { process } = await started()
    const series = watch(process, { everyMs: 5 })
    process.kill()
    await process.exited
    expect((await series.stop()).every(({ processes }) => processes > 0)).toBe(true)
  })
})

describe('settle', () => {
  it('waits until a figure is back at its baseline', async () => {
    const { process, tell } = await started()
    const { files: baseline } = await totalsNow(process)
    await tell('open')
    const early = await settle(process, ({ files }) => files === baseline, { withinMs: 100 })
    expect(early).toMatchObject({ settled: false, gone: false, last: { files: (baseline ?? 0) + 20 } })
    await tell('close')
    const late = await settle(process, ({ files }) => files === baseline, { withinMs: 10_000 })
    expect(late).toMatchObject({ settled: true, last: { files: baseline } })
    process.kill()
  })

  it('does not take a server that has ended for a calm one', async () => {
    const { process } = await started()
    process.kill()
    await process.exited
    expect(await settle(process, ({ rss }) => rss === 0, { withinMs: 1000 })).toMatchObject({
      settled: false,
      gone: true,
    })
  })
})
