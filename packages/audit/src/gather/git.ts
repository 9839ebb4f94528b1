import { gatherer, Undecided } from '../core/item.ts'
import { readGit, type GitFacts } from '../instruments/git-facts.ts'

export type { GitFacts, Tag } from '../instruments/git-facts.ts'

/** What the history says, read without running a hook or a configuration of the repository. */
export const git = gatherer<GitFacts>({
  id: 'git',
  impact: 'read',
  from: 'repository',
  gather: async target => {
    const { repository } = target
    if (!repository) throw new Undecided('no directory was given')
    if (!repository.exists('.git')) throw new Undecided('the directory has no .git, so its history is not known')
    const facts = await readGit(repository.root, target).catch(() => null)
    if (!facts) throw new Undecided('the .git of the directory cannot be read')
    return facts
  },
})
