import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { alertKinds, type AlertKind } from '../../gather/monitoring/alert-kinds.ts'
import { alertRoutes, type AlertRoutes } from '../../gather/monitoring/alert-routes.ts'
import { exposedMetrics, type ExposedMetrics } from '../../gather/monitoring/exposed-metrics.ts'
import { watching, type WatchedRule, type Watching } from '../../gather/monitoring/watching.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'

const wanted = 'rules of Prometheus, a PrometheusRule or alerts of Grafana for this server'
const about: Record<AlertKind, string> = {
  down: 'the server being down (up, probe_success, absent)',
  errors: 'errors',
  latency: 'slow calls',
  saturation: 'memory, processors or queues that run full',
}

const asEvidence = ({ path, line, saw }: { path: string; line: number; saw: string }, wanted: string): Evidence => ({
  at: path,
  line,
  saw,
  wanted,
})

/** Rules that never fire: they are not read, not loaded, or look at what does not exist. */
const flaws = ({ alerts, faulty, broken }: Watching): Evidence[] => [
  ...broken.map(each => asEvidence(each, 'a file that parses')),
  ...faulty.map(each => asEvidence(each, 'an expression of PromQL')),
  ...alerts.flatMap(({ notLoadedBy, name, path }) =>
    notLoadedBy
      ? [
          asEvidence(
            { ...notLoadedBy, saw: `${notLoadedBy.saw}; ${name} of ${path} is not loaded` },
            'rule_files with this file',
          ),
        ]
      : [],
  ),
  ...alerts.flatMap(({ absent, name, path, line }) =>
    absent.map(metric => ({
      at: path,
      line,
      saw: `${name} looks at ${metric}, which nothing exposes`,
      wanted: 'a metric that the server defines',
    })),
  ),
]

const missing = ({ alerts }: Watching, kinds: readonly AlertKind[]): Evidence[] =>
  kinds
    .filter(kind => !alerts.some(alert => alert.kinds.includes(kind)))
    .map(kind => ({ at: alerts[0]?.path ?? '.', saw: `no alert about ${about[kind]}`, wanted: about[kind] }))

const proven = (alerts: WatchedRule[], kinds: readonly AlertKind[]): Evidence[] =>
  kinds.flatMap(kind => {
    const found = alerts.find(alert => alert.kinds.includes(kind))
    return found
      ? [
          {
            at: found.path,
            line: found.line,
            saw: `${kind}: ${found.name}, ${found.text.replaceAll(/\s+/g, ' ').slice(0, 120)}`,
          },
        ]
      : []
  })

/** The same alarms, with what the running server exposes in place of what its source defines. */
const judgeRunning = (watching: Watching, { path, seen }: ExposedMetrics): Verdict => {
  if (watching.alerts.length === 0) return unknown('the repository has no alerts')
  const ofAlert = ({ expression }: WatchedRule): string[] => [
    ...new Set((expression?.selected ?? []).map(({ metric }) => metric).filter(metric => metric in seen)),
  ]
  const missingAt = (alert: WatchedRule): Evidence[] =>
    ofAlert(alert)
      .filter(metric => seen[metric] === 'absent')
      .map(metric => ({
        at: alert.path,
        line: alert.line,
        saw: `${alert.name} looks at ${metric}, which is not at ${path} of the running server`,
        wanted: 'a metric that it exposes',
      }))
  const rest = flaws({ ...watching, alerts: watching.alerts.map(alert => ({ ...alert, absent: [] })) })
  const broken = [...rest, ...watching.alerts.flatMap(missingAt), ...missing(watching, ['down', 'errors'])]
  const open = watching.alerts.flatMap(ofAlert).find(metric => seen[metric] === 'open')
  const exposed = watching.alerts.flatMap(alert =>
    ofAlert(alert)
      .filter(metric => seen[metric] === 'exposed')
      .map(metric => ({ at: alert.path, line: alert.line, saw: `${alert.name}: ${metric} is at ${path}` })),
  )
  if (broken.length === 0 && open !== undefined)
    return unknown(`${open} is not at ${path} of the running server, and may come with something that was not called`)
  return judged(broken, exposed.slice(0, 12), 'no alert looks at a metric of the server itself')
}

const none = ({ unread }: Watching, archive: Published): Verdict =>
  unread[0]
    ? unknown(`alerts may be defined in ${unread.slice(0, 3).join(', ')}, which is not read`)
    : isPublished(archive)
      ? unknown(`this is ${archive.what}; its alerts need not be part of it`)
      : fail({ at: '.', saw: 'no alert rules', wanted })

const unrouted = ({ routes }: AlertRoutes): Evidence[] =>
  routes.flatMap(({ path, line, to, receiver }) => {
    if (!receiver)
      return [{ at: path, line, saw: `the receiver ${to} does not exist`, wanted: 'a receiver that is there' }]
    if (receiver.placeholder)
      return [
        asEvidence({ ...receiver, saw: `${to}: «${receiver.placeholder}» was never filled in` }, 'a real address'),
      ]
    return []
  })

const item: Item = {
  id: 'alerting',
  area: 'observability',
  rows: [54, 159, 169],
  title: 'Alarms that ring, tested',
  level: 'should',
  why: 'An outage that no alarm tells is found by users, hours later; an alarm on a metric that nobody exposes is silent for ever.',
  how: 'Keep the rules in the repository: `up == 0`, the rate of the error counter, `histogram_quantile` of the duration, memory or processors; load them (rule_files or PrometheusRule), route them to a receiver of Alertmanager that tells somebody, and test them with `promtool test rules`.',
  refs: [
    'https://prometheus.io/docs/practices/alerting/',
    'https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/',
    'https://sre.google/sre-book/monitoring-distributed-systems/',
  ],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Do alerts on metrics that exist tell when the server is down or fails?',
      rows: [54],
      needs: { watching, published },
      judge: ({ watching, published }) => {
        if (watching.alerts.length + watching.broken.length + watching.faulty.length === 0)
          return none(watching, published)
        const kinds = ['down', 'errors'] as const
        return judged([...flaws(watching), ...missing(watching, kinds)], proven(watching.alerts, kinds), 'not reached')
      },
    }),
    check({
      asks: 'Does the running server expose the metrics that the alerts look at?',
      rows: [54],
      needs: { watching, exposedMetrics },
      judge: ({ watching, exposedMetrics }) => judgeRunning(watching, exposedMetrics),
    }),
    check({
      asks: 'Are latency and saturation watched as well, and does somebody hear of it?',
      rows: [159],
      needs: { watching, routes: alertRoutes, published },
      judge: ({ watching, routes, published }) => {
        if (watching.alerts.length === 0) return none(watching, published)
        const heard = routes.routes.filter(({ receiver }) => (receiver?.tells.length ?? 0) > 0)
        const broken = [
          ...missing(watching, alertKinds),
          ...watching.mute.map(each => asEvidence(each, 'alerting.alertmanagers with a target')),
          ...unrouted(routes),
          ...routes.routes.slice(0, heard.length > 0 ? 0 : 1).map(({ path, line, to }) => ({
            at: path,
            line,
            saw: `everything goes to ${to}, which tells nobody`,
            wanted: 'a receiver with an integration',
          })),
        ]
        const proof = heard.map(({ path, line, to, receiver }) => ({
          at: path,
          line,
          saw: `to ${to}: ${receiver?.tells.join(', ')}`,
        }))
        if (broken.length === 0 && heard.length === 0)
          return unknown('the repository has rules, and nothing in it says where alarms are sent')
        return judged(broken, [...proven(watching.alerts, alertKinds), ...proof], 'not reached')
      },
    }),
    check({
      asks: 'Are the alerts tested?',
      rows: [169],
      needs: { watching, published },
      judge: ({ watching, published }) => {
        const { alerts, tests } = watching
        if (alerts.length === 0) return none(watching, published)
        if (alerts.every(({ by }) => by === 'Grafana' || by === 'Loki'))
          return unknown('its alerts are those of Grafana or Loki, for which there are no tests of rules')
        const tested = new Set(tests.flatMap(({ expects }) => expects))
        const covered = alerts.filter(({ name }) => tested.has(name)).map(({ name }) => name)
        const broken = tests.flatMap(({ path, line, unknownAlerts, missingFiles }) => [
          ...unknownAlerts.map(name => ({
            at: path,
            line,
            saw: `it expects ${name}, which no rule defines`,
            wanted: 'alerts that exist',
          })),
          ...missingFiles.map(file => ({
            at: path,
            line,
            saw: `it tests ${file}, which is not there`,
            wanted: 'a file of rules',
          })),
        ])
        if (covered.length === 0 && broken.length === 0)
          return fail({
            at: alerts[0]?.path ?? '.',
            saw: `${alerts.length} alerts and no test of them`,
            wanted: 'a file for promtool test rules',
          })
        const uncovered = [...new Set(alerts.map(({ name }) => name))].filter(name => !tested.has(name))
        const saw = `tested: ${covered.join(', ')}${uncovered.length > 0 ? `; not tested: ${uncovered.slice(0, 12).join(', ')}` : ''}`
        return judged(
          broken,
          tests.slice(0, 5).map(({ path, line }) => ({ at: path, line, saw })),
          'not reached',
        )
      },
    }),
  ],
}

export default item
