import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../core/refusal.ts'

/** Bytes that have to fit in: less than an audit writes. */
const least = 1_000_000

const because: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is no directory',
  EACCES: 'may not be written',
  EPERM: 'may not be written',
  EROFS: 'is read-only',
  ENOSPC: 'is full',
  EDQUOT: 'is full',
}

/**
 * A new directory for temporary files that can be written.
 * @throws Refusal when there is no place for it; then nothing is left behind.
 */
export const makeScratch = (): string => {
  let made: string | undefined
  try {
    made = mkdtempSync(join(tmpdir(), 'airworthy-'))
    const probe = join(made, 'probe')
    writeFileSync(probe, Buffer.alloc(least))
    rmSync(probe)
    return made
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true })
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Refusal(
      `the directory for temporary files ${tmpdir()} ${because[code] ?? `cannot be used (${code || String(error)})`}`,
      'set TMPDIR to a directory that may be written and has a few megabytes free',
    )
  }
}
