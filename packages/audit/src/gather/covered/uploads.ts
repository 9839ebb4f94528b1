import type { Pipelines } from '../pipelines.ts'

export interface Upload {
  what: string
  at: string
  line: number
  events: string[]
}

const actions =
  /^(codecov\/codecov-action|coverallsapp\/github-action|codacy\/codacy-coverage-reporter-action|sonarsource\/sonar\w*(-\w+)*-action|davelosert\/vitest-coverage-report-action|artiomtr\/jest-coverage-report-action|py-cov-action\/python-coverage-comment-action|irongut\/codecoveragesummary|orgoro\/coverage|mishakav\/(pytest|jest)-coverage-comment|5monkeys\/cobertura-action|insightsengineering\/coverage-action|paambaati\/codeclimate-action|qltysh\/qlty-action(\/coverage)?|romeovs\/lcov-reporter-action|zgosalvez\/github-actions-report-lcov|vebr\/jest-lcov-reporter|lucassabreu\/comment-coverage-clover|danielpalme\/reportgenerator-github-action)(@|$)/i
const isReportPath = /(^|[\s/.])(coverage|htmlcov|lcov|cobertura)/i

/** Steps that send the coverage somewhere, or keep it with the run, and that a trigger reaches. */
export const uploadsIn = ({ steps }: Pipelines): Upload[] =>
  steps
    .filter(({ never }) => never === null)
    .flatMap(({ step, at, line, events, runs }): Upload[] => {
      const uses = step.uses ?? ''
      const kept = /^actions\/upload-(pages-)?artifact(@|$)/.test(uses) && isReportPath.test(step.with['path'] ?? '')
      if (actions.test(uses) || kept) return [{ what: uses, at, line, events }]
      const run = runs.find(({ words }) =>
        /^(codecov|codecovcli|coveralls|cc-test-reporter|qlty)$/.test(words[0] ?? ''),
      )
      return run ? [{ what: run.via.join(' → '), at, line, events }] : []
    })
