import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown } from '../../core/verdict.ts'
import { performanceRuns, type PerformanceRun } from '../../gather/performance-runs.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { runsByItself } from '../../gather/purposes.ts'
import { falling, happens, unread, withoutPipeline } from '../pipeline-evidence.ts'

const wanted = 'a step that measures the server by itself: a load test, a benchmark, a test with a limit of time'

const whyNot = ({ step }: PerformanceRun): string | null =>
  step.never ?? (runsByItself(step) ? null : 'it runs only when a person starts it')

const limit = ({ hasLimit, tolerated }: PerformanceRun): string =>
  tolerated ? '; its failure is ignored' : hasLimit === false ? '; no limit in it fails the run' : ''

const mayMeasure = /(^|[\s:/_.-])(perf|performance|bench|benchmark|benchmarks|load-?test|stress)([\s:/_.-]|$)/i

/** What is called, without its options. */
const named = (command: string): string =>
  command
    .split(' ')
    .filter(word => !word.startsWith('-'))
    .join(' ')

const item: Item = {
  id: 'performance-tests',
  area: 'delivery',
  rows: [127],
  title: 'Performance is tested by the pipeline',
  level: 'should',
  why: 'Servers get slower a few milliseconds at a time; without a figure for each change nobody can say which of them it was.',
  how: 'Let the pipeline run a load test or a benchmark (k6, autocannon, Locust, `vitest bench`, pytest-benchmark, or a script that takes the time of a call) on a schedule or for each change, with a limit that fails it.',
  refs: ['https://grafana.com/docs/k6/latest/', 'https://pytest-benchmark.readthedocs.io/en/latest/'],
  checks: [
    check({
      asks: 'Does the pipeline measure how fast the server is?',
      needs: { performanceRuns, pipelines, published },
      judge: ({ performanceRuns: found, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const working = found
          .filter(each => whyNot(each) === null)
          .map(each => ({ each, seen: happens('Performance', each) }))
          .map(({ each, seen }) => ({ ...seen, saw: `${seen.saw} (${each.by})${limit(each)}` }))
        if (working.length > 0) return judged([], working.slice(0, 6), '')
        const hidden = pipelines.steps
          .filter(({ events }) => events.length > 0)
          .flatMap(step => [
            ...step.opaque.filter(command => mayMeasure.test(command)),
            ...step.runs
              .filter(({ via }) => via.some(each => mayMeasure.test(named(each))))
              .map(({ via }) => via.join(' → ')),
            ...(mayMeasure.test((step.step.uses ?? '').split('@')[0] ?? '') ? [step.step.uses ?? ''] : []),
          ])
        const because = hidden[0] ? `${hidden[0]} may measure something` : unread(pipelines)
        if (found.length === 0 && because) return unknown(`no performance test was found, and ${because}`)
        const fallen = found.map((each): [PerformanceRun, string] => [each, whyNot(each) ?? ''])
        return fail(falling('Performance', wanted, fallen, pipelines.refused))
      },
    }),
  ],
}

export default item
