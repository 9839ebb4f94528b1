import { gatherer } from '../../core/item.ts'
import { readPromql, type Expression } from '../../instruments/promql.ts'
import { scalar, scalars, tables, type Spot } from '../containers/workload.ts'
import { yamlDocuments, type YamlDocument } from '../yaml-documents.ts'
import { isTable, table, type Table } from '../tables.ts'

export interface AlertRule {
  path: string
  line: number
  kind: 'alert' | 'record'
  name: string
  text: string
  /** Null when it is not written in PromQL. */
  expression: Expression | null
  by: 'Prometheus' | 'operator' | 'Grafana' | 'Loki'
}

/** A file for `promtool test rules`. */
export interface RuleTest {
  path: string
  line: number
  ruleFiles: string[]
  /** Names of the alerts, and expressions, for which something is expected. */
  expects: string[]
}

export interface AlertRules {
  rules: AlertRule[]
  tests: RuleTest[]
  /** Configurations of Prometheus itself: the rules they load, and whether they know an Alertmanager. */
  servers: { path: string; line: number; ruleFiles: string[]; alertmanagers: string[] }[]
  broken: Spot[]
  /** Files that define alerts in a language that is not read. */
  unread: string[]
}

const isLogql = (text: string): boolean =>
  /\|=|!=\s*["`]|\|~|\|\s*(json|logfmt|line_format)/.test(text) && /\{[^}]*\}\s*(\||!=|!~)/.test(text)

const ruleOf = (path: string, line: number, by: AlertRule['by'], raw: Table): AlertRule[] => {
  const text = scalar(raw['expr'])
  const name = scalar(raw['alert'] ?? raw['record'])
  if (name === '') return []
  const isLoki = by === 'Loki' || isLogql(text)
  const kind = 'alert' in raw ? 'alert' : 'record'
  return [{ path, line, kind, name, text, by: isLoki ? 'Loki' : by, expression: isLoki ? null : readPromql(text) }]
}

/** A rule of Grafana has its queries in `data`, and what it compares with elsewhere. */
const grafanaRule = (path: string, line: number, raw: Table): AlertRule[] => {
  const models = tables(raw['data']).map(each => table(each['model']))
  const texts = models.map(model => scalar(model['expr'])).filter(Boolean)
  const name = scalar(raw['title'])
  return name === '' || texts.length === 0
    ? []
    : texts.map(text => ({
        path,
        line,
        kind: 'alert',
        name,
        text,
        by: 'Grafana',
        expression: isLogql(text) ? null : readPromql(text),
      }))
}

const maxDepth = 7

/** Groups of rules, wherever they stand: in a file of rules, a resource, the values of a chart. */
const groupsIn = (value: unknown, keys: (string | number)[] = []): { rules: Table[]; keys: (string | number)[] }[] => {
  if (keys.length > maxDepth) return []
  if (Array.isArray(value)) return value.slice(0, 200).flatMap((each, index) => groupsIn(each, [...keys, index]))
  if (!isTable(value)) return []
  const rules = tables(value['rules'])
  if (rules.some(rule => 'alert' in rule || 'record' in rule || ('title' in rule && 'data' in rule)))
    return [{ rules, keys }]
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'object' ? groupsIn(each, [...keys, key]) : [],
  )
}

const rulesIn = ({ path, raw, lineOf }: YamlDocument): AlertRule[] =>
  groupsIn(raw).flatMap(({ rules, keys }) =>
    rules.flatMap((rule, index) => {
      const line = lineOf([...keys, 'rules', index])
      const by = /^(PrometheusRule|VMRule)$/.test(scalar(raw['kind']))
        ? 'operator'
        : /loki/i.test(path)
          ? 'Loki'
          : 'Prometheus'
      return 'data' in rule ? grafanaRule(path, line, rule) : ruleOf(path, line, by, rule)
    }),
  )

const testIn = ({ path, line, raw }: YamlDocument): RuleTest[] => {
  const tests = tables(raw['tests'])
  if (!('rule_files' in raw) || tests.length === 0) return []
  const expects = tests.flatMap(test => [
    ...tables(test['alert_rule_test']).map(each => scalar(each['alertname'])),
    ...tables(test['promql_expr_test']).map(each => scalar(each['expr'])),
  ])
  return [{ path, line, ruleFiles: scalars(raw['rule_files']), expects: expects.filter(Boolean) }]
}

const serverIn = ({ path, line, raw }: YamlDocument): AlertRules['servers'] => {
  const isServer = 'scrape_configs' in raw && !('clients' in raw) && !('positions' in raw)
  if (!isServer && !('rule_files' in raw && !('tests' in raw))) return []
  const managers = tables(table(raw['alerting'])['alertmanagers'])
  const targets = managers.flatMap(manager => [
    ...tables(manager['static_configs']).flatMap(each => scalars(each['targets'])),
    ...Object.keys(manager).filter(key => key.endsWith('_sd_configs')),
  ])
  return [
    {
      path,
      line,
      ruleFiles: raw['rule_files'] === undefined ? [] : scalars(raw['rule_files']),
      alertmanagers: targets,
    },
  ]
}

const alertFile = /(^|\/)[^/]*(alert|rules?)[^/]*\.ya?ml$/i
const inTerraform =
  /"(aws_cloudwatch_metric_alarm|datadog_monitor|google_monitoring_alert_policy|azurerm_monitor_\w*alert\w*|grafana_rule_group|newrelic_nrql_alert_condition)"/

/** Rules that raise alarms, and their tests. */
export const alertRules = gatherer<AlertRules, { yaml: typeof yamlDocuments }>({
  id: 'alert-rules',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: async ({ repository }, { yaml }) => {
    const unread: string[] = []
    for (const path of (repository?.files ?? []).filter(each => /\.(tf|jsonnet|libsonnet)$/.test(each)).slice(0, 200)) {
      const text = (await repository?.text(path)) ?? ''
      if (path.endsWith('.tf') ? inTerraform.test(text) : /\balert:/.test(text)) unread.push(path)
    }
    return {
      rules: yaml.documents.flatMap(rulesIn).slice(0, 2000),
      tests: yaml.documents.flatMap(testIn),
      servers: yaml.documents.flatMap(serverIn),
      broken: yaml.broken
        .filter(({ path }) => alertFile.test(path))
        .map(({ path, line, because }) => ({ path, line, saw: because })),
      unread,
    }
  },
})
