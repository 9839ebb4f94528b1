import { LineCounter, parseAllDocuments } from 'yaml'
import { gatherer } from '../core/item.ts'

/** One document of a YAML file of the operations side: Kubernetes, Compose, collectors, shippers. */
export interface YamlDocument {
  path: string
  /** Line of its first key; 1 for what is embedded in another document. */
  line: number
  raw: Record<string, unknown>
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
  /filebeat|scrape|prometheus|receivers:|exporters:|sinks:|pipeline:|loki|fluent|logstash|\blogging:|ServiceMonitor|PodMonitor|ConfigMap/
const notTheirs = /^\.(github|gitlab)|(^|\/)(node_modules|tests?|fixtures)\/|(pnpm-lock|mkdocs)\.yaml$/

/** Placeholders of Helm stand for one word; lines of its control flow for none. */
const withoutTemplates = (text: string): string =>
  text.replaceAll(/^[ \t]*\{\{-?[^{}]*\}\}[ \t]*$/gm, '').replaceAll(/\{\{[^{}]*\}\}/g, 'x')

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const read = (path: string, text: string, embeddedAs: string | null, result: YamlDocuments): void => {
  const lines = new LineCounter()
  for (const document of parseAllDocuments(text.includes('{{') ? withoutTemplates(text) : text, {
    lineCounter: lines,
  })) {
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
    result.documents.push({ path, line: embeddedAs === null ? line : 1, raw, embeddedAs })
    if (embeddedAs !== null || raw['kind'] !== 'ConfigMap' || !isTable(raw['data'])) continue
    for (const [name, inner] of Object.entries(raw['data'])) {
      if (typeof inner !== 'string') continue
      if (/\.ya?ml$/.test(name)) read(path, inner, name, result)
      else result.embedded.push({ path, name, text: inner })
    }
  }
}

/** The YAML files that may configure how the server is observed, parsed, with what ConfigMaps hold. */
export const yamlDocuments = gatherer<YamlDocuments>({
  id: 'yaml-documents',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const result: YamlDocuments = { documents: [], embedded: [], broken: [] }
    const paths = (repository?.files ?? []).filter(path => /\.ya?ml$/.test(path) && !notTheirs.test(path))
    for (const path of paths.slice(0, maxFiles)) {
      const text = (await repository?.text(path)) ?? ''
      if (text.length > maxText || !mentions.test(text)) continue
      try {
        read(path, text, null, result)
      } catch (error) {
        result.broken.push({ path, line: 1, because: `it cannot be read: ${String(error)}` })
      }
    }
    return result
  },
})
