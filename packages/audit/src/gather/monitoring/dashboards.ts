import { gatherer } from '../../core/item.ts'
import { readPromql, type Expression } from '../../instruments/promql.ts'
import { scalar, tables, type Spot } from '../containers/workload.ts'
import { yamlDocuments } from '../yaml-documents.ts'
import { isTable, table, type Table } from '../tables.ts'

export interface Dashboard {
  path: string
  title: string
  queries: { panel: string; text: string; expression: Expression }[]
}

export interface Dashboards {
  found: Dashboard[]
  broken: Spot[]
}

const maxText = 2_000_000
const maxQueries = 1000

/** Variables of Grafana stand for a duration or for a value. */
const plain = (text: string): string =>
  text
    .replaceAll(/\$__(rate_)?(interval|range)(_m?s)?|\$\{__\w+(:\w+)?\}|\[\[__\w+\]\]/g, '5m')
    .replaceAll(/\[\s*\$\{?\w+(:\w+)?\}?\s*\]/g, '[5m]')
    .replaceAll(/\$\{\w+(:\w+)?\}|\[\[\w+\]\]|\$\w+/g, 'x')

const queriesIn = (panels: Table[], depth = 0): Dashboard['queries'] =>
  depth > 4
    ? []
    : panels.flatMap(panel => [
        ...tables(panel['targets'])
          .map(target => scalar(target['expr']))
          // a query of Loki has its filters between bars
          .filter(text => text !== '' && !/\}\s*(\|=|!=|\|~|\|\s)/.test(text))
          .map(text => ({ panel: scalar(panel['title']), text, expression: readPromql(plain(text)) })),
        ...queriesIn(tables(panel['panels']), depth + 1),
      ])

const dashboardOf = (path: string, value: unknown): Dashboard[] => {
  const raw = isTable(value) && isTable(value['dashboard']) ? value['dashboard'] : table(value)
  const panels = [...tables(raw['panels']), ...tables(raw['rows']).flatMap(row => tables(row['panels']))]
  if (panels.length === 0 || !('title' in raw)) return []
  return [{ path, title: scalar(raw['title']), queries: queriesIn(panels).slice(0, maxQueries) }]
}

const mayBe = /dashboard|grafana/i

/** Dashboards of Grafana, in files of their own and in resources. */
export const dashboards = gatherer<Dashboards, { yaml: typeof yamlDocuments }>({
  id: 'dashboards',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: async ({ repository }, { yaml }) => {
    const result: Dashboards = { found: [], broken: [] }
    const add = (path: string, text: string): void => {
      try {
        result.found.push(...dashboardOf(path, JSON.parse(text)))
      } catch (error) {
        result.broken.push({ path, line: 1, saw: String(error instanceof Error ? error.message : error).slice(0, 120) })
      }
    }
    const paths = (repository?.files ?? []).filter(
      path => path.endsWith('.json') && !/(^|\/)(node_modules|tests?|fixtures)\//.test(path),
    )
    for (const path of paths
      .filter(each => mayBe.test(each) || /(^|\/)(monitoring|observability|deploy|charts?)\//.test(each))
      .slice(0, 100)) {
      const text = (await repository?.text(path)) ?? ''
      if (text.length < maxText && /"panels"|"rows"/.test(text)) add(path, text.replaceAll(/\{\{[^{}]*\}\}/g, 'x'))
      else if (/dashboard/i.test(path) && text.trim() !== '' && !/^\s*[{[]/.test(text))
        result.broken.push({ path, line: 1, saw: 'it is no JSON' })
    }
    for (const { path, name, text } of yaml.embedded)
      if (name.endsWith('.json') && /"panels"/.test(text)) add(path, text)
    for (const { path, raw } of yaml.documents.filter(each => each.raw['kind'] === 'GrafanaDashboard')) {
      const json = scalar(table(raw['spec'])['json'])
      if (json) add(path, json)
    }
    return result
  },
})
