import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { logLines, type LogEntry } from '../../gather/log-lines.ts'
import { logShipping, type LogShipping, type LogShippings } from '../../gather/log-shipping.ts'

const faultOf = ({ json, lacks }: LogEntry): string =>
  json ? `JSON without ${lacks.join(' and ')}` : 'not a JSON object'

const wanted = 'Filebeat, Vector, Fluent Bit, Logstash or the like, with an input and an output'

const unshipped = (found: LogShipping[], broken: LogShippings['broken']): Evidence[] => {
  const half = found.map(({ path, line, tool, inputs }) => ({
    at: path,
    line,
    saw: `${tool} without ${inputs.length === 0 ? 'an input' : 'an output'}`,
    wanted,
  }))
  const unread = broken.map(({ path, line, because }) => ({ at: path, line, saw: because, wanted }))
  const seen = [...half, ...unread]
  return seen.length > 0 ? seen : [{ at: '.', saw: 'no configuration that ships logs', wanted }]
}

const item: Item = {
  id: 'structured-logs',
  area: 'observability',
  rows: [45, 155],
  title: 'Logs are JSON lines with time, level and message',
  level: 'must',
  why: 'Plain text cannot be searched, counted or alerted on once more than one server writes it.',
  how: 'Log through a structured logger to stderr (pino, winston json, structlog, python-json-logger), libraries and start-up lines included, and ship them with Vector, Fluent Bit, Filebeat or the like.',
  refs: ['https://opentelemetry.io/docs/specs/otel/logs/data-model/'],
  checks: [
    check({
      asks: 'Is every log line a JSON object with time, level and message?',
      rows: [45],
      needs: { logLines },
      judge: ({ logLines }) => {
        const [first] = logLines
        if (!first) return unknown('it wrote no log line at all, in good calls and in failing ones')
        const odd = logLines.filter(({ json, lacks }) => !json || lacks.length > 0)
        const [worst] = odd
        const at = `${logLines.length} log lines`
        if (!worst)
          return pass({ at, saw: `all JSON with time, level and message, such as ${first.text.slice(0, 200)}` })
        const saw = `${odd.length} of ${logLines.length} are not structured; ${faultOf(worst)}: ${worst.text.slice(0, 200)}`
        return fail({ at, saw, wanted: 'one JSON object a line with time, level and message' })
      },
    }),
    check({
      asks: 'Does a configuration ship the logs to a store that can be searched?',
      rows: [155],
      level: 'should',
      applies: { profile: 'service' },
      needs: { logShipping },
      judge: ({ logShipping: { found, broken } }) => {
        const whole = found.filter(({ inputs, outputs }) => inputs.length > 0 && outputs.length > 0)
        const shipped = whole.map(({ path, line, tool, inputs, outputs }) => ({
          at: path,
          line,
          saw: `${tool} from ${inputs[0]?.type} to ${outputs[0]?.type}`,
        }))
        return judged(whole.length > 0 ? [] : unshipped(found, broken), shipped, 'nothing was looked at')
      },
    }),
  ],
}

export default item
