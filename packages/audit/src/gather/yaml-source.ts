import { LineCounter, parseDocument, type Document } from 'yaml'

export interface YamlSource {
  /** The mapping it consists of; null when it is none or does not parse. */
  root: Record<string, unknown> | null
  /** The line of what stands at a path, or of the nearest thing around it. */
  lineOf: (path: (string | number)[]) => number
  errors: { line: number; message: string }[]
}

const maxText = 500_000

/**
 * Parses YAML of which nothing is known: too deep, too many aliases and the like are errors as well. `merge` is for those
 * who read `<<: *other` as the entries of the other.
 */
export const readYaml = (content: string, merge = false): YamlSource => {
  const lines = new LineCounter()
  try {
    const document: Document = parseDocument(content.slice(0, maxText), {
      lineCounter: lines,
      merge,
      logLevel: 'error',
    })
    const lineOf = (path: (string | number)[]): number => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined
        if (node?.range) return lines.linePos(node.range[0]).line
      }
      return 1
    }
    const errors = document.errors.map(({ message, pos }) => ({
      line: lines.linePos(pos[0]).line,
      message: message.split('\n', 1)[0] ?? 'not valid YAML',
    }))
    const raw: unknown = errors.length > 0 ? null : document.toJS()
    const isMapping = typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    return { root: isMapping ? (raw as Record<string, unknown>) : null, lineOf, errors }
  } catch (error) {
    return { root: null, lineOf: () => 1, errors: [{ line: 1, message: `it cannot be read: ${String(error)}` }] }
  }
}
