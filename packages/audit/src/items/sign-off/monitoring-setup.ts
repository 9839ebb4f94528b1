import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { alertRules } from '../../gather/monitoring/alert-rules.ts'
import { exposedMetrics, type ExposedMetrics } from '../../gather/monitoring/exposed-metrics.ts'
import { monitoringParts, type MonitoringPart, type MonitoringParts } from '../../gather/monitoring/monitoring-parts.ts'
import { isPublished, published } from '../../gather/published.ts'
import { repositoryProfile } from '../../gather/repository-profile.ts'

const wanted: Record<MonitoringPart, string> = {
  metrics: 'a scrape configuration',
  dashboard: 'a dashboard of Grafana',
  logs: 'a configuration that ships the logs',
  alerts: 'rules for alerts',
}

const names = Object.keys(wanted) as MonitoringPart[]

const absent = ({ parts }: MonitoringParts): Evidence[] =>
  names.filter(name => parts[name] === null).map(name => ({ at: '.', saw: `no ${name}`, wanted: wanted[name] }))

const unique = (all: Evidence[]): Evidence[] => [
  ...new Map(all.map(each => [`${each.at} ${each.line} ${each.saw}`, each])).values(),
]

const asEvidence = ({ path, line, saw }: MonitoringParts['broken'][number]): Evidence => ({ at: path, line, saw })

/** The same references, with what the running server exposes in place of what its source defines. */
const heldAgainst = (monitoring: MonitoringParts, { path, seen }: ExposedMetrics): MonitoringParts => ({
  ...monitoring,
  references: monitoring.references.map(one => {
    const found = one.metric === undefined ? undefined : seen[one.metric]
    if (found === undefined) return one
    const saw = one.saw.replace(/, which nothing exposes$/, '')
    return {
      ...one,
      saw: found === 'absent' ? `${saw}, which is not at ${path} of the running server` : saw,
      holds: found === 'open' ? null : found === 'exposed',
    }
  }),
})

const judgeParts = (monitoring: MonitoringParts): Verdict => {
  const wrong = monitoring.references
    .filter(({ holds }) => holds === false)
    .map(each => ({ ...asEvidence(each), wanted: 'a name that exists' }))
  const broken = [
    ...absent(monitoring),
    ...monitoring.broken.map(each => ({ ...asEvidence(each), wanted: 'a dashboard that can be read' })),
    ...unique(wrong),
  ]
  const proven = monitoring.references.filter(({ holds }) => holds === true).map(asEvidence)
  if (broken.length === 0 && proven.length === 0)
    return unknown('its parts are there, and whether they name what exists cannot be told from the code')
  const parts = names.flatMap(name => monitoring.parts[name] ?? []).map(asEvidence)
  return judged(broken, [...parts, ...unique(proven).slice(0, 12)], 'not reached')
}

const item: Item = {
  id: 'monitoring-setup',
  area: 'sign-off',
  rows: [168],
  title: 'Monitoring whose parts fit together',
  level: 'should',
  why: 'Each part of the monitoring may be right by itself and still show nothing, because it asks for a job, a container or a metric that is called differently elsewhere.',
  how: 'Keep scrape configuration, dashboard, alerts and log shipping beside the code, and use the names of the code in all of them: the metrics it defines, the job that scrapes it, the service that runs it.',
  refs: [
    'https://prometheus.io/docs/concepts/jobs_instances/',
    'https://grafana.com/docs/grafana/latest/administration/provisioning/',
  ],
  checks: [
    check({
      asks: 'Are metrics, dashboard, logs and alerts there, and do they name what exists?',
      needs: { monitoring: monitoringParts, rules: alertRules, known: repositoryProfile, published },
      judge: ({ monitoring, rules, known, published }) => {
        const found = names.filter(name => monitoring.parts[name] !== null)
        if (known.profile === 'local' && found.length === 0)
          return notApplicable('a client starts it on the machine of its user: nothing collects its metrics and logs')
        if (rules.unread[0] && monitoring.parts.alerts === null)
          return unknown(`its monitoring may be set up in ${rules.unread[0]}, which is not read`)
        if (isPublished(published) && found.length < names.length)
          return unknown(`this is ${published.what}; its monitoring need not be part of it`)
        return judgeParts(monitoring)
      },
    }),
    check({
      asks: 'Does the running server expose the metrics that its dashboards and alerts look at?',
      needs: { monitoring: monitoringParts, exposedMetrics },
      judge: ({ monitoring, exposedMetrics }) => {
        if (absent(monitoring)[0]) return unknown('a part of its monitoring is not in the repository')
        const held = heldAgainst(monitoring, exposedMetrics)
        const metrics = held.references.filter(({ metric }) => metric !== undefined && metric in exposedMetrics.seen)
        const open = metrics.find(({ holds }) => holds === null)
        if (metrics.length === 0) return unknown('nothing looks at a metric of the server itself')
        const verdict = judgeParts(held)
        return verdict.status !== 'fail' && open
          ? unknown(`${open.saw}, which was not seen at ${exposedMetrics.path}`)
          : verdict
      },
    }),
  ],
}

export default item
