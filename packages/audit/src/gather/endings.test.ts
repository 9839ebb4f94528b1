import { afterAll, expect, it } from 'vitest'
import { Undecided } from '../core/item.ts'
import { stopEverything } from '../target/process.ts'
import type { Startup } from '../target/startup-failures.ts'
import { speaking, stage } from '../testing/stage.ts'
import { endings } from './endings.ts'

afterAll(stopEverything)

const opening = { ms: 300, eras: ['legacy'], revisions: {} } as unknown as Startup

it('sees how a server ends', { timeout: 30_000 }, async () => {
  const { target, end } = stage(speaking('send({ id: message.id, result: { tools: [] } })'))
  const seen = await endings.gather(target, { opening })
  end()
  expect(seen.map(({ how, left }) => [how, left])).toEqual([
    ['end of input', []],
    ['SIGTERM', []],
    ['client killed', []],
  ])
})

it('says nothing of one that ends before', { timeout: 30_000 }, async () => {
  const { target, end } = stage(speaking('process.exit(0)'))
  await expect(endings.gather(target, { opening })).rejects.toThrow(Undecided)
  end()
})
