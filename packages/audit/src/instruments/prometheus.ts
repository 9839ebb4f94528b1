export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Exposition {
  samples: Sample[]
  /** Metric name to its declared type. */
  types: Record<string, string>
  /** Lines that are no valid exposition, at most 10. */
  faults: string[]
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+([^\s]+)(?:\s+-?\d+(?:\.\d+)?)?(?:\s+#.*)?$/
const labelPair = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"\s*(?:,|$)/y

const unescape = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))

const readLabels = (text: string): Record<string, string> | null => {
  const labels: Record<string, string> = {}
  labelPair.lastIndex = 0
  while (labelPair.lastIndex < text.length) {
    const pair = labelPair.exec(text)
    if (!pair?.[1]) return null
    labels[pair[1]] = unescape(pair[2] ?? '')
  }
  return labels
}

const readValue = (text: string): number => {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^nan$/i.test(text) ? Number.NaN : Number(text)
}

const maxSamples = 50_000

/** Reads the Prometheus text format (also OpenMetrics): samples with labels, declared types, and what is malformed. */
export const readExposition = (text: string): Exposition => {
  const exposition: Exposition = { samples: [], types: {}, faults: [] }
  for (const line of text.split('\n')) {
    const type = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line)
    if (type?.[1]) exposition.types[type[1]] = type[2] ?? ''
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name, inner, value] = sampleLine.exec(line) ?? []
    const labels = inner === undefined ? {} : readLabels(inner)
    const number = value === undefined ? Number.NaN : readValue(value)
    if (name === undefined || labels === null || (Number.isNaN(number) && !/^nan$/i.test(value ?? ''))) {
      if (exposition.faults.length < 10) exposition.faults.push(line.slice(0, 200))
    } else if (exposition.samples.length < maxSamples) exposition.samples.push({ name, labels, value: number })
  }
  return exposition
}
