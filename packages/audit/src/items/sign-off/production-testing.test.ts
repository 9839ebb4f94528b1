import { describe, expect, it } from 'vitest'
import type { Launch, Target } from '../../core/target.ts'
import { auditedForm } from '../../gather/audited-form.ts'
import { answerTo } from '../../testing/judging.ts'
import { bareTarget } from '../../testing/repositories.ts'
import productionTesting from './production-testing.ts'

const launch = (command: string, ...args: string[]): Launch => ({
  command,
  args,
  cwd: '/repo',
  env: {},
  origin: 'test',
})
const stdio = (of: Launch): Partial<Target> => ({ server: { transport: 'stdio', launch: of } })
const at = (url: string): Partial<Target> => ({ server: { transport: 'http', url, headers: {} } })
const inRepository = { repository: { root: '/repo' } } as Partial<Target>

const judge = async (given: Partial<Target>, good = 1) => {
  const form = await auditedForm.gather(bareTarget(given), {})
  return answerTo(productionTesting, {
    auditedForm: form,
    trials: { trials: [{}], good: Array.from({ length: good }) },
  })
}

describe('production-testing', () => {
  it.each([
    ['a deployed service', at('https://mcp.example.com/mcp?key=secret'), 'pass'],
    ['a URL of this machine', at('http://127.0.0.1:3000/mcp'), 'unknown'],
    ['a container', stdio(launch('docker', 'run', '-i', '--rm', 'notes:1.0')), 'pass'],
    ['a published package', stdio(launch('npx', '-y', 'notes-server')), 'pass'],
    ['a launcher within the repository', { ...stdio(launch('npx', 'notes-server')), ...inRepository }, 'unknown'],
    ['a launcher of a local folder', stdio(launch('npx', '-y', './packages/notes')), 'unknown'],
    ['the source', stdio(launch('node', 'dist/main.js')), 'unknown'],
    ['a bundle', { ...stdio(launch('node', 'main.js')), bundle: { file: 'notes.mcpb', root: '/tmp/x' } }, 'pass'],
  ] as [string, Partial<Target>, string][])('judges %s', async (_, given, status) => {
    expect(await judge(given)).toMatchObject({ status })
  })

  it('needs a call that succeeded, and shows no query of the address', async () => {
    expect(await judge(at('https://mcp.example.com/mcp'), 0)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(await judge(at('https://mcp.example.com/mcp?key=secret')))).not.toContain('secret')
  })
})
