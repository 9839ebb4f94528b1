import { gatherer, Undecided } from '../core/item.ts'
import { readGit, type GitFacts } from '../instruments/git-facts.ts'

export type { GitFacts, Tag } from '../instruments/git-facts.ts'

/** As {@link git}; null when the directory has no .git, or one that cannot be read. */
export const gitFacts = gatherer<GitFacts | null>({
  id: 'git-facts',
  impact: 'read',
  from: 'repository',
  gather: async target =>
    target.repository?.exists('.git') ? await readGit(target.repository.root, target).catch(() => null) : null,
})

/** What the history says, read without running a hook or a configuration of the repository. */
export const git = gatherer<GitFacts, { gitFacts: typeof gitFacts }>({
  id: 'git',
  impact: 'read',
  from: 'repository',
  needs: { gitFacts },
  gather: ({ repository }, { gitFacts }) => {
    if (!repository?.exists('.git')) throw new Undecided('the directory has no .git, so its history is not known')
    if (!gitFacts) throw new Undecided('the .git of the directory cannot be read')
    return gitFacts
  },
})
