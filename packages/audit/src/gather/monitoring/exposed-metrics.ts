import { gatherer, Undecided } from '../../core/item.ts'
import { metrics } from '../metrics.ts'
import { alertRules } from './alert-rules.ts'
import { dashboards } from './dashboards.ts'
import { originOf, ownMetrics } from './own-metrics.ts'

export interface ExposedMetrics {
  /** Where the running server told them. */
  path: string
  /** For each metric of the rules and dashboards that may be of this server: `open` when that cannot be told. */
  seen: Record<string, 'exposed' | 'absent' | 'open'>
}

const ends: Record<string, RegExp> = {
  counter: /_(total|created)$/,
  histogram: /_(bucket|sum|count|created)$/,
  gaugehistogram: /_(bucket|gsum|gcount)$/,
  summary: /_(sum|count|created)$/,
  info: /_info$/,
}

/** A metric with labels has a type before it has its first sample. */
const isExposed = (metric: string, names: ReadonlySet<string>, types: Record<string, string>): boolean =>
  names.has(metric) ||
  metric in types ||
  Object.entries(ends).some(([type, end]) => end.test(metric) && types[metric.replace(end, '')] === type)

/** OpenTelemetry tells of an instrument only once something was recorded. */
const tellsLate = (names: ReadonlySet<string>): boolean => names.has('target_info') || names.has('otel_scope_info')

const generic = /^(process|python|nodejs|node|go|jvm|dotnet|http|rpc|db|system|target|otel|app|mcp)$/
const prefixOf = (metric: string): string => metric.split(/[_:]/)[0] ?? ''

/** The metrics that rules and dashboards look at, held against what the running server exposes after calls that succeed and fail. */
export const exposedMetrics = gatherer({
  id: 'exposed-metrics',
  impact: 'call',
  from: 'server',
  needs: { metrics, rules: alertRules, dashboards, own: ownMetrics },
  gather: (_, { metrics, rules, dashboards, own }): ExposedMetrics => {
    const { path, names, types, tool } = metrics
    if (path === null) throw new Undecided(`the running server exposes no metrics at ${metrics.asked.join(', ')}`)
    const there = new Set(names)
    const recorded = new Set(rules.rules.filter(({ kind }) => kind === 'record').map(({ name }) => name))
    const wanted = new Set(
      [
        ...rules.rules.flatMap(({ expression }) => expression?.selected ?? []),
        ...dashboards.found.flatMap(({ queries }) => queries.flatMap(({ expression }) => expression.selected)),
      ].map(({ metric }) => metric),
    )
    const prefixes = new Set([...names, ...Object.keys(types)].map(prefixOf).filter(prefix => !generic.test(prefix)))
    const judge = (metric: string, origin: 'own' | 'open' | 'absent'): ExposedMetrics['seen'][string] => {
      if (isExposed(metric, there, types)) return 'exposed'
      // What only a call brings about was not there to be seen.
      if (tool === null || tellsLate(there)) return 'open'
      if (origin === 'absent') return 'absent'
      return prefixes.has(prefixOf(metric)) ? 'absent' : 'open'
    }
    const seen = [...wanted].flatMap((metric): [string, ExposedMetrics['seen'][string]][] => {
      const origin = originOf(metric, own, recorded)
      return origin === 'other' ? [] : [[metric, judge(metric, origin)]]
    })
    return { path, seen: Object.fromEntries(seen) }
  },
})
