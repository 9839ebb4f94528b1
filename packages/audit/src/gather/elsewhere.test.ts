import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, it } from 'vitest'
import { startProcess, stopEverything } from '../target/process.ts'
import { scriptLaunch, stage } from '../testing/stage.ts'
import { askedMeanwhile } from './elsewhere.ts'

afterAll(stopEverything)

/** Whom a server is seen to ask that runs these lines when a request comes. */
const askedBy = async (lines: string, before = ''): Promise<string | null> => {
  const script = `import dgram from 'node:dgram'\nimport { once } from 'node:events'\nimport net from 'node:net'\n${before}
process.stdin.on('data', () => {\n${lines}\nconsole.log('asked')\n})\nconsole.log('ready')`
  const server = startProcess(stage('').target, scriptLaunch(script))
  const line = (): Promise<string> => new Promise(resolve => server.onLine(resolve))
  await line()
  const { asked } = await askedMeanwhile(server, async () => {
    const asking = line()
    await server.write('now\n')
    await asking
    await setTimeout(1500)
  })
  server.kill()
  return asked
}

describe.concurrent('askedMeanwhile', () => {
  it('names the other machine', async ({ expect }) => {
    expect(await askedBy("dgram.createSocket('udp4').connect(9, '192.0.2.1')")).toBe('192.0.2.1:9')
  })

  it('sees the look-up of a name, even on this machine', async ({ expect }) => {
    expect(await askedBy("dgram.createSocket('udp4').connect(53, '127.0.0.53')")).toBe('a name server')
  })

  it('sees datagrams', async ({ expect }) => {
    expect(await askedBy("dgram.createSocket('udp4').bind(0)")).toBe('others by datagrams')
  })

  it('sees nobody where it works, asks this machine, or listens from the start', async ({ expect }) => {
    expect(await askedBy('for (const end = Date.now() + 500; Date.now() < end;);')).toBe(null)
    expect(
      await askedBy(
        'net.connect(own.address().port)',
        "const own = net.createServer().listen(0, '127.0.0.1')\nconst heard = dgram.createSocket('udp4').bind(0)\nawait once(heard, 'listening')",
      ),
    ).toBe(null)
  })
})
