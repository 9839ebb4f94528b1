import { stopAudits } from './lazy-api.ts'
import { runCommandLine } from './program.ts'

// A reader that went away, such as `| head`, is no trouble.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const stopAt = (signal: NodeJS.Signals, code: number): void => {
  process.once(signal, () => {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K')
    void stopAudits().finally(() => process.exit(code))
  })
}
stopAt('SIGINT', 130)
stopAt('SIGTERM', 143)

/** No `await` outside: the bundle is CommonJS. */
const run = async (): Promise<void> => {
  const { stdout, stderr, env: environment } = process
  const code = await runCommandLine(process.argv.slice(2), { stdout, stderr, environment })
  await stopAudits()
  await new Promise<void>(resolve => {
    stdout.write('', () => resolve())
  })
  process.exit(code)
}

// should all work end without an end of the audit, then nothing was proven
process.exitCode = 2
void run()
