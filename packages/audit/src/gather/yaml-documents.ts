import { LineCounter, parseAllDocuments } from 'yaml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { chartOf, withoutTemplates, withValues } from './helm.ts'
import { isTable } from './tables.ts'

/** One document of a YAML file of the operations side: Kubernetes, Compose, collectors, shippers. */
export interface YamlDocument {
  path: string
  /** Line of its first key; 1 for what is embedded in another document. */
  line: number
  raw: Record<string, unknown>
  /** The line of what stands at a path of keys, or of the nearest thing around it. */
  lineOf: (path: (string | number)[]) => number
  /** Name of the entry of a ConfigMap that it is embedded in. */
  embeddedAs: string | null
}

export interface YamlDocuments {
  documents: YamlDocument[]
  /** Texts that are embedded in ConfigMaps and are no YAML. */
  embedded: { path: string; name: string; text: string }[]
  broken: { path: string; line: number; because: string }[]
}

const maxFiles = 400
const maxText = 300_000
const mentions =
  /filebeat|scrape|prometheus|receivers:|exporters:|sinks:|pipeline:|loki|fluent|logstash|\blogging:|\bservices:|\b(apiVersion|kind):|^(groups|rule_files|route|contactPoints|policies):/m
const notTheirs = /^\.(github|gitlab)|(^|\/)(node_modules|tests?|fixtures)\/|(pnpm-lock|mkdocs|openapi|swagger)\.ya?ml$/
/** Unit tests of rules often stand in a folder of tests. */
const testOfRules = /(^|\/)tests?\/([^/]*\/)*[^/]*(alert|rule|prom)[^/]*\.ya?ml$/i

const read = (path: string, text: string, embeddedAs: string | null, result: YamlDocuments): void => {
  const lines = new LineCounter()
  for (const document of parseAllDocuments(text, { lineCounter: lines, merge: true, uniqueKeys: false })) {
    const [error] = document.errors
    if (error) {
      const because = error.message.split('\n', 1)[0] ?? 'not valid YAML'
      result.broken.push({ path, line: lines.linePos(error.pos[0]).line, because })
      continue
    }
    let raw: unknown
    try {
      raw = document.toJS()
    } catch (error) {
      result.broken.push({ path, line: 1, because: String(error) })
      continue
    }
    if (!isTable(raw)) continue
    const line = document.contents?.range ? lines.linePos(document.contents.range[0]).line : 1
    const lineOf = (keys: (string | number)[]): number => {
      for (let length = keys.length; length > 0; length--) {
        const node = document.getIn(keys.slice(0, length), true) as { range?: [number, number, number] } | undefined
        if (node?.range) return lines.linePos(node.range[0]).line
      }
      return line
    }
    const isInner = embeddedAs !== null
    result.documents.push({ path, line: isInner ? 1 : line, raw, embeddedAs, lineOf: isInner ? () => 1 : lineOf })
    if (isInner || raw['kind'] !== 'ConfigMap' || !isTable(raw['data'])) continue
    for (const [name, inner] of Object.entries(raw['data'])) {
      if (typeof inner !== 'string') continue
      if (/\.(ya?ml|rules)$/.test(name)) read(path, inner, name, result)
      else result.embedded.push({ path, name, text: inner })
    }
  }
}

/** The values that a chart is rendered with by default, by the folder of the chart. */
const openCharts = (repository: Repository | undefined) => {
  const known = new Map<string, Promise<Record<string, unknown>>>()
  const load = async (chart: string): Promise<Record<string, unknown>> => {
    const found: YamlDocuments = { documents: [], embedded: [], broken: [] }
    const text = (await repository?.text(`${chart}values.yaml`)) ?? ''
    if (text.length <= maxText) read(chart, text, null, found)
    return found.documents[0]?.raw ?? {}
  }
  return async (path: string, text: string): Promise<string> => {
    const chart = chartOf(path)
    if (chart === null) return withoutTemplates(text)
    const values = known.get(chart) ?? load(chart)
    known.set(chart, values)
    return withValues(text, await values)
  }
}

/** The YAML files that may configure how the server is observed, parsed, with what ConfigMaps hold. */
export const yamlDocuments = gatherer<YamlDocuments>({
  id: 'yaml-documents',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const result: YamlDocuments = { documents: [], embedded: [], broken: [] }
    const rendered = openCharts(repository)
    const paths = (repository?.files ?? []).filter(
      path => /\.(ya?ml|rules)$/.test(path) && (!notTheirs.test(path) || testOfRules.test(path)),
    )
    for (const path of paths.slice(0, maxFiles)) {
      const text = (await repository?.text(path)) ?? ''
      if (text.length > maxText || !mentions.test(text)) continue
      try {
        read(path, text.includes('{{') ? await rendered(path, text) : text, null, result)
      } catch (error) {
        result.broken.push({ path, line: 1, because: `it cannot be read: ${String(error)}` })
      }
    }
    return result
  },
})
