import { afterAll, describe, expect, it } from 'vitest'
import { startProcess, stopEverything } from '../../target/process.ts'
import { scriptLaunch, stage } from '../../testing/stage.ts'
import { atRest } from './rest.ts'

afterAll(stopEverything)

const comesToRest = (script: string, ms: number): Promise<boolean> =>
  atRest(startProcess(stage('').target, scriptLaunch(script)), ms)

describe('atRest', () => {
  it('waits for one that is at work to begin with, and gives up one that goes on, or ends', async () => {
    const work = 'for (const end = performance.now() + 1500; performance.now() < end;);'
    const found = await Promise.all([
      comesToRest(`${work} setInterval(() => {}, 1000)`, 30_000),
      comesToRest(`setInterval(() => { ${work} }, 0)`, 7000),
      comesToRest('setTimeout(() => {}, 1000)', 30_000),
    ])
    expect(found).toEqual([true, false, false])
  }, 60_000)
})
