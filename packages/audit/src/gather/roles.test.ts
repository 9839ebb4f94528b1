import { expect, it } from 'vitest'
import { roleOf } from './roles.ts'

it.each([
  ['src/index.ts', 'server'],
  ['src/app.config.ts', 'server'],
  ['src/install.ts', 'server'],
  ['src/index.test.ts', 'test'],
  ['tests/test_server.py', 'test'],
  ['examples/client.ts', 'example'],
  ['preinstall.js', 'example'],
  ['packages/a/vitest.config.mts', 'example'],
  ['setup.py', 'example'],
] as const)('%s is of the %s', (path, role) => {
  expect(roleOf(path)).toBe(role)
})
