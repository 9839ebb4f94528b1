import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Target } from '../core/target.ts'

/** An empty directory that is removed with the audit. */
export const emptyPlace = (target: Target): Promise<string> => mkdtemp(join(target.scratch, 'empty-'))
