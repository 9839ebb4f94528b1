import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import alerting from './alerting.ts'

const typescript: Files = {
  'package.json': '{"name":"notes-mcp","dependencies":{"@modelcontextprotocol/sdk":"1","prom-client":"15"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Counter, Histogram, collectDefaultMetrics } from 'prom-client'
collectDefaultMetrics()
const calls = new Counter({ name: 'notes_calls_total', help: 'x', labelNames: ['outcome'] })
const seconds = new Histogram({ name: 'notes_call_seconds', help: 'x' })
// new Counter({ name: 'notes_errors_total' })
`,
}
const python: Files = {
  'pyproject.toml': '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp", "prometheus-client"]\n',
  'src/main.py': `from fastmcp import FastMCP
from prometheus_client import Counter, Histogram
CALLS = Counter("calls", "x", ["outcome"], namespace="notes")
SECONDS = Histogram(name="notes_call_seconds", documentation="x")
# Counter("notes_errors", "x")
`,
}

const rules = `groups:
  - name: notes
    rules:
      - alert: Down
        expr: up{job="notes"} == 0
      - alert: Failing
        expr: rate(notes_calls_total{outcome="error"}[5m]) > 0
      - alert: Slow
        expr: histogram_quantile(0.9, rate(notes_call_seconds_bucket[5m])) > 1
      - alert: Full
        expr: process_resident_memory_bytes > 1e9
`
const tests = 'rule_files: [rules.yml]\ntests:\n  - alert_rule_test: [{ eval_time: 1m, alertname: Down }]\n'
const manager = 'route: { receiver: team }\nreceivers: [{ name: team, slack_configs: [{ channel: notes }] }]\n'
const good: Files = { 'ops/rules.yml': rules, 'ops/rules.test.yml': tests, 'ops/alertmanager.yml': manager }

describe.each([
  ['typescript', typescript],
  ['python', python],
])('alerting in %s', (_language, code) => {
  /** The status of rows 54, 159 and 169. */
  const judge = async (files: Files) =>
    (await judgeFiles(alerting, { ...code, ...files })).verdicts
      .filter(({ proof }) => proof === 'repository')
      .map(({ status }) => status)

  it.each<[string, Files]>([
    ['rules, tests and a receiver', good],
    [
      'a resource of the operator with recorded rules',
      {
        ...good,
        'ops/rules.yml': `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n${rules.replaceAll(/^/gm, '  ').replace('      - alert: Failing', '      - { record: notes:failing, expr: \'rate(notes_calls_total{outcome!~"ok|skipped"}[5m])\' }\n        - alert: Failing').replace('rate(notes_calls_total{outcome="error"}[5m]) > 0', 'notes:failing > 0')}`,
      },
    ],
    [
      'rules that a pattern loads',
      {
        ...good,
        'ops/prometheus.yml':
          'rule_files: [/etc/prometheus/*.yml]\nalerting: { alertmanagers: [{ static_configs: [{ targets: [a:9093] }] }] }\nscrape_configs: [{ job_name: notes }]\n',
      },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toEqual(['pass', 'pass', 'pass'])
  })

  it.each<[string, Files, string[]]>([
    ['nothing', {}, ['fail', 'fail', 'fail']],
    [
      'a metric that only a comment has',
      { ...good, 'ops/rules.yml': rules.replace('notes_calls_total{outcome="error"}', 'notes_errors_total') },
      ['fail', 'pass', 'pass'],
    ],
    [
      'an expression that does not parse',
      { ...good, 'ops/rules.yml': rules.replace('[5m]) > 0', '[5m > 0') },
      ['fail', 'pass', 'pass'],
    ],
    [
      'nothing about being down',
      { ...good, 'ops/rules.yml': rules.replace('up{job="notes"} == 0', 'process_open_fds > 9') },
      ['fail', 'fail', 'pass'],
    ],
    [
      'rules that its Prometheus does not load',
      {
        ...good,
        'ops/prometheus.yml':
          'rule_files: [other.yml]\nalerting: { alertmanagers: [{ static_configs: [{ targets: [a:9093] }] }] }\nscrape_configs: [{ job_name: notes }]\n',
      },
      ['fail', 'pass', 'pass'],
    ],
    [
      'a Prometheus that tells nobody',
      { ...good, 'ops/prometheus.yml': 'rule_files: [rules.yml]\nscrape_configs: [{ job_name: notes }]\n' },
      ['pass', 'fail', 'pass'],
    ],
    [
      'a receiver that tells nobody',
      { ...good, 'ops/alertmanager.yml': manager.replace(', slack_configs: [{ channel: notes }]', '') },
      ['pass', 'fail', 'pass'],
    ],
    [
      'a receiver that does not exist',
      { ...good, 'ops/alertmanager.yml': manager.replace('receiver: team', 'receiver: nobody') },
      ['pass', 'fail', 'pass'],
    ],
    [
      'an address that stands in',
      { ...good, 'ops/alertmanager.yml': manager.replace('channel: notes', 'api_url: "https://example.com/hook"') },
      ['pass', 'fail', 'pass'],
    ],
    [
      'no saturation',
      { ...good, 'ops/rules.yml': rules.replace('process_resident_memory_bytes > 1e9', 'up < 1') },
      ['pass', 'fail', 'pass'],
    ],
    [
      'a test of another alert',
      { ...good, 'ops/rules.test.yml': tests.replace('alertname: Down', 'alertname: Gone') },
      ['pass', 'pass', 'fail'],
    ],
    [
      'a test of a file that is not there',
      { ...good, 'ops/rules.test.yml': tests.replace('rules.yml', 'alerts.yml') },
      ['pass', 'pass', 'fail'],
    ],
    ['no test', { 'ops/rules.yml': rules, 'ops/alertmanager.yml': manager }, ['pass', 'pass', 'fail']],
  ])('fails %s', async (_, files, expected) => {
    expect(await judge(files)).toEqual(expected)
  })

  it('does not know metrics of libraries', async () => {
    const files = {
      ...good,
      'ops/rules.yml': rules.replace('notes_calls_total{outcome="error"}', 'http_requests_total{status="5xx"}'),
    }
    const more = {
      'package.json': '{"name":"a","dependencies":{"express-prom-bundle":"7"}}',
      'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp", "prometheus-fastapi-instrumentator"]\n',
    }
    expect(await judge({ ...files, ...more })).toEqual(['pass', 'pass', 'pass'])
  })

  it('does not know where alarms go without a configuration', async () => {
    expect(await judge({ 'ops/rules.yml': rules, 'ops/rules.test.yml': tests })).toEqual(['pass', 'unknown', 'pass'])
  })

  it('is unknown when alarms are made elsewhere', async () => {
    const files = { 'ops/alarms.tf': 'resource "aws_cloudwatch_metric_alarm" "errors" {}' }
    expect(await judge(files)).toEqual(['unknown', 'unknown', 'unknown'])
  })
})
