import { gatherer } from '../core/item.ts'
import { yamlDocuments, type YamlDocument } from './yaml-documents.ts'
import { isTable, table, type Table } from './tables.ts'

/** One place from which metrics are collected. */
export interface ScrapeConfig {
  path: string
  line: number
  source: 'prometheus' | 'service-monitor' | 'pod-monitor' | 'annotations' | 'otel-collector' | 'alloy'
  /** Its job, or the name of the resource. */
  job: string
  /** Such as `/metrics`, the default. */
  metricsPath: string
  /** `host:port`, or the port's name or number in Kubernetes. */
  targets: string[]
  /** Its targets are found by discovery. */
  discovers: boolean
}

export interface ScrapeConfigs {
  found: ScrapeConfig[]
  broken: { path: string; line: number; because: string }[]
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.filter(isTable) : [])
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : [])

type Place = Pick<ScrapeConfig, 'path' | 'line'>

const jobs = (place: Place, source: ScrapeConfig['source'], value: unknown): ScrapeConfig[] =>
  tables(value).map(job => ({
    ...place,
    source,
    job: text(job['job_name']),
    metricsPath: text(job['metrics_path']) || '/metrics',
    targets: tables(job['static_configs']).flatMap(each => strings(each['targets'])),
    discovers: Object.keys(job).some(key => key.endsWith('_sd_configs')),
  }))

const monitor = (place: Place, raw: Table): ScrapeConfig[] => {
  const isPod = raw['kind'] === 'PodMonitor'
  const spec = table(raw['spec'])
  return tables(spec[isPod ? 'podMetricsEndpoints' : 'endpoints']).map(endpoint => ({
    ...place,
    source: isPod ? 'pod-monitor' : 'service-monitor',
    job: text(table(raw['metadata'])['name']),
    metricsPath: text(endpoint['path']) || '/metrics',
    targets: [text(endpoint['port'] ?? endpoint['targetPort'])].filter(Boolean),
    discovers: true,
  }))
}

const maxDepth = 12

/** Annotations such as `prometheus.io/scrape: "true"`, on a service or in the template of a pod. */
const annotated = (place: Place, value: unknown, name: string, depth = 0): ScrapeConfig[] => {
  if (depth > maxDepth || !isTable(value)) return []
  const annotations = table(value['annotations'])
  const own: ScrapeConfig[] =
    text(annotations['prometheus.io/scrape']) === 'true'
      ? [
          {
            ...place,
            source: 'annotations',
            job: name,
            metricsPath: text(annotations['prometheus.io/path']) || '/metrics',
            targets: [text(annotations['prometheus.io/port'])].filter(Boolean),
            discovers: true,
          },
        ]
      : []
  return [
    ...own,
    ...['metadata', 'spec', 'template', 'jobTemplate'].flatMap(key => annotated(place, value[key], name, depth + 1)),
  ]
}

const configsOf = ({ path, line, raw }: YamlDocument): ScrapeConfig[] => {
  const place = { path, line }
  if (/^(ServiceMonitor|PodMonitor)$/.test(text(raw['kind']))) return monitor(place, raw)
  if (raw['kind'] === 'ScrapeConfig') {
    const spec = table(raw['spec'])
    const targets = tables(spec['staticConfigs']).flatMap(each => strings(each['targets']))
    const job = text(table(raw['metadata'])['name'])
    return [
      {
        ...place,
        source: 'prometheus',
        job,
        metricsPath: text(spec['metricsPath']) || '/metrics',
        targets,
        discovers: Object.keys(spec).some(key => key.endsWith('SDConfigs')),
      },
    ]
  }
  if ('apiVersion' in raw && 'kind' in raw) return annotated(place, raw, text(table(raw['metadata'])['name']))
  const receivers = Object.entries(table(raw['receivers'])).filter(([name]) => /^prometheus(\/|$)/.test(name))
  const pipelines = Object.values(table(table(raw['service'])['pipelines']))
  const used = new Set(pipelines.flatMap(each => strings(table(each)['receivers'])))
  const collected = receivers
    .filter(([name]) => used.has(name))
    .flatMap(([, receiver]) => jobs(place, 'otel-collector', table(table(receiver)['config'])['scrape_configs']))
  // Promtail uses the same key for logs.
  const isPrometheus = 'scrape_configs' in raw && !('clients' in raw) && !('positions' in raw)
  return [...collected, ...(isPrometheus ? jobs(place, 'prometheus', raw['scrape_configs']) : [])]
}

const alloy = (path: string, content: string): ScrapeConfig[] =>
  [...content.matchAll(/^prometheus\.scrape\s+"([^"]+)"\s*\{([\s\S]*?)^\}/gm)].map(([, job = '', body = '']) => ({
    path,
    line: 1,
    source: 'alloy',
    job,
    metricsPath: /metrics_path\s*=\s*"([^"]+)"/.exec(body)?.[1] ?? '/metrics',
    targets: [...body.matchAll(/__address__"?\s*=\s*"([^"]+)"/g)].map(([, target = '']) => target),
    discovers: /discovery\./.test(body),
  }))

const prometheusFile = /(^|\/)[^/]*(prometheus|scrape|servicemonitor|podmonitor)[^/]*\.ya?ml$/i

/** Everything that makes a collector fetch this server's metrics. */
export const scrapeConfigs = gatherer<ScrapeConfigs, { yaml: typeof yamlDocuments }>({
  id: 'scrape-configs',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: async ({ repository }, { yaml }) => {
    const found = yaml.documents.flatMap(configsOf)
    for (const path of (repository?.files ?? []).filter(each => /\.(alloy|river)$/.test(each)))
      found.push(...alloy(path, ((await repository?.text(path)) ?? '').slice(0, 100_000)))
    return { found, broken: yaml.broken.filter(({ path }) => prometheusFile.test(path)) }
  },
})
