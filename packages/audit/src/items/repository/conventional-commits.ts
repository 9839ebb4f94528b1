import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown } from '../../core/verdict.ts'
import { commitMessages } from '../../gather/commit-messages.ts'
import { gitFacts } from '../../gather/git.ts'

/** Type, scope, an exclamation mark for what breaks, and words. */
const conventional = /^[a-z][a-z-]{1,20}(\([^()\n]{1,60}\))?!?: \S/
/** Made by git, forges and release tools. */
const made =
  /^(Merge |Revert "|fixup! |squash! |Bump \S+ from |Update dependency |Initial commit$|(Release |v|version )?v?\d+\.\d+\.\d+\S*$)/i
const share = 0.8
const fewest = 5

const item: Item = {
  id: 'conventional-commits',
  area: 'repository',
  rows: [117],
  title: 'Commit messages follow one convention',
  level: 'may',
  why: 'Versions, changelogs and the search for what broke something are made from commit messages; free texts serve none of them.',
  how: 'Write subjects as `type(scope): what it does`, and let commitlint or commitizen check them in a commit-msg hook or the titles of pull requests in the pipeline.',
  refs: ['https://www.conventionalcommits.org/en/v1.0.0/', 'https://commitlint.js.org/'],
  checks: [
    check({
      asks: 'Do the last 50 subjects follow the convention, or does a check enforce it?',
      needs: { gitFacts, commitMessages },
      judge: ({ gitFacts, commitMessages: { enforced } }) => {
        if (enforced.length > 0) return judged([], enforced, 'not reached')
        if (!gitFacts)
          return unknown('the directory has no .git that can be read, so its commit messages are not known')
        const counted = gitFacts.subjects.filter(subject => !made.test(subject))
        const odd = counted.filter(subject => !conventional.test(subject))
        const good = counted.length - odd.length
        if (counted.length < fewest)
          return unknown(
            `only ${counted.length} commits of people are known${gitFacts.shallow ? ': the clone is shallow' : ''}`,
          )
        const saw = `${good} of the last ${counted.length} subjects are conventional`
        const examples = odd.slice(0, 3).map(subject => `«${subject.slice(0, 60)}»`)
        return good / counted.length >= share
          ? pass({ at: '.git', saw })
          : fail({ at: '.git', saw: `${saw}; not ${examples.join(', ')}`, wanted: '80 %, or a check that enforces it' })
      },
    }),
  ],
}

export default item
