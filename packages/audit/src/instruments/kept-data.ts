import { mkdtemp, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeclaredCall, DeclaredState, Target } from '../core/target.ts'
import type { Json } from '../target/connection.ts'

/** Declared state with `{scratch}` filled in: an empty directory that is removed with the audit. */
export const inScratch = async (
  target: Target,
  { env = {}, file, ...calls }: DeclaredState,
): Promise<DeclaredState> => {
  const scratch = await mkdtemp(join(target.scratch, 'state-'))
  const filled = (value: string): string => value.replaceAll('{scratch}', scratch)
  return {
    ...calls,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
    ...(file === undefined ? {} : { file: filled(file) }),
  }
}

/** Whether the data of these proofs are the audit's own, so that they may be spoiled. */
export const isOwn = (target: Target, file: string): boolean => file.startsWith(`${target.scratch}/`)

const cutAt = 0.6

/** Leaves the beginning of a file, as a crash or a full disk does; how many bytes, or null where there is none. */
export const cut = async (file: string): Promise<{ before: number; after: number } | null> => {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile() || found.size < 10) return null
  const after = Math.floor(found.size * cutAt)
  await truncate(file, after)
  return { before: found.size, after }
}

const replaced = (value: unknown, token: string): unknown => {
  if (typeof value === 'string') return value.replaceAll('{token}', () => token)
  if (Array.isArray(value)) return value.map(one => replaced(one, token))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, token)]))
}

/** The parameters of a declared call with this token in it. */
export const withToken = ({ tool, arguments: given }: DeclaredCall, token: string): Json => ({
  name: tool,
  arguments: replaced(given, token),
})

export const takesToken = ({ arguments: given }: DeclaredCall): boolean => JSON.stringify(given).includes('{token}')
