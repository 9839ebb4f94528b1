import type { SgNode } from '@ast-grep/napi'
import ignore from 'ignore'
import { gatherer, Undecided } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import type { History } from '../instruments/git-history.ts'
import { trackedFiles } from '../target/git-index.ts'
import { generated, isEnvironment, scan } from './secrets/files.ts'
import { pastSecrets } from './secrets/past.ts'
import type { Secret } from './secrets/scan.ts'
import { sourceTrees, type Source } from './trees.ts'

export interface FoundSecret extends Omit<Secret, 'value'> {
  path: string
  /** The object of an earlier version; null for the files as they are. */
  object: string | null
}

export interface Secrets {
  found: FoundSecret[]
  /** Number of files that were read. */
  files: number
  /** Where the code loads a .env file; null when it does not. */
  loadsEnvironment: { path: string; line: number } | null
  /** Whether .gitignore covers .env; null without a .gitignore and a .git. */
  ignoresEnvironment: boolean | null
  history: History | null
}

const scanFiles = async (repository: Repository, paths: string[], sources: Source[]) => {
  const known = new Map(sources.map(({ path, text }) => [path, text]))
  const found: (Secret & { path: string })[] = []
  let files = 0
  for (let start = 0; start < paths.length; start += 64) {
    const texts = await Promise.all(
      paths
        .slice(start, start + 64)
        .map(async path => [path, known.get(path) ?? (await repository.text(path))] as const),
    )
    for (const [path, text] of texts) {
      if (text === null) continue
      files++
      found.push(...scan(path, text).map(secret => ({ ...secret, path })))
    }
  }
  return { found, files }
}

/** `import 'dotenv/config'`, `require('dotenv')`, `from dotenv import load_dotenv`, `process.loadEnvFile()`. */
const loadsIn = (root: SgNode, { path, role }: Source): { path: string; line: number }[] => {
  if (role !== 'server') return []
  const kinds = ['import_statement', 'import_from_statement', 'call_expression'].map(kind => ({ kind }))
  const isLoading = (node: SgNode): boolean =>
    node.kind() === 'call_expression'
      ? /^require\(\s*['"]dotenv(\/config)?['"]|^process\.loadEnvFile\(/.test(node.text().slice(0, 60))
      : /^from\s+dotenv\b|^import\s+dotenv\b|['"](dotenv(\/config)?|@dotenvx\/dotenvx)['"]/.test(node.text())
  const found = findKinds(root, kinds).filter(isLoading)
  return found.map(node => ({ path, line: node.range().start.line + 1 }))
}

/** A kind that the grammar of the file lacks is an error there. */
const findKinds = (root: SgNode, kinds: { kind: string }[]): SgNode[] =>
  kinds.flatMap(rule => {
    try {
      return root.findAll({ rule })
    } catch {
      return []
    }
  })

/** Secrets in the files and in their earlier versions; values are masked. */
export const secrets = gatherer<Secrets, { trees: typeof sourceTrees; past: typeof pastSecrets }>({
  id: 'secrets',
  impact: 'read',
  from: 'repository',
  needs: { trees: sourceTrees, past: pastSecrets },
  gather: async ({ repository }, { trees: source, past: { versions, history } }) => {
    if (!repository) throw new Undecided('no directory was given')
    const tracked = trackedFiles(repository.root)
    const listed = new Set(repository.files)
    const hidden = [...(tracked ?? [])].filter(path => isEnvironment(path) && !listed.has(path))
    const paths = [...repository.files.filter(path => !generated.test(path)), ...hidden]
    const [{ found, files }, loading, gitignore] = await Promise.all([
      scanFiles(repository, paths, source.sources),
      source.visit(/dotenv|loadEnvFile/, loadsIn),
      repository.text('.gitignore'),
    ])
    const isUntracked = (path: string): boolean => isEnvironment(path) && tracked !== null && !tracked.has(path)
    const present = new Set(found.map(({ value }) => value))
    const earlier = versions.filter(({ value }) => !present.has(value) && present.add(value))
    const current = found.filter(({ path }) => !isUntracked(path)).map(secret => ({ ...secret, object: null }))
    return {
      found: [...current, ...earlier].map(({ kind, masked, path, line, object }) => ({
        kind,
        masked,
        path,
        line,
        object,
      })),
      files,
      loadsEnvironment: loading[0] ?? null,
      ignoresEnvironment:
        gitignore === null ? (tracked === null ? null : false) : ignore().add(gitignore).ignores('.env'),
      history,
    }
  },
})
