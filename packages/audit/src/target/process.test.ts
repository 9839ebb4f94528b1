import { afterAll, describe, expect, it } from 'vitest'
import { scriptLaunch, stage } from '../testing/stage.ts'
import { startProcess, stopEverything } from './process.ts'
import { isAlive } from './processes.ts'

afterAll(stopEverything)

const until = async (done: () => boolean, ms = 5000): Promise<boolean> => {
  for (
    const end = performance.now() + ms;
    performance.now() < end;
    await new Promise(resolve => setTimeout(resolve, 20))
  )
    if (done()) return true
  return done()
}

const start = (script: string) => {
  const { target, end } = stage(script)
  return { process: startProcess(target, scriptLaunch(script)), end }
}

const forever = 'setInterval(() => {}, 1000)'
const withChild = `
import { spawn } from 'node:child_process'
const child = spawn(process.execPath, ['-e', '${forever}'], { detached: true, stdio: 'ignore' })
console.log(child.pid)
${forever}`

describe('startProcess', () => {
  it('sees and kills a child in a session of its own', async () => {
    const { process } = start(withChild)
    let child = 0
    process.onLine(line => (child = Number(line)))
    expect(await until(() => child > 0)).toBe(true)
    expect(process.family().map(({ pid }) => pid)).toContain(child)
    process.kill()
    expect(await until(() => !isAlive(child) && !isAlive(process.pid))).toBe(true)
  })

  it('still finds the child when its parent is gone', async () => {
    const { process } = start(withChild)
    let child = 0
    process.onLine(line => (child = Number(line)))
    await until(() => child > 0)
    process.signal('SIGKILL')
    expect(await until(() => !isAlive(process.pid))).toBe(true)
    expect(process.family().map(({ pid }) => pid)).toEqual([child])
    process.kill()
    expect(await until(() => !isAlive(child))).toBe(true)
  })

  it('sees and kills a child whose environment was cleared, also when its parent is gone', async () => {
    const { process } = start(withChild.replace("{ detached: true, stdio: 'ignore' }", "{ env: {}, stdio: 'ignore' }"))
    let child = 0
    process.onLine(line => (child = Number(line)))
    expect(await until(() => child > 0)).toBe(true)
    expect(process.family().map(({ pid }) => pid)).toEqual([process.pid, child])
    process.signal('SIGKILL')
    expect(await until(() => !isAlive(process.pid))).toBe(true)
    expect(process.family().map(({ pid }) => pid)).toEqual([child])
    process.kill()
    expect(await until(() => !isAlive(child))).toBe(true)
  })

  it('answers every write of a process that ends without reading', async () => {
    const { process } = start('setTimeout(() => process.exit(), 300)')
    const writes = Array.from({ length: 20 }, () => process.write('x'.repeat(100_000)))
    expect((await Promise.all(writes)).at(-1)).toBe(false)
  })

  it('ends with the scope that started it', async () => {
    const { process, end } = start(`process.on('SIGTERM', () => {}); ${forever}`)
    end()
    expect(await until(() => !isAlive(process.pid))).toBe(true)
  })

  it('keeps a bounded log of a flood and says so', async () => {
    const { process } = start(`for (let i = 0; i < 20000; i++) process.stderr.write('line ' + i + '\\n')`)
    await process.exited
    expect(await until(() => process.log.dropped > 0)).toBe(true)
    expect(process.log.lines).toHaveLength(5000)
    expect(process.excesses.join()).toContain('more log lines')
  })

  it('stops a process that floods stdout', { timeout: 60_000 }, async () => {
    const { process } = start(
      `const block = 'x'.repeat(1 << 20) + '\\n'; const go = () => { while (process.stdout.write(block)); process.stdout.once('drain', go) }; go()`,
    )
    process.onLine(() => {})
    await process.exited
    expect(process.excesses.join()).toContain('256 MB on stdout')
  })

  it('does not keep a line that never ends', { timeout: 60_000 }, async () => {
    const { process } = start(
      `const block = 'x'.repeat(1 << 20); let sent = 0; const go = () => { while (sent++ < 60) if (!process.stdout.write(block)) return process.stdout.once('drain', go) }; go()`,
    )
    const lines: string[] = []
    process.onLine(line => lines.push(line))
    await process.exited
    expect(await until(() => process.excesses.length > 0)).toBe(true)
    expect(process.excesses[0]).toContain('more than 32 MB on stdout')
    expect(lines).toEqual([])
  })

  it('tells of a command that cannot be started', async () => {
    const { target } = stage('')
    const process = startProcess(target, { ...scriptLaunch(''), command: '/no/such/command' })
    expect(await process.exited).toMatchObject({ code: null })
    expect(process.log.lines[0]?.text).toContain('ENOENT')
  })
})
