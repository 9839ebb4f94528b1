import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { startProcess, stopEverything } from '../target/process.ts'
import { bareTarget } from '../testing/repositories.ts'
import { scriptLaunch } from '../testing/stage.ts'
import { forceCollection } from './collector.ts'

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'airworthy test-')))
afterAll(() => {
  stopEverything()
  rmSync(scratch, { recursive: true, force: true })
})

it('collects the garbage of a Node server, and counts how often', { timeout: 30_000 }, async () => {
  const launch = scriptLaunch(`
    const weak = new WeakRef({ large: Array(1e5).fill(1) })
    const look = setInterval(() => {
      if (weak.deref()) return
      console.log('collected')
      clearInterval(look)
    }, 50)
    setTimeout(() => {}, 20000)`)
  const target = bareTarget({ server: { transport: 'stdio', launch }, scratch })
  const collector = forceCollection(target)
  const process = startProcess(target, launch, { env: collector.env })
  expect(await new Promise<string>(resolve => process.onLine(resolve))).toBe('collected')
  while (collector.collections(process.pid) === 0) await new Promise(resolve => setTimeout(resolve, 50))
  const [first] = collector.reachable(process.pid)
  expect(first?.bytes).toBeGreaterThan(1e6)
  expect(Math.abs(Date.now() - (first?.at ?? 0))).toBeLessThan(60_000)
  process.kill()
  expect([collector.collections(1), collector.reachable(1)]).toEqual([0, []])
})
