import type { Target } from '../core/target.ts'
import { gitDirectory } from '../target/git-place.ts'
import { headCommit, isShallow, readRefs, runGit, withObjects, type Refs } from './git-directory.ts'

export interface Tag {
  name: string
  commit: string
  /** With a message and a date of its own. */
  annotated: boolean
}

export interface GitFacts {
  /** The commit that is checked out; null before the first one. */
  commit: string | null
  /** Short name; null when it cannot be told. */
  defaultBranch: string | null
  shallow: boolean
  /** First lines of the newest commits of the default branch, newest first, without merges; at most 50. */
  subjects: string[]
  /** Sorted by name. */
  tags: Tag[]
}

const bounds = { ms: 8000, bytes: 4_000_000 }
const maxTags = 2000

const defaultBranch = ({ ids, head, remoteHead }: Refs): string | null => {
  const usual = ['refs/heads/main', 'refs/heads/master'].find(name => ids.has(name))
  return remoteHead && ids.has(remoteHead) ? remoteHead : (usual ?? (head.startsWith('refs/heads/') ? head : null))
}

const tagsOf = async (refs: Refs, directory: string, target: Target): Promise<Tag[]> => {
  const named = [...refs.ids]
    .flatMap(([name, id]) => (name.startsWith('refs/tags/') ? [{ name: name.slice('refs/tags/'.length), id }] : []))
    .slice(-maxTags)
  const input = named.map(({ id }) => `${id}\n${id}^{commit}\n`).join('')
  const asked = ['cat-file', '--batch-check=%(objectname) %(objecttype)']
  const { stdout } = await runGit(directory, asked, input, bounds, target)
  const answers = stdout.toString('latin1').split('\n')
  return named.flatMap(({ name }, at) => {
    const [commit = '', kind] = (answers[at * 2 + 1] ?? '').split(' ')
    return kind === 'commit' ? [{ name, commit, annotated: (answers[at * 2] ?? '').endsWith(' tag') }] : []
  })
}

/** Newest subjects, tags and the default branch; null without a git directory that can be read. */
export const readGit = async (root: string, target: Target): Promise<GitFacts | null> => {
  const source = gitDirectory(root)
  if (!source) return null
  const refs = readRefs(source)
  const branch = defaultBranch(refs)
  const commit = headCommit(refs)
  const tip = (branch && refs.ids.get(branch)) ?? commit
  const facts: GitFacts = {
    commit,
    defaultBranch: branch?.replace(/^refs\/(heads|remotes\/origin)\//, '') ?? null,
    shallow: isShallow(source),
    subjects: [],
    tags: [],
  }
  if (tip === null) return facts
  const log = ['log', '--no-merges', '--max-count=50', '--format=%s', tip, '--']
  const [{ stdout, code }, tags] = await withObjects(source, target.scratch, directory =>
    Promise.all([runGit(directory, log, '', bounds, target), tagsOf(refs, directory, target)]),
  )
  if (code !== 0) return null
  return {
    ...facts,
    subjects: stdout.toString('utf8').split('\n').filter(Boolean),
    tags: tags.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
