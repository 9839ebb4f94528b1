import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown } from '../../core/verdict.ts'
import { logLines, type LogEntry } from '../../gather/log-lines.ts'

const faultOf = ({ json, lacks }: LogEntry): string =>
  json ? `JSON without ${lacks.join(' and ')}` : 'not a JSON object'

const item: Item = {
  id: 'structured-logs',
  area: 'observability',
  rows: [45, 155],
  title: 'Logs are JSON lines with time, level and message',
  level: 'must',
  why: 'Plain text cannot be searched, counted or alerted on once more than one server writes it.',
  how: 'Log through a structured logger to stderr (pino, winston json, structlog, python-json-logger), libraries and start-up lines included.',
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
  ],
}

export default item
