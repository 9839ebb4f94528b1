import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../testing/gathered.ts'
import { scrapeConfigs } from './scrape-configs.ts'

const cases: [source: string, files: Files, expected: object][] = [
  [
    'prometheus',
    {
      'deploy/prometheus.yml':
        '# own\nscrape_configs:\n  - job_name: notes\n    metrics_path: /m\n    static_configs: [{ targets: ["notes:3000"] }]\n',
    },
    { job: 'notes', metricsPath: '/m', targets: ['notes:3000'], discovers: false, line: 2 },
  ],
  [
    'prometheus',
    {
      'p.yaml':
        'apiVersion: v1\nkind: ConfigMap\ndata:\n  prometheus.yml: |\n    scrape_configs: [{ job_name: notes, kubernetes_sd_configs: [{ role: pod }] }]\n',
    },
    { job: 'notes', discovers: true },
  ],
  [
    'service-monitor',
    {
      'm.yaml':
        'kind: ServiceMonitor\nmetadata: { name: notes }\nspec: { endpoints: [{ port: http, path: /metrics }] }\n',
    },
    { job: 'notes', targets: ['http'], metricsPath: '/metrics' },
  ],
  [
    'pod-monitor',
    {
      'charts/x/templates/m.yaml':
        '{{- if .Values.monitor }}\nkind: PodMonitor\nmetadata:\n  name: {{ .Release.Name }}-notes\nspec:\n  podMetricsEndpoints:\n    - port: http\n{{- end }}\n',
    },
    { job: 'x-notes', targets: ['http'] },
  ],
  [
    'annotations',
    {
      'd.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: notes }\nspec:\n  template:\n    metadata:\n      annotations: { prometheus.io/scrape: "true", prometheus.io/port: "3000" }\n',
    },
    { job: 'notes', targets: ['3000'], metricsPath: '/metrics' },
  ],
  [
    'otel-collector',
    {
      'c.yaml':
        'receivers: { prometheus: { config: { scrape_configs: [{ job_name: notes, static_configs: [{ targets: [a:1] }] }] } } }\nservice: { pipelines: { metrics: { receivers: [prometheus] } } }\n',
    },
    { job: 'notes', targets: ['a:1'] },
  ],
  [
    'alloy',
    { 'c.alloy': 'prometheus.scrape "notes" {\n  targets = [{"__address__" = "a:1"}]\n  metrics_path = "/m"\n}\n' },
    { job: 'notes', targets: ['a:1'], metricsPath: '/m' },
  ],
]

describe('scrape configs', () => {
  it.each(cases)('reads %s', async (source, files, expected) => {
    expect((await gathered(scrapeConfigs, files)).found).toMatchObject([{ source, ...expected }])
  })

  it.each([
    [
      'a receiver that no pipeline uses',
      {
        'c.yaml':
          'receivers: { prometheus: { config: { scrape_configs: [{ job_name: a }] } } }\nservice: { pipelines: {} }\n',
      },
    ],
    ['Promtail', { 'p.yaml': 'clients: [{ url: x }]\nscrape_configs: [{ job_name: logs }]\n' }],
    [
      'annotations that say no',
      { 'd.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { annotations: { prometheus.io/scrape: "false" } }\n' },
    ],
  ])('takes none from %s', async (_, files: Files) => {
    expect((await gathered(scrapeConfigs, files)).found).toEqual([])
  })

  it('reports what does not parse', async () => {
    expect((await gathered(scrapeConfigs, { 'prometheus.yml': 'scrape_configs: [\n' })).broken).toHaveLength(1)
  })
})
