import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { coverage, type Coverage, type CoverageReport, type Threshold } from '../../gather/coverage.ts'
import type { Command } from '../../gather/commands.ts'

const least = 80

const does = ({ via }: Command): string => via.slice(-2).join(' → ')

const reported = ({ path, format, percent }: CoverageReport): Evidence => ({
  at: path,
  saw: `${Math.floor(percent * 10) / 10} % of the lines are covered (${format})`,
  wanted: `${least} %`,
})

const isInPipeline = ({ checkedBy }: Threshold): boolean => checkedBy !== null && checkedBy.events !== null

const demanded = ({ percent, at, line, checkedBy, dead }: Threshold): Evidence => ({
  at,
  ...(line ? { line } : {}),
  saw: checkedBy
    ? `${percent} % are demanded by ${does(checkedBy)}${checkedBy.events ? ` on ${checkedBy.events.join(', ')}` : ', which no pipeline runs'}`
    : `${percent} % are written down, but ${dead}`,
  wanted: `at least ${least} %, checked in a pipeline`,
})

/** A threshold that only a person's own run checks is enforced where there is no pipeline at all. */
const isEnforced = (threshold: Threshold, { hasPipelines }: Coverage): boolean =>
  isInPipeline(threshold) || (threshold.checkedBy !== null && !hasPipelines)

const judgeThresholds = (found: Coverage): Verdict => {
  const { thresholds, demanded: byCodecov, uploads, measurements, computed, opaque, published } = found
  const enforced = thresholds.filter(threshold => isEnforced(threshold, found))
  const high = enforced.filter(({ percent }) => percent >= least)
  if (high.length > 0) return judged([], high.map(demanded), 'not reached')
  const [upload] = uploads
  if (byCodecov && byCodecov.percent >= least && upload)
    return pass({
      at: byCodecov.at,
      line: byCodecov.line,
      saw: `Codecov demands ${byCodecov.percent} % of what ${upload.what} sends it`,
    })
  const open = computed[0] ? `${computed[0]} is computed by code` : opaque[0] && `${opaque[0]} cannot be read from here`
  if (open && enforced.length === 0) return unknown(`no report was found, and what is demanded is not known: ${open}`)
  const [first, ...more] = (enforced.length > 0 ? enforced : thresholds).map(demanded)
  if (first) return fail(first, ...more)
  if (published) return unknown(`this is ${published}; its tests and pipeline are not part of it`)
  const [measurement] = measurements
  if (measurement)
    return unknown(
      `${does(measurement.command)} measures coverage, but nothing demands ${least} % and no report is in the directory: run the tests and check again`,
    )
  return fail({
    at: '.',
    saw: 'nothing measures the coverage of the tests',
    wanted: `${least} % of the lines, demanded by the test run`,
  })
}

const item: Item = {
  id: 'test-coverage',
  area: 'code-quality',
  rows: [7, 128],
  title: 'Tests that cover four lines in five',
  level: 'should',
  why: 'Code that no test runs breaks in production first, and without a threshold its share grows with every change.',
  how: 'Let the test run fail below 80 %: `coverage.thresholds.lines` of vitest with `--coverage`, or `--cov --cov-fail-under=80` of pytest-cov; CI runs it and keeps or uploads the report.',
  refs: ['https://vitest.dev/config/#coverage', 'https://pytest-cov.readthedocs.io/en/latest/config.html'],
  checks: [
    check({
      asks: 'Are more than 80 % of the lines covered, by a report or by a threshold that a run checks?',
      rows: [7],
      needs: { coverage },
      judge: ({ coverage }) => {
        const low = coverage.reports.filter(({ percent }) => percent < least)
        if (low.length > 0) return judged(low.map(reported), [], 'not reached')
        const enforced = coverage.thresholds.filter(each => isEnforced(each, coverage))
        if (coverage.reports.length === 0) return judgeThresholds(coverage)
        return judged([], [...coverage.reports.map(reported), ...enforced.map(demanded)], 'not reached')
      },
    }),
    check({
      asks: 'Does a pipeline print the coverage or send it somewhere?',
      rows: [128],
      needs: { coverage },
      judge: ({ coverage: { uploads, measurements, hasPipelines, opaque, published } }) => {
        const measured = measurements.filter(({ command }) => command.events !== null)
        const printed = measured.filter(({ prints }) => prints)
        const proven = [
          ...uploads.map(({ what, at, line, events }) => ({ at, line, saw: `${what} on ${events.join(', ')}` })),
          ...printed.map(({ command }) => ({
            at: command.at,
            line: command.line,
            saw: `${does(command)} prints it on ${command.events?.join(', ')}`,
          })),
        ]
        if (measured.length > 0 && proven.length > 0) return judged([], proven.slice(0, 10), 'not reached')
        if (opaque[0]) return unknown(`${opaque[0]} may do it, and cannot be read from here`)
        if (!hasPipelines && published) return unknown(`this is ${published}; its pipeline is not part of it`)
        const [upload] = uploads
        if (upload) {
          const saw = `${upload.what} sends a report, but no step measures coverage`
          return fail({ at: upload.at, line: upload.line, saw, wanted: 'a test run with coverage before it' })
        }
        const [one] = measured
        const saw = one
          ? `${does(one.command)} measures coverage, and prints and sends nothing`
          : 'no step measures coverage'
        return fail({ at: one?.command.at ?? '.github/workflows', saw, wanted: 'a step that prints or uploads it' })
      },
    }),
  ],
}

export default item
