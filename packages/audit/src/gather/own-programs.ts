import type { Repository } from '../core/target.ts'
import { folder } from './shell.ts'

const named =
  /(^|[/_-])(dev|pre)?-?(check|ci|validate|verify|lint|test|quality|gate|format|typecheck)s?([_-][\w-]*)?\.([mc]?[jt]s|py)$/i
const spawning =
  /\b(child_process|execa|cross-spawn|zx|tinyexec)['"]|\bBun\.(spawn|\$)|from ['"]bun['"]|\bimport subprocess\b|\bfrom subprocess import\b|\bsubprocess\.run\b/

/** Programs of the repository's own that check it by starting others: what they start does not show in their name. */
export const ownPrograms = async (repository: Repository): Promise<Set<string>> => {
  const found = new Set<string>()
  const candidates = repository.files.filter(
    path => named.test(path) && !/(^|\/)(tests?|src|node_modules)\//.test(path),
  )
  for (const path of candidates.slice(0, 50))
    if (spawning.test(((await repository.text(path)) ?? '').slice(0, 100_000))) found.add(path)
  return found
}

/** Whether a command runs one of them. */
export const runsProgram = (words: string[], directory: string | null, programs: ReadonlySet<string>): boolean =>
  programs.size > 0 &&
  words.slice(0, 4).some(word => /\.([mc]?[jt]s|py)$/.test(word) && programs.has(folder(directory, word) ?? ''))
