import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { caught, type Caught } from '../../gather/caught.ts'

const wanted = 'an entry at error level with the tool and the cause, or the exception thrown on'

const unlogged = ({ file, line, broad, answers, raises, logs }: Caught): Evidence[] => {
  if (!broad || !answers || raises || logs === 'cause') return []
  const saw = logs === 'words' ? 'the log gets fixed words, not the cause' : 'answers the failure without a log entry'
  return [{ at: file, line, saw, wanted }]
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
