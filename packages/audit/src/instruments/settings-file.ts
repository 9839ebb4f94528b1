import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { DeclaredSettingsFile, Target } from '../core/target.ts'

export interface SettingsPlace {
  /** Variables that point the server at the file. */
  env: Record<string, string>
  /** Writes the file; null removes it. */
  put: (text: string | null) => Promise<void>
}

/** An empty directory of the audit for a declared file of settings; null when the file is declared to be elsewhere. */
export const settingsPlace = async (
  target: Target,
  { path, env }: DeclaredSettingsFile,
): Promise<SettingsPlace | null> => {
  const scratch = await mkdtemp(join(target.scratch, 'settings-'))
  const filled = (value: string): string => value.replaceAll('{scratch}', scratch)
  const file = filled(path)
  if (relative(scratch, file).startsWith('..') || dirname(file) !== scratch) return null
  return {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
    put: async text => {
      if (text === null) return rm(file, { force: true })
      await writeFile(file, text)
    },
  }
}
