import { gatherer } from '../core/item.ts'
import type { Evidence } from '../core/verdict.ts'
import { commitHooks } from './commit-hooks.ts'
import { pipelines } from './pipelines.ts'
import { isReached, stepEvidence } from './releases/places.ts'

export interface CommitMessages {
  /** Checks of the form of messages or of the titles of pull requests, that work. */
  enforced: Evidence[]
}

const checkers: ((words: string[]) => boolean)[] = [
  ([program]) => program === 'commitlint' || program === 'committed' || program === 'conventional-pre-commit',
  ([program, verb]) => program === 'cz' && verb === 'check',
  ([program, verb]) => program === 'cog' && (verb === 'check' || verb === 'verify'),
  ([program, ...rest]) =>
    program === 'gitlint' && rest.some(word => word.includes('contrib-title-conventional-commits')),
]
const actions =
  /^(wagoid\/commitlint-github-action|amannn\/action-semantic-pull-request|webiny\/action-conventional-commits|opensource-nepal\/commitlint|cocogitto\/cocogitto-action|ytanikin\/PRConventionalCommits|Namchee\/conventional-pr|CondeNast\/conventional-pull-request-action|crate-ci\/committed|jef\/conventional-commits-pr-action)@/i

const commitlintSettings = /^\.?commitlint(rc)?(\.config)?\.(json|ya?ml|[cm]?[jt]s)$|^\.commitlintrc$/

/** What refuses a message that is not conventional. */
export const commitMessages = gatherer<
  CommitMessages,
  { commitHooks: typeof commitHooks; pipelines: typeof pipelines }
>({
  id: 'commit-messages',
  impact: 'read',
  from: 'repository',
  needs: { commitHooks, pipelines },
  gather: async ({ repository }, { commitHooks: { hooks }, pipelines: { steps } }) => {
    const manifest = (await repository?.text('package.json')) ?? ''
    const isSet =
      /"commitlint"\s*:/.test(manifest) || repository?.files.some(path => commitlintSettings.test(path)) === true
    const holds = (words: string[]): boolean =>
      checkers.some(each => each(words)) && (words[0] !== 'commitlint' || isSet)
    const semantic = repository?.files.find(path => /^\.github\/semantic\.ya?ml$/.test(path))
    return {
      enforced: [
        ...hooks
          .filter(({ event, idle, missing }) => event === 'commit-msg' && idle === null && missing.length === 0)
          .flatMap(({ at, runs }) => {
            const run = runs.find(({ words }) => holds(words))
            return run ? [{ at, saw: `commit-msg runs ${run.via.join(' → ')}` }] : []
          }),
        ...steps
          .filter(step => isReached(step) && !step.tolerated)
          .flatMap(step => {
            const run = step.runs.find(({ words, tolerated }) => !tolerated && holds(words))
            if (run) return [stepEvidence(step, run.via.join(' → '))]
            return actions.test(step.step.uses ?? '') ? [stepEvidence(step, step.step.uses ?? '')] : []
          }),
        ...(semantic === undefined
          ? []
          : [{ at: semantic, saw: 'settings of the app that checks titles of pull requests' }]),
      ],
    }
  },
})
