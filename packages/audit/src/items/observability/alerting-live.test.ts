import { describe, expect, it } from 'vitest'
import { collect } from '../../engine/schedule.ts'
import { needsOf } from '../../core/item.ts'
import { judgeItem } from '../../engine/judge.ts'
import type { Metrics } from '../../gather/metrics.ts'
import { exposedMetrics } from '../../gather/monitoring/exposed-metrics.ts'
import { withFiles, type Files } from '../../testing/repositories.ts'
import monitoringSetup from '../sign-off/monitoring-setup.ts'
import alerting from './alerting.ts'

const typescript: Files = {
  'package.json': '{"name":"notes-mcp","dependencies":{"@modelcontextprotocol/sdk":"1","prom-client":"15"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Counter, Registry } from 'prom-client'
new Counter({ name: 'notes_calls_total', help: 'x', registers: [new Registry()] })
`,
}
const python: Files = {
  'pyproject.toml':
    '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp", "prometheus-client", "starlette-prometheus"]\n',
  'src/main.py': 'from fastmcp import FastMCP\nfrom starlette_prometheus import PrometheusMiddleware\n',
}
const rules = `groups:
  - name: notes
    rules:
      - alert: Down
        expr: up{job="notes"} == 0
      - alert: Failing
        expr: rate(notes_calls_total{outcome="error"}[5m]) > 0
`
const parts: Files = {
  'compose.yaml': 'services:\n  notes:\n    build: .\n',
  'ops/rules.yml': rules,
  'ops/prometheus.yml': `scrape_configs:
  - job_name: notes
    static_configs: [{ targets: ["notes:3000"] }]
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: [a:9093] }] }] }
`,
  'ops/vector.toml':
    '[sources.a]\ntype = "docker_logs"\ninclude_containers = ["notes"]\n[sinks.b]\ntype = "loki"\ninputs = ["a"]\nendpoint = "http://loki"\n',
  'ops/dashboard.json':
    '{"title":"Notes","panels":[{"title":"Calls","targets":[{"expr":"rate(notes_calls_total[$__rate_interval])"}]}]}',
}

const exposing = (types: Record<string, string>, given: Partial<Metrics> = {}): Metrics => ({
  path: '/metrics',
  asked: ['/metrics'],
  faults: [],
  samples: 1,
  names: Object.keys(types),
  tool: 'read',
  calls: 5,
  moved: [],
  movedByFailure: [],
  unboundedLabel: null,
  types,
  ...given,
})

const judge = (files: Files, exposed: Metrics) =>
  withFiles(files, {}, async target => {
    const read = [
      ...needsOf(exposedMetrics),
      ...[alerting, monitoringSetup].flatMap(({ checks }) => checks.flatMap(needsOf)),
    ]
      .map(([, need]) => need)
      .filter(({ from }) => from === 'repository')
    const outcomes = await collect(read, { target, impact: 'read', lanes: 2, listener: () => {} })
    const inputs = Object.fromEntries(
      needsOf(exposedMetrics).map(([name, need]) => {
        const outcome = outcomes.get(need)
        return [name, outcome?.state === 'done' ? outcome.value : exposed]
      }),
    ) as Parameters<typeof exposedMetrics.gather>[1]
    try {
      outcomes.set(exposedMetrics, { state: 'done', value: exposedMetrics.gather(target, inputs) })
    } catch (error) {
      outcomes.set(exposedMetrics, { state: 'undecided', because: String(error) })
    }
    return [alerting, monitoringSetup].map(item => {
      const { verdicts } = judgeItem(item, outcomes, { profile: 'service' })
      return verdicts.find(({ proof }) => proof === 'live')?.status
    })
  })

describe.each([
  ['typescript', typescript],
  ['python', python],
])('alerts and dashboards of a running server, in %s', (_, code) => {
  const files = { ...code, ...parts }

  it('pass for metrics that are there, before their first sample too', async () => {
    expect(await judge(files, exposing({ notes_calls_total: 'counter' }))).toEqual(['pass', 'pass'])
    expect(await judge(files, exposing({ notes_calls: 'counter' }, { names: [] }))).toEqual(['pass', 'pass'])
  })

  it('fail for a metric of the server that is not there', async () => {
    expect(await judge(files, exposing({ notes_requests_total: 'counter' }))).toEqual(['fail', 'fail'])
  })

  it.each<[string, Metrics]>([
    ['metrics that may be of something else', exposing({ process_cpu_seconds_total: 'counter' })],
    ['instruments that tell late', exposing({ notes_requests_total: 'counter', target_info: 'gauge' })],
    ['no call', exposing({ notes_requests_total: 'counter' }, { tool: null })],
    ['no metrics', exposing({}, { path: null })],
  ])('are left open with %s', async (_, exposed) => {
    expect(await judge(files, exposed)).toEqual(['unknown', 'unknown'])
  })
})
