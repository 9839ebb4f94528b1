import { gatherer } from '../../core/item.ts'
import { scalars, type Spot, type Workload } from '../containers/workload.ts'
import { imageName, workloads } from '../containers/workloads.ts'
import { httpPaths } from '../http-paths.ts'
import { logShipping } from '../log-shipping.ts'
import { scrapeConfigs, type ScrapeConfig } from '../scrape-configs.ts'
import { yamlDocuments, type YamlDocument } from '../yaml-documents.ts'
import { alertRules } from './alert-rules.ts'
import { dashboards } from './dashboards.ts'
import { originOf, ownMetrics } from './own-metrics.ts'
import { table } from '../tables.ts'

/** A reference from one part of the monitoring to another, and whether what it names is there. */
export interface Reference extends Spot {
  /** Null when it cannot be decided. */
  holds: boolean | null
  /** The metric that it names, where it names one. */
  metric?: string
}

export type MonitoringPart = 'metrics' | 'dashboard' | 'logs' | 'alerts'

export interface MonitoringParts {
  /** One place for each part; null when there is none. */
  parts: Record<MonitoringPart, Spot | null>
  references: Reference[]
  broken: Spot[]
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** Names under which other machines know what runs: its service, container and image. */
const hostsOf = (all: Workload[]): Set<string> =>
  new Set(
    all
      .flatMap(({ name, image, group }) => [name, imageName(image ?? ''), group.split(' ').at(-1) ?? ''].map(plain))
      .filter(Boolean),
  )

/** `host:port` of a target that is written out; a target without a name of its own is not held against anything. */
const targetReferences = (
  { source, path, line, targets, job }: ScrapeConfig,
  server: Workload[],
  all: Workload[],
): Reference[] => {
  if (source !== 'prometheus' || server.length === 0) return []
  const hosts = hostsOf(all)
  return targets.flatMap((target): Reference[] => {
    const [host = '', port = ''] = target.replace(/^\w+:\/\//, '').split(':')
    if (/^(localhost|127\.0\.0\.1|host\.docker\.internal|\[?::1\]?)$|\$|[{%]|^\d+(\.\d+){3}$/.test(host)) return []
    const isKnown = hosts.has(plain(host.split('.')[0] ?? ''))
    const saw = `job ${job} asks ${host}${port ? `:${port}` : ''}`
    return [
      {
        path,
        line,
        saw: isKnown ? saw : `${saw}, and nothing runs under that name`,
        holds: isKnown || host.includes('.') ? isKnown || null : false,
      },
    ]
  })
}

const labelReferences = (
  queries: { at: Spot; selected: { metric: string; labels: { name: string; operator: string; value: string }[] }[] }[],
  jobs: ReadonlySet<string>,
  isWritten: boolean,
): Reference[] =>
  queries.flatMap(({ at, selected }) =>
    selected.flatMap(({ labels }) =>
      labels
        .filter(({ name, operator, value }) => name === 'job' && operator === '=' && !/[$[{]|^x$/.test(value))
        .map(({ value }): Reference => {
          const isJob = jobs.has(value)
          // jobs found by discovery have names that are made elsewhere
          const holds = isJob ? true : isWritten ? false : null
          return {
            ...at,
            saw: isJob ? `job ${value} is scraped` : `job="${value}", which no scrape configuration has`,
            holds,
          }
        }),
    ),
  )

/** A collector of OpenTelemetry to which metrics are sent instead of fetched. */
const pushed = ({ path, line, raw }: YamlDocument): Spot[] =>
  Object.entries(table(table(raw['service'])['pipelines'])).flatMap(([name, pipeline]) => {
    const [receivers, exporters] = [scalars(table(pipeline)['receivers']), scalars(table(pipeline)['exporters'])]
    const stores = exporters.filter(each => !/^(debug|logging|nop)/.test(each))
    const isWhole = /^metrics(\/|$)/.test(name) && receivers.length > 0 && stores.length > 0
    return isWhole ? [{ path, line, saw: `collector, ${receivers.join(', ')} to ${stores.join(', ')}` }] : []
  })

/** Scraping, dashboards, log shipping and alerts, and whether what they name in each other is there. */
export const monitoringParts = gatherer<
  MonitoringParts,
  {
    scrapes: typeof scrapeConfigs
    dashboards: typeof dashboards
    shipping: typeof logShipping
    rules: typeof alertRules
    own: typeof ownMetrics
    workloads: typeof workloads
    paths: typeof httpPaths
    yaml: typeof yamlDocuments
  }
>({
  id: 'monitoring-parts',
  impact: 'read',
  from: 'repository',
  needs: {
    scrapes: scrapeConfigs,
    dashboards,
    shipping: logShipping,
    rules: alertRules,
    own: ownMetrics,
    workloads,
    paths: httpPaths,
    yaml: yamlDocuments,
  },
  gather: (_, { scrapes, dashboards, shipping, rules, own, workloads, paths, yaml }) => {
    const all = [...workloads.server, ...workloads.beside]
    const recorded = new Set(rules.rules.filter(({ kind }) => kind === 'record').map(({ name }) => name))
    const queries = [
      ...dashboards.found.flatMap(({ path, title, queries }) =>
        queries.map(({ panel, expression }) => ({ at: { path, line: 1, saw: `${title}: ${panel}` }, expression })),
      ),
      ...rules.rules.flatMap(({ path, line, name, expression }) =>
        expression ? [{ at: { path, line, saw: name }, expression }] : [],
      ),
    ]
    const metricReferences = queries.flatMap(({ at, expression }) =>
      expression.selected.flatMap(({ metric }): Reference[] => {
        const origin = originOf(metric, own, recorded)
        if (origin === 'other' || metric === '') return []
        const saw =
          origin === 'absent' ? `${at.saw} looks at ${metric}, which nothing exposes` : `${at.saw} looks at ${metric}`
        return [{ ...at, saw, holds: origin === 'open' ? null : origin === 'own', metric }]
      }),
    )
    const jobs = new Set(scrapes.found.map(({ job }) => job))
    const isWritten =
      scrapes.found.length > 0 && scrapes.found.every(({ source, discovers }) => source === 'prometheus' && !discovers)
    const known = paths.filter(({ path }) => /metrics|prometheus/.test(path))
    const pathReferences = scrapes.found.flatMap(({ path, line, metricsPath, job }): Reference[] =>
      known.length === 0 || job.includes('prometheus')
        ? []
        : [
            {
              path,
              line,
              saw: `job ${job} asks ${metricsPath}`,
              holds: known.some(each => metricsPath.endsWith(each.path)) || null,
            },
          ],
    )
    const shipped = shipping.found.flatMap(({ path, line, tool, inputs }) =>
      inputs.flatMap(({ type, detail }): Reference[] => {
        const names = /docker|container/.test(type)
          ? [...detail.matchAll(/"([\w.-]+)"/g)].map(([, name = '']) => name)
          : []
        const hosts = hostsOf(workloads.server)
        if (names.length === 0 || hosts.size === 0 || detail.includes('/')) return []
        const holds = names.some(name => hosts.has(plain(name)))
        return [
          {
            path,
            line,
            saw: `${tool} takes ${names.join(', ')}${holds ? '' : ', and nothing runs under that name'}`,
            holds,
          },
        ]
      }),
    )
    const dashboard = dashboards.found.find(({ queries }) => queries.length > 0)
    const whole = shipping.found.find(({ inputs, outputs }) => inputs.length > 0 && outputs.length > 0)
    const [scrape] = scrapes.found
    const alert = rules.rules.find(({ kind }) => kind === 'alert')
    return {
      parts: {
        metrics: scrape
          ? { path: scrape.path, line: scrape.line, saw: `${scrape.source} ${scrape.job}, ${scrape.metricsPath}` }
          : (yaml.documents.flatMap(pushed)[0] ?? null),
        dashboard: dashboard
          ? { path: dashboard.path, line: 1, saw: `${dashboard.title}: ${dashboard.queries.length} queries` }
          : null,
        logs: whole ? { path: whole.path, line: whole.line, saw: `${whole.tool} to ${whole.outputs[0]?.type}` } : null,
        alerts: alert ? { path: alert.path, line: alert.line, saw: `alert ${alert.name}` } : null,
      },
      references: [
        ...metricReferences,
        ...labelReferences(
          queries.map(({ at, expression }) => ({ at, selected: expression.selected })),
          jobs,
          isWritten,
        ),
        ...scrapes.found.flatMap(each => targetReferences(each, workloads.server, all)),
        ...pathReferences,
        ...shipped,
      ],
      broken: [
        ...dashboards.broken,
        ...dashboards.found.flatMap(({ path, queries }) =>
          queries.flatMap(({ panel, expression }) =>
            expression.fault
              ? [{ path, line: 1, saw: `${panel}: its query breaks off at «${expression.fault.slice(0, 40)}»` }]
              : [],
          ),
        ),
      ],
    }
  },
})
