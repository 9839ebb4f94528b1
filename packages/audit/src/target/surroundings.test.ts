import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { bareTarget } from '../testing/repositories.ts'
import { rootsOf } from './surroundings.ts'

const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
mkdirSync(join(scratch, 'notes'))
mkdirSync(join(scratch, 'drafts'))

const launch = { command: 'node', args: ['server.js', 'notes'], cwd: scratch, env: {}, origin: 'a test' }

it('finds the directories among the arguments of a server', () => {
  const target = bareTarget({ scratch, server: { transport: 'stdio', launch } })
  expect(rootsOf(target)).toEqual([join(scratch, 'notes')])
})

it('believes the settings first, and only what exists', () => {
  const target = bareTarget({
    scratch,
    settings: { roots: ['drafts', 'missing'] },
    server: { transport: 'stdio', launch },
  })
  expect(rootsOf(target)).toEqual([join(scratch, 'drafts')])
})
