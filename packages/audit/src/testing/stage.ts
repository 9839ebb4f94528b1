import { tmpdir } from 'node:os'
import type { Launch, Target } from '../core/target.ts'
import { bareTarget } from './repositories.ts'

/** How a test starts a few lines of JavaScript as a server over stdio. */
export const scriptLaunch = (script: string): Launch => ({
  command: process.execPath,
  args: ['--input-type=module', '-e', script],
  cwd: tmpdir(),
  env: {},
  origin: 'test',
})

/** A target whose server is that script; ends with `end()`. */
export const stage = (script: string, given: Partial<Target> = {}): { target: Target; end: () => void } => {
  const scope = new AbortController()
  const server = { transport: 'stdio' as const, launch: scriptLaunch(script) }
  return { target: bareTarget({ server, signal: scope.signal, ...given }), end: () => scope.abort() }
}

/** The lines of a server that answers `initialize`, and whatever `answer(message)` returns for the rest. */
export const speaking = (answer: string, before = ''): string => `
import { createInterface } from 'node:readline'
${before}
const send = message => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
const answer = async message => { ${answer} }
createInterface({ input: process.stdin }).on('line', async line => {
  const message = JSON.parse(line)
  if (message.method === 'initialize')
    return send({ id: message.id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'stage', version: '1' } } })
  if (message.method === 'server/discover') return send({ id: message.id, error: { code: -32601, message: 'Method not found' } })
  if (message.id !== undefined) await answer(message)
})`
