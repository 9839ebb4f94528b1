import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { caught, type Caught } from '../../gather/caught.ts'
import { declareFailures, failedCalls, type FailedCalls } from '../../gather/failed-calls.ts'
import { failureEntries, type FailureEntry } from '../../gather/failure-entries.ts'
import { isAtLeast } from '../../gather/log-level.ts'

const wanted = 'an entry at error level with the tool and the cause, or the exception thrown on'

const unlogged = ({ file, line, broad, answers, raises, logs }: Caught): Evidence[] => {
  if (!broad || !answers || raises || logs === 'cause') return []
  const saw = logs === 'words' ? 'the log gets fixed words, not the cause' : 'answers the failure without a log entry'
  return [{ at: file, line, saw, wanted }]
}

const isError = ({ level }: FailureEntry): boolean => level !== null && isAtLeast(level, 'error')

const lacksOf = (entry: FailureEntry): string[] => [
  ...(entry.namesTool ? [] : ['names the tool']),
  ...(entry.tellsCause ? [] : ['tells the cause']),
  ...(isError(entry) ? [] : ['is at error level']),
]

const unheard = (entry: FailureEntry): Evidence[] => {
  const lacks = lacksOf(entry)
  if (lacks.length === 0) return []
  const what = `it was answered «${entry.answer}»`
  const saw =
    entry.line === null || !entry.namesTool
      ? `${what}, and no entry names the tool${entry.line === null ? '' : ` (the nearest: ${entry.line.slice(0, 160)})`}`
      : `${what}, and no entry ${lacks.join(' and ')}: ${entry.line.slice(0, 300)}`
  return [{ at: `tools/call ${entry.tool}`, saw, wanted }]
}

const leaked = ({ lines, secrets }: FailedCalls): Evidence[] =>
  secrets.flatMap(({ name, value }) => {
    const line = lines.find(({ text }) => text.includes(value))
    const saw = `the value of ${name} stands in it: ${line?.text.replaceAll(value, `<${name}>`).slice(0, 300)}`
    return line ? [{ at: 'the log of a failing call', saw, wanted: 'no secrets, and not all of the arguments' }] : []
  })

const inTheLog = (calls: FailedCalls): Verdict => {
  const entries = failureEntries(calls)
  const [first] = entries
  const leaks = leaked(calls)
  if (!first && leaks.length === 0) return unknown('each call that is declared to fail succeeded')
  const missing = entries.flatMap(unheard)
  if (leaks.length === 0 && missing[0] && !calls.declared)
    return unknown(`${missing[0].at}: ${missing[0].saw}. Whether it failed inside cannot be told: ${declareFailures}`)
  if (leaks.length === 0 && missing[0] && !calls.ended && calls.lines.length === 0)
    return unknown('nothing was logged, and the server had to be killed: what it held back is not known')
  const proven = entries.map(({ tool, line }) => ({ at: `tools/call ${tool}`, saw: `it left ${line?.slice(0, 300)}` }))
  return judged([...leaks, ...missing], proven, 'not reached')
}

const item: Item = {
  id: 'error-logging',
  area: 'resilience',
  rows: [16],
  title: 'Failures leave a trace in the log',
  level: 'must',
  why: 'A failure that only the model was told about is one that nobody can find, count or repair.',
  how: 'Log every exception that a handler answers, once, at error level, with the name of the tool and the cause: `log.error({ tool, error })`, `logger.exception(...)`.',
  refs: [
    'https://owasp.org/Top10/A09_2021-Security_Logging_and_Monitoring_Failures/',
    'https://docs.python.org/3/library/logging.html#logging.Logger.exception',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does a call that fails leave an entry at error level, with the tool and the cause and without secrets?',
      needs: { failedCalls },
      judge: ({ failedCalls }) => inTheLog(failedCalls),
    }),
    check({
      asks: 'Does what catches a failure of a tool log its cause, or throw it on?',
      needs: { caught },
      judge: ({ caught: { caught, tools } }) => {
        if (tools === 0) return unknown('no handler of a tool was found in the source')
        const ofTools = caught.filter(({ where }) => where !== 'elsewhere')
        const logging = ofTools.filter(({ logs }) => logs === 'cause')
        const proven = logging.map(({ file, line }) => ({ at: file, line, saw: 'logs the cause' }))
        const otherwise =
          'nothing that the tools reach catches and logs a failure; whether the SDK or a wrapper logs it shows in a live run'
        return judged(ofTools.flatMap(unlogged), proven, otherwise)
      },
    }),
  ],
}

export default item
