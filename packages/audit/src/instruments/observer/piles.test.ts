import { afterAll, describe, expect, it } from 'vitest'
import { startProcess, stopEverything, type ServerProcess } from '../../target/process.ts'
import { scriptLaunch, stage } from '../../testing/stage.ts'
import { growsEachTime, pileUp, type HeldKind } from './piles.ts'

afterAll(stopEverything)

/** A process that does `script` for each line it gets, and answers it. */
const worker = async (script: string): Promise<{ process: ServerProcess; work: () => Promise<void> }> => {
  const process = startProcess(
    stage('').target,
    scriptLaunch(`
      import { createInterface } from 'node:readline'
      import { openSync, closeSync } from 'node:fs'
      import { spawn } from 'node:child_process'
      import { connect, createServer } from 'node:net'
      const kept = []
      const server = createServer(socket => kept.push(socket)).listen(0, '127.0.0.1')
      createInterface({ input: process.stdin }).on('line', async () => { ${script}; console.log('done') })
      console.log('up')`),
  )
  let heard = (): void => {}
  const next = (): Promise<void> => new Promise(resolve => (heard = resolve))
  const up = next()
  process.onLine(() => heard())
  await up
  const work = async (): Promise<void> => {
    for (let count = 0; count < 4; count++) {
      const done = next()
      await process.write('go\n')
      await done
    }
  }
  return { process, work }
}

const growing = async (script: string): Promise<HeldKind[]> => {
  const { process, work } = await worker(script)
  const found = await pileUp(process, work, { each: 4, patienceMs: 1500 })
  process.kill()
  if (found instanceof Error) throw found
  return found.piles.filter(({ grows }) => grows).map(({ kind }) => kind)
}

describe('pileUp', () => {
  it.each([
    ['nothing is kept', `closeSync(openSync(process.execPath))`, []],
    ['files', `openSync(process.execPath)`, ['file']],
    ['children, and not what each of them opens', `spawn('sleep', ['20'], { stdio: 'ignore' })`, ['process']],
    ['children and the pipe to each', `spawn('sleep', ['20'])`, ['socket', 'process']],
    [
      'a socket at both ends',
      `await new Promise(done => connect(server.address().port, '127.0.0.1', done))`,
      ['socket'],
    ],
    ['a pool of six', `if (kept.length < 6) kept.push(openSync(process.execPath))`, []],
    ['what goes after a while', `const one = openSync(process.execPath); setTimeout(() => closeSync(one), 900)`, []],
  ] as [string, string, HeldKind[]][])('tells what piles up: %s', { timeout: 30_000 }, async (_, script, kinds) => {
    expect((await growing(script)).filter(kind => kind !== 'other')).toEqual(kinds)
  })

  it('says when the server has gone', { timeout: 20_000 }, async () => {
    const { process, work } = await worker('')
    const died = await pileUp(process, async () => process.kill(), { each: 4, patienceMs: 100 })
    expect(died).toBeInstanceOf(Error)
    void work
  })

  it('takes only what grows in each step', () => {
    expect(growsEachTime([5, 9, 13], 4)).toBe(true)
    expect(growsEachTime([5, 9, 9], 4)).toBe(false)
    expect(growsEachTime([5, 6, 7], 4)).toBe(false)
  })
})
