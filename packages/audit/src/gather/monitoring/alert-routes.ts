import { gatherer } from '../../core/item.ts'
import { scalar, tables, type Spot } from '../containers/workload.ts'
import { yamlDocuments, type YamlDocument } from '../yaml-documents.ts'
import { isTable, table, type Table } from '../tables.ts'

export interface Receiver extends Spot {
  name: string
  /** Ways in which it tells somebody: `slack_configs`, `email`. */
  tells: string[]
  /** Something in it that stands in for a real address. */
  placeholder: string | null
}

export interface AlertRoutes {
  /** Receivers that a route sends to; `receiver` is null when it does not exist. */
  routes: { path: string; line: number; to: string; receiver: Receiver | null }[]
}

const standIn = /\bexample\.(com|org|net)\b|\byour[-_]\w+|\bchange-?me\b|\bXXX+|<[A-Z_ ]{3,}>|\bT0{4,}/i

const receiverOf = (raw: Table, tells: string[], path: string, line: number): Receiver => {
  const name = scalar(raw['name'])
  const placeholder = standIn.exec(JSON.stringify(raw).slice(0, 20_000))?.[0] ?? null
  return { name, path, line, saw: `${name}: ${tells.join(', ') || 'tells nobody'}`, tells, placeholder }
}

const named = (route: Table, depth = 0): string[] =>
  depth > 8
    ? []
    : [scalar(route['receiver']), ...tables(route['routes']).flatMap(each => named(each, depth + 1))].filter(Boolean)

/** The configuration of Alertmanager, or the resource AlertmanagerConfig. */
const alertmanager = (document: YamlDocument): AlertRoutes['routes'] => {
  const { path, raw, lineOf } = document
  const isResource = raw['kind'] === 'AlertmanagerConfig'
  const of = isResource ? table(raw['spec']) : raw
  if (!isTable(of['route']) || !Array.isArray(of['receivers'])) return []
  const before = isResource ? ['spec'] : []
  const receivers = tables(of['receivers']).map((each, index) => {
    const tells = Object.entries(each).flatMap(([key, value]) =>
      /_?configs$/i.test(key) && Array.isArray(value) && value.length > 0 ? [key] : [],
    )
    return receiverOf(each, tells, path, lineOf([...before, 'receivers', index]))
  })
  return [...new Set(named(table(of['route'])))].map(to => ({
    path,
    line: lineOf([...before, 'route']),
    to,
    receiver: receivers.find(({ name }) => name === to) ?? null,
  }))
}

/** Contact points and policies that are provisioned for Grafana. */
const grafana = (documents: YamlDocument[]): AlertRoutes['routes'] => {
  const points = documents.flatMap(({ path, raw, lineOf }) =>
    tables(raw['contactPoints']).map((each, index) =>
      receiverOf(
        each,
        tables(each['receivers']).map(({ type }) => scalar(type)),
        path,
        lineOf(['contactPoints', index]),
      ),
    ),
  )
  return documents.flatMap(({ path, raw, lineOf }) =>
    tables(raw['policies']).flatMap(policy =>
      named(policy).map(to => ({
        path,
        line: lineOf(['policies']),
        to,
        receiver: points.find(({ name }) => name === to) ?? null,
      })),
    ),
  )
}

/** Where alarms are sent. */
export const alertRoutes = gatherer<AlertRoutes, { yaml: typeof yamlDocuments }>({
  id: 'alert-routes',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: (_, { yaml: { documents } }) => ({ routes: [...documents.flatMap(alertmanager), ...grafana(documents)] }),
})
