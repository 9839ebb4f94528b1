import type { Command } from 'commander'
import { withFace, type Format } from './flags.ts'
import { lookOf, type Io } from './io.ts'
import { loadApi } from './lazy-api.ts'

export const addRows = (program: Command, io: Io): void => {
  const described = program.command('rows').description('list the 169 rows of the checklist and what decides them')
  withFace(described).action(async (flags: { format: Format; color: boolean }) => {
    const { json, ledgerTable, rows } = await loadApi()
    const ledger = await rows()
    io.stdout.write(flags.format === 'json' ? json(ledger) : ledgerTable(ledger, lookOf(io, flags)))
  })
}
