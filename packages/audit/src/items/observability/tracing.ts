import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Verdict } from '../../core/verdict.ts'
import { tracedCalls, type TracedCall, type TracedCalls } from '../../gather/traced-calls.ts'

type Span = TracedCalls['spans'][number]

const declare = 'say what switches the export on as "tracing": { "env": { … } } in airworthy.json'

const namesTool = ({ name, attributes }: Span, tool: string): boolean =>
  name.split(/[\s/:]/).includes(tool) || Object.values(attributes).includes(tool)

const shown = ({ name, kind }: Span): string => `«${name.slice(0, 80)}» (${kind})`

const nothingCame = ({ exports, faults, declared }: TracedCalls): Verdict => {
  const at = 'a start with OTEL_EXPORTER_OTLP_ENDPOINT'
  if (faults[0]) return unknown(`what came to the OTLP endpoint could not be read: ${faults[0]}`)
  if (declared)
    return fail({
      at,
      saw: exports > 0 ? `${exports} exports without a span` : 'nothing was exported',
      wanted: 'a span for each call',
    })
  return unknown(`nothing was exported to OTEL_EXPORTER_OTLP_ENDPOINT over HTTP: ${declare}`)
}

/** What is wrong with the spans of one call; null when nothing is. */
const faultOf = ({ tool, traceId, spanId }: TracedCall, spans: readonly Span[], tools: Set<string>): string | null => {
  const mine = spans.filter(span => span.traceId === traceId)
  const [first] = mine
  if (!first) {
    const apart = spans.find(span => namesTool(span, tool))
    return apart ? `the span ${shown(apart)} is in a trace of its own` : `no span is in the trace of the caller`
  }
  if (!mine.some(({ parentId }) => parentId === spanId))
    return `the span ${shown(first)} is in the trace of the caller and not a child of its span`
  if (!mine.some(span => namesTool(span, tool))) return `no span names the tool, only ${shown(first)}`
  const other = [...tools].find(name => name !== tool && mine.some(span => namesTool(span, name)))
  return other === undefined ? null : `a span of ${other} is in the trace of a call of ${tool}`
}

const judge = (seen: TracedCalls): Verdict => {
  const { spans } = seen
  const calls = seen.calls.filter(({ succeeded }) => succeeded)
  if (calls.length < seen.calls.length)
    return unknown('calls that succeeded before failed when several were made at a time')
  if (spans.length === 0) return nothingCame(seen)
  const tools = new Set(calls.map(({ tool }) => tool))
  for (const call of calls) {
    const saw = faultOf(call, spans, tools)
    const wanted = 'a span «tools/call NAME» that is a child of the span in _meta.traceparent'
    if (saw !== null) return fail({ at: `tools/call ${call.tool} with a traceparent`, saw, wanted })
  }
  const root = spans.find(({ parentId }) => calls.some(({ spanId }) => spanId === parentId))
  const isConventional = spans.some(({ attributes }) => 'mcp.method.name' in attributes)
  const words = isConventional ? 'with the attributes of the MCP conventions' : 'without the attribute mcp.method.name'
  return pass({
    at: `${calls.length} parallel calls with a traceparent`,
    saw: `each has a span that is a child of its caller's, such as ${root && shown(root)}, ${words}`,
  })
}

const item: Item = {
  id: 'tracing',
  area: 'observability',
  rows: [53, 158],
  title: 'Calls are traced, as part of the trace of the agent',
  level: 'should',
  why: 'Without spans nobody sees where the time of a slow call went, and an agent that asks ten servers cannot be followed through them.',
  how: 'Set up OpenTelemetry (NodeSDK, or TracerProvider with the OTLP exporter) at the start when OTEL_EXPORTER_OTLP_ENDPOINT is set, and start a span for each request with the context extracted from `_meta`.',
  refs: [
    'https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/',
    'https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does each call arrive as a span below that of its caller?',
      needs: { tracedCalls },
      judge: ({ tracedCalls }) => judge(tracedCalls),
    }),
  ],
}

export default item
