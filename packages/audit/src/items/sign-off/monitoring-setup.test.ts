import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import monitoringSetup from './monitoring-setup.ts'

const typescript: Files = {
  'package.json': '{"name":"notes-mcp","dependencies":{"@modelcontextprotocol/sdk":"1","prom-client":"15"}}',
  'src/index.ts':
    "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nimport { Counter } from 'prom-client'\nnew Counter({ name: 'notes_calls_total', help: 'x' })\n",
}
const python: Files = {
  'pyproject.toml': '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp", "prometheus-client"]\n',
  'src/main.py':
    'from fastmcp import FastMCP\nfrom prometheus_client import Counter\nCALLS = Counter("notes_calls", "x")\n',
}
const good: Files = {
  'compose.yaml': 'services:\n  notes:\n    build: .\n',
  'ops/prometheus.yml': 'scrape_configs:\n  - job_name: notes\n    static_configs: [{ targets: ["notes:3000"] }]\n',
  'ops/rules.yml': 'groups: [{ name: notes, rules: [{ alert: Down, expr: "up{job=\\"notes\\"} == 0" }] }]\n',
  'ops/vector.toml':
    '[sources.a]\ntype = "docker_logs"\ninclude_containers = ["notes"]\n[sinks.b]\ntype = "loki"\ninputs = ["a"]\nendpoint = "http://loki"\n',
  'ops/dashboard.json':
    '{"title":"Notes","panels":[{"title":"Calls","targets":[{"expr":"rate(notes_calls_total{job=~\\"$job\\"}[$__rate_interval])"}]}]}',
}
const without = (name: string): Files =>
  Object.fromEntries(Object.entries(good).filter(([path]) => !path.includes(name)))
const changed = (name: string, from: string, to: string): Files =>
  Object.fromEntries(
    Object.entries(good).map(([path, text]) => [path, path.includes(name) ? text.replace(from, to) : text]),
  )

describe.each([
  ['typescript', typescript],
  ['python', python],
])('monitoring-setup in %s', (_language, code) => {
  const judge = (files: Files) => judgeFiles(monitoringSetup, { ...code, ...files })

  it('passes parts that fit together', async () => {
    expect(await judge(good)).toMatchObject({ status: 'pass' })
  })

  it('passes a dashboard in a ConfigMap and a host with its domain', async () => {
    const dashboard = good['ops/dashboard.json'] ?? ''
    const files = {
      ...changed('prometheus', 'notes:3000', 'notes.internal:3000'),
      'ops/map.yaml': `apiVersion: v1\nkind: ConfigMap\ndata:\n  notes.json: '${dashboard}'\n`,
    }
    delete (files as Files)['ops/dashboard.json']
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no dashboard', without('dashboard')],
    ['no logs', without('vector')],
    ['no alerts', without('rules')],
    ['no scrape configuration', without('prometheus')],
    ['a job that is called differently', changed('rules', 'job=\\"notes', 'job=\\"server')],
    ['a metric that nobody defines', changed('dashboard', 'notes_calls_total', 'notes_errors_total')],
    ['a query that does not parse', changed('dashboard', '[$__rate_interval])', '[$__rate_interval]')],
    ['a container that nothing runs', changed('vector', '["notes"]', '["server"]')],
    ['a target that nothing runs', changed('prometheus', 'notes:3000', 'server:3000')],
    ['a dashboard that is no JSON', changed('dashboard', '{"title"', '{title')],
  ])('fails %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'fail' })
  })

  it('does not concern a server that a client starts', async () => {
    expect(await judge({})).toMatchObject({ status: 'not-applicable' })
  })
})
