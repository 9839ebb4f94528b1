import { valueAfter } from './known-commands.ts'
import { folder } from './shell.ts'
import type { Run } from './runs.ts'
import { stagesOfRun } from './stages.ts'

const operand = (words: string[], from: number): string | undefined =>
  words.slice(from).find((word, at, all) => !word.startsWith('-') && !all[at - 1]?.startsWith('-'))

/** Where a build puts what it makes, for those that always do it in the same way. */
const outputs: [program: RegExp, of: (words: string[]) => string][] = [
  [/^uv build\b/, words => valueAfter(words, '--out-dir') ?? valueAfter(words, '-o') ?? 'dist'],
  [/^build\b/, words => valueAfter(words, '--outdir') ?? valueAfter(words, '-o') ?? 'dist'],
  [/^poetry build\b/, words => valueAfter(words, '--output') ?? valueAfter(words, '-o') ?? 'dist'],
  [/^(pdm|flit|rye) build\b/, () => 'dist'],
  [/^hatch build\b/, words => operand(words, 2) ?? 'dist'],
  [/^npm pack\b/, words => `${valueAfter(words, '--pack-destination') ?? '.'}/*.tgz`],
  [/^pnpm pack\b/, words => `${valueAfter(words, '--pack-destination') ?? valueAfter(words, '--out') ?? '.'}/*.tgz`],
  [/^(mcpb|dxt) pack\b/, words => words.slice(2).filter(word => !word.startsWith('-'))[1] ?? '*.mcpb'],
]

/** The paths, relative to the repository, into which a command builds; null when that cannot be known. */
export const outputsOf = ({ words, directory }: Run): string[] | null => {
  const found = outputs.find(([program]) => program.test(words.join(' ')))
  if (found) {
    const written = found[1](words)
    const place = folder(directory, written.replace(/\/?[^/]*\*[^/]*$/, ''))
    const file = /[^/]*\*[^/]*$/.exec(written)?.[0]
    return place === null || /[$⟦]/.test(written) ? null : [[place, file].filter(Boolean).join('/')]
  }
  return stagesOfRun(words).includes('build') ? null : []
}

/** What compiles and bundles code makes no archive of it. */
export const compiles = ({ words: [name = ''] }: Run): boolean =>
  /^(tsc|tsgo|tsup|tsdown|esbuild|rollup|rolldown|webpack|vite|swc|babel|unbuild|ncc)$/.test(name)

export const isArchive = (path: string): boolean => /\.(tgz|whl|zip|gz|mcpb|dxt|vsix|tar)$/i.test(path)

/** Commands that make nothing that would be kept: they install, look, test or talk. */
const idle =
  /^(echo|printf|set|cd|ls|cat|pwd|test|\[|true|export|npm (ci|i|install|test|config|version)|pnpm (i|install|config)|yarn( install)?|uv (sync|lock|venv|pip|python)|pip|pip3|corepack|git (config|fetch|status|log|diff)|eslint|oxlint|prettier|ruff|mypy|pyright|pytest|vitest|jest|biome|black|isort|flake8|actionlint|npm audit|pip-audit|gitleaks)\b/

export const isIdle = ({ words }: Run): boolean => idle.test(words.join(' ')) && !stagesOfRun(words).includes('build')

const dirOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')
const extension = (path: string): string => /\.[a-z0-9]+$/i.exec(path)?.[0] ?? ''

/** Whether a path that is kept may hold what was put into another. */
export const mayHold = (kept: string, made: string): boolean => {
  const path = kept.replace(/^\.\//, '').replace(/\/+$/, '')
  if (path === '' || path === '.' || path.includes('**') || /^\*|[~$⟦]|^\/|\$\{\{/.test(path)) {
    return !/^\*\.[a-z]+$/i.test(path) || extension(path) === extension(made) || !/\.[a-z]+$/i.test(made)
  }
  if (/\.[a-z0-9]+$/i.test(made)) {
    const isFile = /[*.]/.test(path.slice(path.lastIndexOf('/') + 1))
    if (isFile) return dirOf(path) === dirOf(made) && (path.endsWith('*') || extension(path) === extension(made))
    return made.startsWith(`${path}/`)
  }
  return path === made || path.startsWith(`${made}/`) || made.startsWith(`${path}/`)
}
