import type { Command } from 'commander'
import { withFace, type Format } from './flags.ts'
import { lookOf, type Io } from './io.ts'
import { loadApi } from './lazy-api.ts'

export const addExplain = (program: Command, io: Io): void => {
  const described = program
    .command('explain')
    .description('tell of one item why it matters, how it is proved and repaired')
    .argument('<item>', 'its id, such as clean-stdout')
  withFace(described).action(async (id: string, flags: { format: Format; color: boolean }) => {
    const { explain, explanation, json } = await loadApi()
    const item = await explain(id)
    io.stdout.write(flags.format === 'json' ? json(item) : explanation(item, lookOf(io, flags)))
  })
}
