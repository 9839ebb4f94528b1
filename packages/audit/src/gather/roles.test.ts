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
  ['.husky/setup-hooks.js', 'example'],
  ['.github/actions/a/index.js', 'example'],
  ['src/.well-known/card.ts', 'server'],
  ['packages/a/vitest.config.mts', 'example'],
  ['setup.py', 'example'],
  ['app/frontend/script.js', 'example'],
  ['src/static/server.py', 'server'],
  ['src/static/names.ts', 'server'],
  ['public/app.js', 'example'],
  ['evals/run.ts', 'example'],
  ['packages/a/evals/run.ts', 'example'],
  ['src/tools/evals/list.ts', 'server'],
  ['src/a_server/eval/tools.py', 'server'],
] as const)('%s is of the %s', (path, role) => {
  expect(roleOf(path)).toBe(role)
})
