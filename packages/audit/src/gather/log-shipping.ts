import { parse as parseToml } from 'smol-toml'
import { gatherer } from '../core/item.ts'
import { yamlDocuments, type YamlDocument } from './yaml-documents.ts'
import { isTable, table, type Table } from './tables.ts'

/** Where a shipper takes lines from, or where it sends them. */
export interface Endpoint {
  /** As the tool calls it: `container`, `filestream`, `elasticsearch`. */
  type: string
  /** What it reads or where it sends, as far as it is written there. */
  detail: string
  /** Of an input: what kind of log it can take in. */
  takes?: 'container' | 'file' | 'journal' | 'stdin' | 'network' | 'other'
}

export interface LogShipping {
  path: string
  line: number
  tool:
    'filebeat' | 'vector' | 'fluent-bit' | 'fluentd' | 'logstash' | 'promtail' | 'alloy' | 'otel-collector' | 'docker'
  inputs: Endpoint[]
  outputs: Endpoint[]
}

export interface LogShippings {
  found: LogShipping[]
  /** Files that are named like a shipper's configuration and cannot be read as one. */
  broken: { path: string; line: number; because: string }[]
}

const tables = (value: unknown): Table[] =>
  Array.isArray(value) ? value.filter(isTable) : isTable(value) ? [value] : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const brief = (value: unknown): string => (value === undefined ? '' : (JSON.stringify(value) ?? '').slice(0, 120))

const kinds: [Endpoint['takes'], RegExp][] = [
  ['container', /container|docker|kubernetes|cri/],
  ['journal', /journal|systemd/],
  ['stdin', /stdin|exec/],
  ['file', /file|log|tail/],
  ['network', /tcp|udp|http|beats|forward|syslog|gelf|socket|kafka|redis|otlp|opentelemetry|netflow/],
]
const takes = (type: string): Endpoint['takes'] => kinds.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other'
const input = (type: string, detail: unknown): Endpoint => ({ type, detail: brief(detail), takes: takes(type) })
const output = (type: string, detail: unknown): Endpoint => ({ type, detail: brief(detail) })

/** `a.b` and nested `a: { b }` are the same to Beats. */
const at = (raw: Table, path: string): unknown => {
  if (path in raw) return raw[path]
  const [head = '', ...rest] = path.split('.')
  return rest.length === 0 ? raw[head] : isTable(raw[head]) ? at(raw[head], rest.join('.')) : undefined
}

const filebeat = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const inputs = [
    ...tables(at(raw, 'filebeat.inputs')),
    ...tables(at(raw, 'filebeat.autodiscover.providers')),
    ...tables(at(raw, 'filebeat.modules')),
  ]
  if (inputs.length === 0) return null
  const outputs = [
    ...Object.entries(table(raw['output'])),
    ...Object.entries(raw).flatMap(([key, value]): [string, unknown][] =>
      key.startsWith('output.') ? [[key.slice(7), value]] : [],
    ),
  ]
  return {
    inputs: inputs
      .filter(each => each['enabled'] !== false)
      .map(each => input(text(each['type'] ?? each['module']), each['paths'] ?? each['templates'])),
    outputs: outputs
      .filter(([, value]) => table(value)['enabled'] !== false)
      .map(([type, value]) => output(type, table(value)['hosts'] ?? table(value)['path'])),
  }
}

const vector = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const [sources, sinks] = [table(raw['sources']), table(raw['sinks'])]
  if (!Object.values(sources).some(each => text(table(each)['type'])) || !('sinks' in raw)) return null
  return {
    inputs: Object.values(sources).map(each =>
      input(text(table(each)['type']), table(each)['include'] ?? table(each)['include_containers']),
    ),
    outputs: Object.values(sinks)
      .filter(each => (Array.isArray(table(each)['inputs']) ? (table(each)['inputs'] as unknown[]).length > 0 : false))
      .map(each =>
        output(
          text(table(each)['type']),
          table(each)['endpoints'] ?? table(each)['endpoint'] ?? table(each)['address'],
        ),
      ),
  }
}

const fluentBit = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const pipeline = table(raw['pipeline'])
  if (!('inputs' in pipeline)) return null
  return {
    inputs: tables(pipeline['inputs']).map(each => input(text(each['name']), each['path'])),
    outputs: tables(pipeline['outputs']).map(each => output(text(each['name']), each['host'])),
  }
}

const promtail = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const clients = tables(raw['clients'] ?? raw['client'])
  if (clients.length === 0 || !('scrape_configs' in raw)) return null
  return {
    inputs: tables(raw['scrape_configs']).map(each =>
      input(
        Object.keys(each)
          .find(key => /_sd_configs|static_configs|journal|docker/.test(key))
          ?.replace('static_configs', 'file') ?? '',
        each['static_configs'] ?? each['job_name'],
      ),
    ),
    outputs: clients.map(each => output('loki', each['url'])),
  }
}

const collector = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const pipelines = Object.entries(table(table(raw['service'])['pipelines'])).filter(([name]) =>
    /^logs(\/|$)/.test(name),
  )
  if (pipelines.length === 0) return null
  const named = (kind: 'receivers' | 'exporters'): [string, unknown][] =>
    pipelines
      .flatMap(([, pipeline]) => (Array.isArray(table(pipeline)[kind]) ? (table(pipeline)[kind] as unknown[]) : []))
      .flatMap((name): [string, unknown][] =>
        typeof name === 'string' && name in table(raw[kind]) ? [[name, table(raw[kind])[name]]] : [],
      )
  return {
    inputs: named('receivers').map(([name, value]) => input(name, table(value)['include'])),
    outputs: named('exporters')
      .filter(([name]) => !/^(debug|logging|nop)/.test(name))
      .map(([name, value]) => output(name, table(value)['endpoints'] ?? table(value)['endpoint'])),
  }
}

/** A container whose logging driver sends its output away. */
const compose = (raw: Table): Pick<LogShipping, 'inputs' | 'outputs'> | null => {
  const drivers = Object.values(table(raw['services'])).map(service => table(table(service)['logging']))
  const shipping = drivers.filter(({ driver }) =>
    /^(fluentd|gelf|loki|syslog|splunk|awslogs|gcplogs)/.test(text(driver)),
  )
  if (shipping.length === 0) return null
  return {
    inputs: [input('container', 'standard output')],
    outputs: shipping.map(({ driver, options }) => output(text(driver), options)),
  }
}

const yamlTools: [LogShipping['tool'], (raw: Table) => Pick<LogShipping, 'inputs' | 'outputs'> | null][] = [
  ['filebeat', filebeat],
  ['vector', vector],
  ['fluent-bit', fluentBit],
  ['promtail', promtail],
  ['otel-collector', collector],
  ['docker', compose],
]

const fromTable = (path: string, line: number, raw: Table): LogShipping[] => {
  for (const [tool, shape] of yamlTools) {
    const found = shape(raw)
    if (found) return [{ path, line, tool, ...found }]
  }
  return []
}

const blocks = (content: string, head: RegExp): string[] => {
  const found: string[] = []
  for (const match of content.matchAll(head)) found.push(content.slice(match.index, match.index + 2000))
  return found
}

/** Formats of their own: Fluent Bit's classic one, Fluentd, Logstash, Alloy. */
const fromText = (path: string, content: string): LogShipping[] => {
  const plain = content.replaceAll(/^\s*(#|\/\/).*$/gm, '')
  const shipping = (tool: LogShipping['tool'], inputs: Endpoint[], outputs: Endpoint[]): LogShipping[] => [
    { path, line: 1, tool, inputs, outputs },
  ]
  if (/^\[(INPUT|OUTPUT)\]/im.test(plain)) {
    const value = (block: string, key: string): string =>
      new RegExp(`^\\s+${key}\\s+(\\S+)`, 'im').exec(block.slice(1).split(/^\[/m)[0] ?? '')?.[1] ?? ''
    return shipping(
      'fluent-bit',
      blocks(plain, /^\[INPUT\]/gim).map(each => input(value(each, 'Name'), value(each, 'Path'))),
      blocks(plain, /^\[OUTPUT\]/gim).map(each => output(value(each, 'Name'), value(each, 'Host'))),
    )
  }
  if (/^\s*<(source|match)\b/m.test(plain)) {
    const type = (block: string): string => /@?type\s+(\S+)/.exec(block)?.[1] ?? ''
    return shipping(
      'fluentd',
      blocks(plain, /^\s*<source>/gm).map(each => input(type(each), '')),
      blocks(plain, /^\s*<match\b/gm).map(each => output(type(each), '')),
    )
  }
  if (/^\s*(input|output)\s*\{/m.test(plain)) {
    const section = (name: string): string =>
      new RegExp(`^\\s*${name}\\s*\\{([\\s\\S]*?)(?=^\\s*(?:input|filter|output)\\s*\\{|(?![\\s\\S]))`, 'm').exec(
        plain,
      )?.[1] ?? ''
    const plugins = (name: string): string[] =>
      [...section(name).matchAll(/(?:^|[\s{}])([a-z_]+)\s*\{/g)]
        .map(([, plugin = '']) => plugin)
        .filter(plugin => !/^(if|else)$/.test(plugin))
    return shipping(
      'logstash',
      plugins('input').map(each => input(each, '')),
      plugins('output')
        .filter(each => each !== 'stdout')
        .map(each => output(each, '')),
    )
  }
  if (/^\s*loki\.(source|write)\./m.test(plain)) {
    const named = (kind: string): string[] =>
      [...plain.matchAll(new RegExp(`^\\s*loki\\.${kind}\\.?([a-z_]*)\\s+"`, 'gm'))].map(([, type = '']) => type)
    return shipping(
      'alloy',
      named('source').map(each => input(each, '')),
      named('write').map(() => output('loki', '')),
    )
  }
  return []
}

const textFile = /\.(conf|alloy|river)$/
const tomlFile = /(^|\/)[^/]*vector[^/]*\.toml$|(^|\/)vector\/[^/]+\.toml$/
const shipperFile = /(^|\/)[^/]*(filebeat|vector|fluent-?bit|promtail)[^/]*\.ya?ml$/

/** Configurations that ship the server's logs to a store: Filebeat, Vector, Fluent Bit, Logstash, Promtail and the like. */
export const logShipping = gatherer<LogShippings, { yaml: typeof yamlDocuments }>({
  id: 'log-shipping',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: async ({ repository }, { yaml }) => {
    const result: LogShippings = { found: [], broken: [] }
    result.found.push(...yaml.documents.flatMap(({ path, line, raw }: YamlDocument) => fromTable(path, line, raw)))
    result.found.push(
      ...yaml.embedded.flatMap(({ path, name, text }) => (textFile.test(name) ? fromText(path, text) : [])),
    )
    result.broken.push(...yaml.broken.filter(({ path }) => shipperFile.test(path)))
    for (const path of (repository?.files ?? []).filter(each => textFile.test(each) || tomlFile.test(each))) {
      const content = (await repository?.text(path)) ?? ''
      if (textFile.test(path)) result.found.push(...fromText(path, content.slice(0, 200_000)))
      else
        try {
          result.found.push(...fromTable(path, 1, parseToml(content)))
        } catch (error) {
          result.broken.push({
            path,
            line: 1,
            because: String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '',
          })
        }
    }
    return result
  },
})
