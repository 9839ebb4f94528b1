import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Launch } from '../core/target.ts'
import { bound, placeless } from './desktop.ts'

const cwd = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
writeFileSync(join(cwd, 'server.js'), '')
writeFileSync(join(cwd, 'notes.py'), '')
const launch = (command: string, ...args: string[]): Launch => ({ command, args, cwd, env: {}, origin: 'test' })

describe('the desktop start', () => {
  it('makes the paths of a command absolute', () => {
    expect(placeless(launch('node', 'server.js', '--port', '1'))).toMatchObject({
      command: 'node',
      args: [join(cwd, 'server.js'), '--port', '1'],
    })
  })

  it.each([launch('npm', 'start'), launch('uv', 'run', 'server'), launch('python3', '-m', 'notes')])(
    'knows that $command $args is bound to its directory',
    given => {
      expect(bound(given)).not.toBeNull()
    },
  )

  it.each([
    launch('npx', '-y', 'x'),
    launch('uv', '--directory', '/x', 'run', 'y'),
    launch('python3', '-m', 'installed'),
  ])('knows that $command $args works from anywhere', given => {
    expect(bound(given)).toBeNull()
  })
})
