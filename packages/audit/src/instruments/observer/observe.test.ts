import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { startProcess, stopEverything, type ServerProcess } from '../../target/process.ts'
import { scriptLaunch, stage } from '../../testing/stage.ts'
import { cpuMsFrom, figuresFromCommands, openFrom } from './commands.ts'
import { absence, totalsOf, type ProcessFigures } from './figures.ts'
import { observe, serverPart, totalsNow } from './observe.ts'
import { addressFrom } from './sockets.ts'

afterAll(stopEverything)

/** Starts a script and waits for the first line it prints. */
const started = async (script: string): Promise<{ process: ServerProcess; line: string }> => {
  const process = startProcess(stage('').target, scriptLaunch(script))
  const line = await new Promise<string>(resolve => process.onLine(resolve))
  return { process, line }
}

const busy = (port: number): string => `
import { connect, createServer } from 'node:net'
import { openSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
const file = openSync(process.execPath, 'r')
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
const hoard = Buffer.alloc(80e6, 1)
for (const end = performance.now() + 200; performance.now() < end;);
const server = createServer().listen(0, '127.0.0.1', () => {
  const socket = connect(${port}, '127.0.0.1', () => console.log(server.address().port + ' ' + child.pid))
})
setInterval(() => hoard.length, 1000)`

const withPeer = async (work: (port: number) => Promise<void>): Promise<void> => {
  const peer = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => peer.once('listening', resolve))
  await work((peer.address() as AddressInfo).port)
  peer.close()
}

const check = (processes: ProcessFigures[], root: number, peer: number, line: string, leastCpuMs: number): void => {
  const [listening, child] = line.split(' ').map(Number)
  const server = processes.find(({ pid }) => pid === root)
  expect(processes.find(({ pid }) => pid === child)).toMatchObject({ parent: root })
  expect(server?.rss).toBeGreaterThan(80e6)
  expect(server?.cpuMs).toBeGreaterThanOrEqual(leastCpuMs)
  expect(server?.descriptors).toContainEqual(expect.objectContaining({ kind: 'file', name: process.execPath }))
  expect(server?.sockets).toContainEqual(
    expect.objectContaining({ protocol: 'tcp', state: 'LISTEN', local: { host: '127.0.0.1', port: listening } }),
  )
  expect(server?.sockets).toContainEqual(
    expect.objectContaining({ state: 'ESTABLISHED', remote: { host: '127.0.0.1', port: peer } }),
  )
}

describe('observe', () => {
  it('sees memory, processor time, files, sockets, threads and children', () =>
    withPeer(async port => {
      const { process, line } = await started(busy(port))
      const { processes } = await observe(process, { sockets: true })
      check(processes, process.pid, port, line, 100)
      const totals = totalsOf(processes)
      expect(totals).toMatchObject({ processes: 2, listening: 1 })
      expect(totals.threads).toBeGreaterThan(2)
      expect(totals.peakRss).toBe(Math.max(...processes.map(({ peakRss }) => peakRss ?? 0)))
      expect(totals.peakRss).toBeGreaterThan(80e6)
      expect(absence(processes, 'rss')).toBe(null)
      process.kill()
    }))

  it('sees as much through ps and lsof, and tells what they do not offer', () =>
    withPeer(async port => {
      const { process, line } = await started(busy(port))
      const processes = await figuresFromCommands(process.family())
      if (absence(processes, 'descriptors')?.includes('not installed') !== true)
        check(processes, process.pid, port, line, 0)
      expect(processes[0]?.threads).toBe(null)
      expect(absence(processes, 'threads')).toContain('ps counts no threads')
      expect(totalsOf(processes).threads).toBe(null)
      process.kill()
    }))

  it('leaves the launcher above a server out', async () => {
    const { process } = await started(`console.log('up'); setInterval(() => {}, 1000)`)
    process.kill()
    const launch = { ...scriptLaunch(''), command: 'sh', args: ['-c', 'echo up; sleep 60; true'], cwd: tmpdir() }
    const shell = startProcess(stage('').target, launch)
    await new Promise<string>(resolve => shell.onLine(resolve))
    const commands = async (): Promise<string[]> =>
      serverPart(shell, await observe(shell)).map(({ command }) => command)
    await expect.poll(commands, { timeout: 10_000 }).toEqual(['sleep 60'])
    shell.kill()
  })

  it('counts nothing when nothing is left', async () => {
    const { process } = await started(`console.log('up')`)
    await process.exited
    expect(await totalsNow(process)).toMatchObject({ processes: 0, rss: 0 })
  })
})

describe('what systems print', () => {
  it('reads addresses of both families', () => {
    expect(addressFrom('0100007F:1F90')).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(addressFrom('00000000000000000000000001000000:0050')).toEqual({ host: '::1', port: 80 })
    expect(addressFrom('0000000000000000FFFF00000100007F:0051')).toEqual({ host: '127.0.0.1', port: 81 })
    expect(addressFrom('B80D0120000000000000000001000000:0001').host).toBe('2001:db8::1')
  })

  it('reads processor times of Linux and of macOS', () => {
    expect(cpuMsFrom('1-02:03:04')).toBe(93_784_000)
    expect(cpuMsFrom('2:03.45')).toBeCloseTo(123_450)
  })

  it('reads the descriptors of lsof', () => {
    const output =
      'p7\nfcwd\ntDIR\nn/\nf3\ntIPv6\nPTCP\nn[::1]:80->[::1]:9\nTST=CLOSE_WAIT\nTQR=0\nf4\ntFIFO\nnpipe\np8\n'
    const open = openFrom(output)
    expect(open.get(8)).toEqual({ descriptors: [], sockets: [] })
    expect(open.get(7)?.descriptors.map(({ kind }) => kind)).toEqual(['socket', 'pipe'])
    expect(open.get(7)?.sockets).toEqual([
      {
        descriptor: 3,
        protocol: 'tcp',
        local: { host: '::1', port: 80 },
        remote: { host: '::1', port: 9 },
        state: 'CLOSE_WAIT',
      },
    ])
  })
})
