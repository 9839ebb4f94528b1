import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { declareFailures, failedCalls, type FailedCalls } from '../../gather/failed-calls.ts'

type Reported = FailedCalls['reports']['errors'][number]

const declare = 'say what switches the reports on as "errorTracking": { "env": { … } } in airworthy.json'
const wanted = 'an event with the tool and the release'

/** Frames and loaded modules name functions by themselves; what is said about the failure stands elsewhere. */
const said = ({ event }: Reported): string =>
  JSON.stringify(event, (key, value: unknown) =>
    /^(stacktrace|threads|modules|debug_meta|sdk)$/.test(key) ? undefined : value,
  )

const shown = ({ level, message, exceptions, release }: Reported): string => {
  const [outermost] = exceptions
  const what = outermost ? `${outermost.type}: ${outermost.value}` : message
  return `${level} «${what.slice(0, 160)}» of release ${release ?? '(none)'}`
}

const faultsOf = (event: Reported, tools: string[]): Evidence[] => {
  const text = said(event)
  const lacks = [
    ...(tools.some(tool => text.includes(tool)) ? [] : ['no name of the tool']),
    ...(event.release === null ? ['no release'] : []),
  ]
  return lacks.length > 0 ? [{ at: 'a reported error', saw: `${shown(event)}: ${lacks.join(' and ')}`, wanted }] : []
}

const leaks = ({ reports: { errors }, secrets }: FailedCalls): Evidence[] =>
  errors.flatMap(event => {
    const whole = JSON.stringify(event.event)
    return secrets
      .filter(({ value }) => whole.includes(value))
      .map(({ name }) => ({
        at: 'a reported error',
        saw: `the value of ${name} stands in it`,
        wanted: 'no secrets, and not all of the arguments',
      }))
  })

const nothingCame = ({ declared, failed, reports }: FailedCalls): Verdict => {
  if (reports.faults[0]) return unknown(`what came to the ingest could not be read: ${reports.faults[0]}`)
  const at = `tools/call ${failed.map(({ tool }) => tool).join()}, with SENTRY_DSN`
  if (!declared)
    return unknown(`nothing was reported, and whether the call failed inside is not known: ${declareFailures}`)
  if (reports.kinds.length > 0)
    return fail({ at, saw: `it reports ${reports.kinds.join(', ')}, and not that the call failed`, wanted })
  if (reports.declared) return fail({ at, saw: 'nothing was reported', wanted })
  return unknown(`nothing was reported to SENTRY_DSN: ${declare}`)
}

const judge = (calls: FailedCalls): Verdict => {
  const { errors } = calls.reports
  if (calls.failed.length === 0) return unknown('each call that is declared to fail succeeded')
  if (errors.length === 0) return nothingCame(calls)
  const tools = calls.failed.map(({ tool }) => tool)
  const faults = errors.map(event => faultsOf(event, tools))
  // A library may report the same failure once more, in its own words.
  const lacking = faults.some(found => found.length === 0) ? [] : faults.flat()
  const proven = errors.map(event => ({ at: 'a reported error', saw: shown(event) }))
  return judged([...leaks(calls), ...lacking], proven, 'not reached')
}

const item: Item = {
  id: 'error-tracking',
  area: 'observability',
  rows: [52, 157],
  title: 'Failures are reported to an error tracker, without secrets',
  level: 'should',
  why: 'A log is read when somebody already knows of a failure; a tracker tells the team of a new one, how often it occurs, and since which release.',
  how: 'Call `Sentry.init({ dsn: process.env.SENTRY_DSN, release })` or `sentry_sdk.init(…, include_local_variables=False)` at the start, capture what a tool throws with the tool as a tag, and send no arguments.',
  refs: [
    'https://docs.sentry.io/platforms/javascript/guides/node/',
    'https://docs.sentry.io/platforms/python/',
    'https://docs.sentry.io/platforms/python/data-management/sensitive-data/',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does a call that fails inside arrive at the tracker, with the tool and the release and without secrets?',
      needs: { failedCalls },
      judge: ({ failedCalls }) => judge(failedCalls),
    }),
  ],
}

export default item
