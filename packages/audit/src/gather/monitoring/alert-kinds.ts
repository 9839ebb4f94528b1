import type { Expression, Selected } from '../../instruments/promql.ts'
import type { AlertRule } from './alert-rules.ts'

export const alertKinds = ['down', 'errors', 'latency', 'saturation'] as const
export type AlertKind = (typeof alertKinds)[number]

const isDown =
  /^(up|probe_success)$|_up$|^kube_\w*(unavailable|available|ready|restarts?|phase|waiting)\w*$|_start_time_seconds$|^absent/
const isError = /error|fail|exception|5xx|panic|crash/i
const isLatency = /(duration|latency|response_time|elapsed)\w*$/i
const isSaturation =
  /memory|cpu|heap|eventloop|event_loop|(open|max)_fds|queue|in_?flight|in_progress|\bpool|_pool|connections|threads|gc_|disk|filesystem|volume|saturation|throttl|backlog|_lag|limit|sessions/i

const badOutcome = /error|fail|exception|invalid|denied|timeout|5\.|5xx|5\d\d|\[45\]|\[5\]/i
const goodOutcome = /^(ok|success|true|2\.\.|2xx|200|\(?ok\b.*|2.*)$/i

const selectsErrors = ({ labels }: Selected): boolean =>
  labels.some(({ operator, value }) => (operator.startsWith('!') ? goodOutcome.test(value) : badOutcome.test(value)))

const ofExpression = ({ selected, functions }: Expression): AlertKind[] => {
  const names = selected.map(({ metric }) => metric)
  const isMissing = functions.some(name => name.startsWith('absent'))
  const found: [AlertKind, boolean][] = [
    ['down', isMissing || names.some(name => isDown.test(name))],
    ['errors', names.some(name => isError.test(name)) || selected.some(selectsErrors)],
    [
      'latency',
      functions.includes('histogram_quantile') ||
        names.some(name => isLatency.test(name.replace(/_(bucket|sum|count|seconds)+$/, ''))),
    ],
    ['saturation', names.some(name => isSaturation.test(name))],
  ]
  return found.flatMap(([kind, holds]) => (holds ? [kind] : []))
}

/** What an alert watches, through the rules that record what it looks at. */
export const kindsOf = (rule: AlertRule, rules: AlertRule[], seen: string[] = []): AlertKind[] => {
  if (rule.by === 'Loki') return /error|exception|fatal|panic/i.test(rule.text) ? ['errors'] : []
  const own = rule.expression ? ofExpression(rule.expression) : []
  const recorded = (rule.expression?.selected ?? []).flatMap(({ metric }) =>
    seen.includes(metric) || seen.length > 5
      ? []
      : rules
          .filter(({ kind, name }) => kind === 'record' && name === metric)
          .flatMap(each => kindsOf(each, rules, [...seen, metric])),
  )
  return [...new Set([...own, ...recorded])]
}
