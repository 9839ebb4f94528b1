import { gatherer } from '../core/item.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import { servingPurpose } from './purposes.ts'

/** A step of a pipeline that hands the coverage of the tests on, or shows it. */
export interface CoverageReport {
  kind: 'uploads' | 'prints'
  /** What does it: `codecov/codecov-action@v5`, `npm test → vitest run --coverage`. */
  does: string
  at: string
  line: number
  step: PipelineStep
  /** Events that reach it; empty when none does, and then `never` says why. */
  events: string[]
  never: string | null
  /** Its failure does not fail the run. */
  tolerated: boolean
}

/** `c8 node --test` and `nyc mocha` print a table when the tests are over. */
const measuredBy = /(^|\s)(c8|nyc)\s+(?!report)/
const uploading = /^(codecov|codecovcli|coveralls|codacy-coverage-reporter)$/

const underMeasure = ({ steps }: Pipelines): Omit<CoverageReport, 'at' | 'line' | 'events' | 'never'>[] =>
  steps.flatMap(step =>
    step.runs
      .filter(({ via }) => via.some(each => measuredBy.test(each)))
      .map(run => ({
        kind: 'prints' as const,
        does: run.via.join(' → '),
        step,
        tolerated: step.tolerated || run.tolerated,
      })),
  )

/** The steps of the pipelines that upload the coverage of the tests or print it. */
export const coverageReports = gatherer<CoverageReport[], { pipelines: typeof pipelines }>({
  id: 'coverage-reports',
  impact: 'read',
  from: 'repository',
  needs: { pipelines },
  gather: (_, { pipelines }) => {
    const known = servingPurpose('coverage', pipelines).map(({ step, run, does, tolerated }) => ({
      kind: run === null || uploading.test(run.words[0] ?? '') ? ('uploads' as const) : ('prints' as const),
      does,
      step,
      tolerated,
    }))
    return [...known, ...underMeasure(pipelines)].map(report => ({
      ...report,
      at: report.step.at,
      line: report.step.line,
      events: report.step.events,
      never: report.step.never,
    }))
  },
})
