import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { Refusal } from '../core/refusal.ts'
import type { LockPlace, ToolLock } from '../core/tool-lock.ts'
import { parseJson, readTextFile, shapeFault } from './json.ts'

export const lockFileName = 'airworthy.lock.json'

const members = z.record(z.string(), z.unknown())
const schema = z.strictObject({
  version: z.literal(1),
  servers: z.record(
    z.string(),
    z.strictObject({
      version: z.string(),
      tools: z.array(
        z.strictObject({
          name: z.string(),
          title: z.string(),
          description: z.string(),
          inputSchema: members,
          outputSchema: members.optional(),
          annotations: members,
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<ToolLock>

/**
 * What was remembered in a file; null when there is none.
 * @throws Refusal when it holds anything else.
 */
export const readLock = (file: string): ToolLock | null => {
  if (!existsSync(file)) return null
  const parsed = schema.safeParse(parseJson(readTextFile(file, lockFileName, { noLinks: true }), lockFileName))
  if (parsed.success) return parsed.data
  const { path, expected } = shapeFault(parsed.error)
  throw new Refusal(
    `${lockFileName} is wrong at ${path || 'its top'}: expected ${expected}`,
    `remove it and write it anew: airworthy check --lock`,
  )
}

/**
 * Remembers what this audit saw; other servers in the file stay.
 * @throws Refusal when nothing was seen, or the file cannot be written.
 */
export const writeLock = ({ file, known, seen }: LockPlace): void => {
  if (Object.keys(seen).length === 0)
    throw new Refusal(
      'no definitions of tools were seen that --lock could remember',
      'start the server (--start, -- COMMAND or --url) and do not leave tool-poisoning out',
    )
  const servers = { ...known?.servers, ...seen }
  const sorted = Object.fromEntries(Object.entries(servers).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, servers: sorted }, null, 2)}\n`)
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new Refusal(`${file} could not be written: ${String(error)}`, 'make its directory writable')
  }
}
