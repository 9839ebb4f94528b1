import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryLanguages = ['typescript', 'python'] as const
export type RepositoryLanguage = (typeof repositoryLanguages)[number]

export interface FaultCase {
  /** The item that has to fail, and no other. */
  item: string
  /** What is wrong, when there are several faults for the item; else empty. */
  variant: string
  /** The patch, for a person to look at. */
  patch: string
  /** Puts the fault into a copy of the good repository. */
  apply: (directory: string) => void
}

const home = new URL('../../../../fixtures/repositories/', import.meta.url)

/** Copies the good repository of a language into a directory. */
export const copyGoodRepository = (language: RepositoryLanguage, directory: string): void =>
  cpSync(fileURLToPath(new URL(language, home)), directory, { recursive: true })

/** Every fault that is known for a language; the file names say which item it belongs to: `ITEM.patch`, `ITEM--VARIANT.patch`. */
export const faultCases = (language: RepositoryLanguage): FaultCase[] => {
  const folder = new URL(`faults/${language}/`, home)
  return readdirSync(folder)
    .filter(name => name.endsWith('.patch'))
    .toSorted()
    .map(name => {
      const [item = '', variant = ''] = name.slice(0, -'.patch'.length).split('--')
      const patch = fileURLToPath(new URL(name, folder))
      const apply = (directory: string): void => {
        // A repository around the copy would make git look for the files there.
        const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(directory) }
        execFileSync('git', ['apply', '--whitespace=nowarn', patch], { cwd: directory, env, timeout: 30_000 })
      }
      return { item, variant, patch, apply }
    })
}
