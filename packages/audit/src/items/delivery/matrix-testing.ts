import { check, type Check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { mightBe } from '../../gather/stages.ts'
import { testEnvironments, type TestEnvironment } from '../../gather/test-environments.ts'
import { placeOf, unread, withoutPipeline } from '../pipeline-evidence.ts'

/** What the tests run on, by its name: `node 22`, `windows`. */
type Axis = (environment: TestEnvironment) => string[]

const versions: Axis = ({ runtimes }) => runtimes.map(({ language, version }) => `${language} ${version}`)
const systems: Axis = ({ system }) => (system === null ? [] : [system])

const examples = (found: TestEnvironment[], axis: Axis): [string, TestEnvironment][] => [
  ...new Map(found.flatMap(each => axis(each).map((name): [string, TestEnvironment] => [name, each]))),
]

const evidence = ([name, { step, does }]: [string, TestEnvironment]): Evidence => ({
  at: step.at,
  line: step.line,
  saw: `on ${name}: ${placeOf(step)} runs ${does}`,
})

/** Several versions of one language; Node beside Python is no matrix. */
const isSeveral = (names: string[]): boolean => {
  const kinds = names.map(name => (name.includes(' ') ? name.slice(0, name.indexOf(' ')) : ''))
  return kinds.some((kind, at) => kinds.indexOf(kind) !== at)
}

const axes = { versions, systems }

const spread = (asks: string, kind: keyof typeof axes, wanted: string): Check =>
  check({
    asks,
    needs: { testEnvironments, pipelines, published },
    judge: ({ testEnvironments: { environments, idle, computed }, pipelines, published }) => {
      const nothing = withoutPipeline(pipelines, published, wanted)
      if (nothing) return nothing
      const found = examples(environments, axes[kind])
      const [first, ...others] = found.map(evidence)
      if (first && isSeveral(found.map(([name]) => name))) return pass(first, ...others)
      const made = computed.find(each => each.axis === kind)
      if (made) return unknown(`${made.what} of job ${made.step.job.id} (${made.step.at}) is made at run time`)
      const hidden =
        environments.length === 0 &&
        pipelines.steps.map(step => (step.events.length > 0 ? mightBe(step, 'test') : null)).find(Boolean)
      const because = unread(pipelines) ?? (hidden ? `${hidden} may run the tests elsewhere` : null)
      if (because)
        return unknown(`the tests were seen on ${found.map(([name]) => name).join(', ') || 'nothing'}, and ${because}`)
      const [rest] = idle
      const dead =
        environments.length === 0 && rest && `${placeOf(rest.step)} would run ${rest.does}, but ${rest.because}`
      if (dead) return fail({ at: rest.step.at, line: rest.step.line, saw: dead, wanted })
      const [one] = environments
      if (!one) return fail({ at: '.github/workflows', saw: 'no step runs tests', wanted })
      const saw = first?.saw ?? `${placeOf(one.step)} runs ${one.does} and does not say on what`
      return fail({ at: one.step.at, line: one.step.line, saw: found.length > 0 ? `only ${saw}` : saw, wanted })
    },
  })

const item: Item = {
  id: 'matrix-testing',
  area: 'delivery',
  rows: [121],
  title: 'Tests on several versions and systems',
  level: 'should',
  why: 'People start the server with their own Node or Python, on their own system; what was tested on one of each breaks on the others: paths, line ends, signals, removed APIs.',
  how: 'Give the job that runs the tests a matrix of the supported versions (node-version, python-version) and of runners (ubuntu-latest, macos-latest, windows-latest).',
  refs: ['https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations'],
  checks: [
    spread(
      'Do the tests run on several versions of the language?',
      'versions',
      'the tests on at least two versions of the language',
    ),
    spread(
      'Do the tests run on several operating systems?',
      'systems',
      'the tests on at least two of Linux, macOS and Windows',
    ),
  ],
}

export default item
