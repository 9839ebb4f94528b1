import { gatherer } from '../../core/item.ts'
import { modules } from '../code/modules.ts'
import { openResolver, type Place, type Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../code/values.ts'
import { project, type Project } from '../project.ts'

export interface OwnMetric {
  name: string
  kind: 'counter' | 'gauge' | 'histogram' | 'summary' | 'otel'
  file: string
  line: number
}

export interface OwnMetrics {
  defined: OwnMetric[]
  /** Prefixes of what the runtime's own collector exposes: `process_`, `nodejs_`. */
  runtime: string[]
  /** Why there may be more metrics than were found; empty when all of them are known. */
  open: string[]
}

const kinds: Record<string, OwnMetric['kind']> = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Summary: 'summary',
  Enum: 'gauge',
  Info: 'gauge',
}

const otelMethod =
  /^(create(Observable)?(Counter|Histogram|Gauge|UpDownCounter)|create_(observable_)?(counter|histogram|gauge|up_down_counter))$/

interface Found {
  metric: OwnMetric[]
  open: string[]
}

const textOf = (value: Value | undefined, place: Place, resolver: Resolver): string | null =>
  value ? resolver.text(value, place) : null

const recordField = (value: Value | undefined, name: string, place: Place, resolver: Resolver): Value | undefined => {
  for (const thing of value ? resolver.things(value, place) : [])
    if (thing.value.is === 'record') return fieldOf(thing.value.fields, name)
  return undefined
}

const fromLibrary = (call: Call, place: Place, resolver: Resolver): Found | null => {
  const path = resolver.external(call.callee, place) ?? ''
  const kind =
    kinds[
      /^prom-client:(?:\.?)(\w+)$/.exec(path)?.[1] ?? /^prometheus_client(?:\.metrics)?\.(\w+)$/.exec(path)?.[1] ?? ''
    ]
  if (!kind) return null
  const isPython = place.module.language === 'python'
  const given = (name: string): Value | undefined => call.named.find(([key]) => key === name)?.[1]
  const name = isPython
    ? textOf(given('name') ?? call.arguments[0], place, resolver)
    : textOf(recordField(call.arguments[0], 'name', place, resolver), place, resolver)
  const where = `${place.module.path}:${call.line}`
  if (name === null) return { metric: [], open: [`the name of a metric in ${where} is computed`] }
  const around = ['namespace', 'subsystem'].map(key => [given(key), textOf(given(key), place, resolver)] as const)
  if (around.some(([value, text]) => value && text === null))
    return { metric: [], open: [`the name of a metric in ${where} is computed`] }
  const full = [...around.flatMap(([, text]) => (text ? [text] : [])), name].join('_')
  return { metric: [{ name: full, kind, file: place.module.path, line: call.line }], open: [] }
}

const fromMeter = (call: Call, place: Place, resolver: Resolver): Found | null => {
  if (call.callee.is !== 'member' || !otelMethod.test(call.callee.name)) return null
  const name = textOf(call.named.find(([key]) => key === 'name')?.[1] ?? call.arguments[0], place, resolver)
  if (name === null)
    return { metric: [], open: [`the name of a metric in ${place.module.path}:${call.line} is computed`] }
  return {
    metric: [{ name: name.replaceAll(/[^\w:]/g, '_'), kind: 'otel', file: place.module.path, line: call.line }],
    open: [],
  }
}

/** Libraries that expose metrics of their own, under names that are not in the code. */
const exposing = /prom|instrumentator|metric|opentelemetry|otel|statsd|micrometer|hot-shots|datadog|dd-trace|newrelic/i
const plainClients = /^(prom-client|prometheus-client|@opentelemetry\/api|opentelemetry-api|@types\/.*)$/

const otherLibraries = ({ node, python, scope }: Project): string[] =>
  [...node, ...python]
    .filter(({ directory }) => directory === scope.directory)
    .flatMap(({ dependencies }) =>
      Array.isArray(dependencies) ? dependencies.map(({ name }) => name) : Object.keys(dependencies),
    )
    .filter(name => exposing.test(name) && !plainClients.test(name))

const clients = /^(prom-client|prometheus_client(\.\w+)*)$/

/** Resolving every call of a large program takes seconds: most cannot be about metrics by their names. */
const candidates = ({ calls, declarations }: Module): Call[] => {
  const imported = new Set(
    declarations.flatMap(({ name, value }) => (value.is === 'import' && clients.test(value.module) ? [name] : [])),
  )
  const isNamed = ({ callee }: Call): boolean =>
    callee.is === 'name'
      ? imported.has(callee.name) || callee.name in kinds || callee.name === 'collectDefaultMetrics'
      : callee.is === 'member' &&
        (callee.name in kinds || otelMethod.test(callee.name) || callee.name === 'collectDefaultMetrics')
  return calls.filter(isNamed)
}

/** What the client library adds by itself: in Python always, in JavaScript when it is told to. */
const runtimeOf = (module: Module, resolver: Resolver): string[] => {
  const uses = candidates(module).map(call => resolver.external(call.callee, { module, frames: [] }) ?? '')
  if (uses.some(path => path.startsWith('prometheus_client.'))) return ['process_', 'python_']
  return uses.some(path => /^prom-client:\.?(\w+\.)?collectDefaultMetrics$/.test(path)) ? ['process_', 'nodejs_'] : []
}

/** The metrics that the server's own code defines. */
export const ownMetrics = gatherer<OwnMetrics, { modules: typeof modules; project: typeof project }>({
  id: 'own-metrics',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const found = source.all.flatMap(module => {
      const place: Place = { module, frames: [] }
      return candidates(module).flatMap(
        call => fromLibrary(call, place, resolver) ?? fromMeter(call, place, resolver) ?? [],
      )
    })
    return {
      defined: found.flatMap(({ metric }) => metric),
      runtime: [...new Set(source.all.flatMap(module => runtimeOf(module, resolver)))],
      open: [
        ...found.flatMap(({ open }) => open),
        ...otherLibraries(project).map(name => `${name} may expose metrics of its own`),
      ],
    }
  },
})

const suffixes: Record<OwnMetric['kind'], string[]> = {
  counter: ['', '_total', '_created'],
  gauge: ['', '_info'],
  histogram: ['', '_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
  otel: [],
}

/** What Prometheus and the usual exporters know by themselves. */
const foreign =
  /^(up|ALERTS(_FOR_STATE)?|scrape_\w+|probe_\w+|container_\w+|kube_\w+|kubelet_\w+|node_\w+|machine_\w+|windows_\w+|prometheus_\w+|alertmanager_\w+|otelcol_\w+|nginx_\w+|traefik_\w+|envoy_\w+|istio_\w+|caddy_\w+|haproxy_\w+|pg_\w+|redis_\w+|mysql_\w+|go_\w+|process_\w+|target_info|vector|time)$/

/** Where a metric comes from; `absent` when nothing that is known exposes it. */
export const originOf = (
  metric: string,
  own: OwnMetrics,
  recorded: ReadonlySet<string>,
): 'own' | 'other' | 'open' | 'absent' => {
  const isOwn = own.defined.some(({ name, kind }) =>
    kind === 'otel'
      ? metric.startsWith(name)
      : suffixes[kind].some(end => `${name}${end}` === metric || `${name.replace(/_total$/, '')}${end}` === metric),
  )
  if (isOwn || own.runtime.some(prefix => metric.startsWith(prefix))) return 'own'
  if (metric === '' || foreign.test(metric) || recorded.has(metric)) return 'other'
  return own.defined.length === 0 || own.open.length > 0 ? 'open' : 'absent'
}
