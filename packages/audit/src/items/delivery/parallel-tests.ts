import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { parallelTests, type TestRun } from '../../gather/parallel-tests.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { runsByItself } from '../../gather/purposes.ts'
import { published } from '../../gather/published.ts'
import { placeOf, unread, withoutPipeline } from '../pipeline-evidence.ts'

const wanted = 'a test runner with several workers, or shards on several runners'

const evidence = ({ step, does }: TestRun, what: string): Evidence => ({
  at: step.at,
  line: step.line,
  saw: `${placeOf(step)} runs ${does}: ${what}`,
})

const distinct = (runs: TestRun[]): TestRun[] => [
  ...new Map(runs.map(run => [`${run.step.at}:${run.step.line} ${run.does}`, run])).values(),
]

const item: Item = {
  id: 'parallel-tests',
  area: 'delivery',
  rows: [123],
  title: 'Tests run in parallel',
  level: 'may',
  why: 'A suite that takes long is run less often, and one that only works in a fixed order hides state that the tests share.',
  how: 'Let the runner use several workers: `pytest -n auto` with pytest-xdist; Vitest, Jest and `node --test` do by default. Divide a long suite over runners with `--shard`.',
  refs: ['https://pytest-xdist.readthedocs.io/en/stable/distribution.html', 'https://vitest.dev/guide/parallelism'],
  checks: [
    check({
      asks: 'Does the pipeline run its tests side by side?',
      needs: { parallelTests, pipelines, published },
      judge: ({ parallelTests: { runs, testFiles }, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const reached = distinct(runs.filter(({ step }) => runsByItself(step)))
        const working = reached.flatMap(run => (run.parallel === null ? [] : [evidence(run, run.parallel)]))
        if (testFiles.node + testFiles.python === 1 && reached.length > 0)
          return notApplicable('all tests are in one file, so that there is nothing to run beside it')
        if (working.length > 0) return judged([], working.slice(0, 6), '')
        const open = reached.find(({ serial }) => serial === null)
        if (open)
          return unknown(
            `whether ${open.does} (${open.step.at}:${open.step.line}) runs its tests side by side is not known`,
          )
        const slow = reached.map(run => evidence(run, run.serial ?? '')).map(each => ({ ...each, wanted }))
        const because = unread(pipelines)
        if (slow.length === 0 && because) return unknown(`no step runs tests, and ${because}`)
        const dead = runs
          .filter(({ step }) => step.never !== null)
          .map(({ step, does }) => ({
            at: step.at,
            line: step.line,
            saw: `${placeOf(step)} would run ${does}, but ${step.never}`,
            wanted,
          }))
        const [first, ...more] = [...slow, ...dead].slice(0, 6)
        return first ? fail(first, ...more) : fail({ at: '.github/workflows', saw: 'no step runs tests', wanted })
      },
    }),
  ],
}

export default item
