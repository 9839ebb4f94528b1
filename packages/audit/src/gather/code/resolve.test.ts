import { expect, it } from 'vitest'
import { Undecided } from '../../core/item.ts'
import { gathered } from '../../testing/gathered.ts'
import { modules } from './modules.ts'
import { openNew } from './resolve.ts'

it('says that it does not follow more, and calls nothing unknown for it', async () => {
  const source = await gathered(modules, {
    'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
    'src/index.ts':
      "import '@modelcontextprotocol/sdk'\nimport * as fs from 'node:fs/promises'\nconst read = fs.readFile\nread('a')\n",
  })
  const module = source.all.find(({ calls }) => calls.length > 0)
  const [call] = module?.calls ?? []
  if (!module || !call) throw new Error('nothing was read')
  const path = (most?: number): string | null => openNew(source, most).external(call.callee, { module, frames: [] })
  expect(path()).toBe('fs/promises:readFile')
  expect(() => path(2)).toThrow(Undecided)
})

it.each(['', ';'])('takes an exported function for itself, whatever is called like it in it (%j)', async end => {
  const source = await gathered(modules, {
    'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
    'src/a.ts': `export const headers = (text: string) => {\n  const headers = parse(text)\n  return { headers }\n}${end}`,
    'src/index.ts': "import '@modelcontextprotocol/sdk'\nimport { headers } from './a.js'\nheaders('a')\n",
  })
  const module = source.all.find(({ path }) => path === 'src/index.ts')
  const [call] = module?.calls ?? []
  if (!module || !call) throw new Error('nothing was read')
  const found = openNew(source).things(call.callee, { module, frames: [] })
  expect(found.map(({ value }) => value.is)).toEqual(['function'])
})
