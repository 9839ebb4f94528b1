import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { commitHooks, type CommitHook } from '../../gather/commit-hooks.ts'
import { project, type Project } from '../../gather/project.ts'
import { isPublished, published } from '../../gather/published.ts'
import { stagesOfRun } from '../../gather/stages.ts'

const isFormatter = (words: string[]): boolean => {
  const [program = '', first = ''] = words
  if (
    /^(prettier|black|yapf|autopep8|oxfmt|gofmt|gofumpt|goimports|rustfmt|standard|ts-standard|xo|csharpier|google-java-format)$/.test(
      program,
    )
  )
    return true
  return (
    /^(ruff|biome|dprint|deno|cargo|dotnet)$/.test(program) &&
    /^(format|fmt|check|ci)$/.test(first) &&
    !(program === 'ruff' && first === 'check') &&
    !(program === 'cargo' && first === 'check')
  )
}

/** A formatter that only checks is counted as a linter elsewhere. */
const isLinter = (words: string[]): boolean =>
  stagesOfRun(words).includes('lint') &&
  (!isFormatter(words) || /^(biome|standard|ts-standard|xo)$/.test(words[0] ?? ''))

/** Plugins by which ESLint formats as well. */
const formatsWithEslint = ({ node }: Project): boolean =>
  node.some(({ devDependencies, dependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies }).some(name =>
      /^(eslint-plugin-prettier|@stylistic\/eslint-plugin.*|@antfu\/eslint-config)$/.test(name),
    ),
  )

const runsIn = (hooks: CommitHook[], wanted: (words: string[]) => boolean): Evidence[] =>
  hooks.flatMap(({ at, event, runs }) => {
    const run = runs.find(({ words }) => wanted(words))
    return run ? [{ at, saw: `${event} runs ${run.via.join(' → ')}` }] : []
  })

const item: Item = {
  id: 'pre-commit',
  area: 'repository',
  rows: [116],
  title: 'Hooks lint and format before each commit',
  level: 'should',
  why: 'What is only found by the pipeline has already been pushed, reviewed and waited for.',
  how: 'Run the linter and the formatter before a commit: `.pre-commit-config.yaml` with ruff and ruff-format for Python; husky with lint-staged, or lefthook, for TypeScript, put in place by the `prepare` script.',
  refs: ['https://pre-commit.com/', 'https://typicode.github.io/husky/', 'https://lefthook.dev/'],
  checks: [
    check({
      asks: 'Do hooks that are put in place lint and format before a commit?',
      needs: { commitHooks, project, published },
      judge: ({ commitHooks: { hooks, broken }, project, published }) => {
        const wanted = 'a hook before the commit that lints and formats'
        const own = hooks.filter(({ event }) => event === 'pre-commit')
        const placed = own.filter(({ idle, missing }) => idle === null && missing.length === 0)
        const lints = runsIn(placed, isLinter)
        const eslint = formatsWithEslint(project) ? runsIn(placed, ([program]) => program === 'eslint') : []
        const formats = [...runsIn(placed, isFormatter), ...eslint]
        const [lint] = lints
        if (lint && formats[0]) return pass(lint, formats[0])
        const [flaw] = broken
        if (flaw) return fail({ at: flaw.at, saw: `it is refused: ${flaw.because}`, wanted })
        const opaque = placed.flatMap(hook => hook.opaque)[0]
        if (opaque) return unknown(`it runs ${opaque}: that cannot be read from here`)
        const [absent] = own.flatMap(({ at, missing }) =>
          missing.map(each => ({
            at,
            saw: `${each.command}: there is no ${each.wanted.replace(/^an? |^the /, '')}`,
            wanted,
          })),
        )
        if (absent) return fail(absent)
        const idle = own.find(hook => hook.idle !== null)
        if (idle && placed.length === 0)
          return fail({ at: idle.at, saw: `${idle.idle}, so the hook never runs`, wanted })
        const [other] = placed
        if (other)
          return fail({
            at: other.at,
            saw: `it ${
              lint
                ? 'lints and does not format'
                : formats[0]
                  ? 'formats and does not lint'
                  : `runs ${
                      other.runs
                        .map(({ words }) => words.slice(0, 2).join(' '))
                        .slice(0, 6)
                        .join(', ') || 'nothing'
                    }`
            }`,
            wanted,
          })
        if (isPublished(published)) return unknown(`this is ${published.what}; its hooks are not part of it`)
        return fail({ at: '.', saw: 'no hooks', wanted })
      },
    }),
  ],
}

export default item
