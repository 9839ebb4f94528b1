import { parser } from '@prometheus-io/lezer-promql'

/** A metric that an expression selects, with what is demanded of its labels. */
export interface Selected {
  /** Empty when it is selected by its labels alone. */
  metric: string
  labels: { name: string; operator: string; value: string }[]
}

export interface Expression {
  /** The first place at which it is not PromQL; null when it is. */
  fault: string | null
  selected: Selected[]
  /** Functions and aggregations that it uses: `rate`, `histogram_quantile`, `absent`. */
  functions: string[]
}

const maxLength = 10_000

const unquoted = (text: string): string => text.replaceAll(/^["'`]|["'`]$/g, '')

/** Reads an expression of PromQL: whether it parses, and what it looks at. */
export const readPromql = (written: string): Expression => {
  const text = written.slice(0, maxLength)
  const found: Expression = { fault: null, selected: [], functions: [] }
  let label: Selected['labels'][number] | undefined
  parser.parse(text).iterate({
    enter: node => {
      const { name, type } = node
      const own = (): string => text.slice(node.from, node.to)
      const last = found.selected.at(-1)
      if (type.isError) found.fault ??= own() || text.slice(Math.max(0, node.from - 20), node.from) || text.slice(0, 40)
      if (name === 'VectorSelector') found.selected.push({ metric: '', labels: [] })
      if (name === 'Identifier' && last && node.node.parent?.name === 'VectorSelector') last.metric = own()
      if (/^(Unq|Q)uotedLabelMatcher$/.test(name)) label = { name: '', operator: '=', value: '' }
      if (name === 'LabelName' && label && (node.node.parent?.name ?? '').endsWith('Matcher')) label.name = own()
      if (name === 'MatchOp' && label) label.operator = own()
      if (name === 'StringLiteral' && label && (node.node.parent?.name ?? '').endsWith('Matcher'))
        label.value = unquoted(own())
      if (name === 'FunctionIdentifier' || name === 'AggregateOp') found.functions.push(own().toLowerCase())
    },
    leave: ({ name }) => {
      if (!/^(Unq|Q)uotedLabelMatcher$/.test(name) || !label) return
      const last = found.selected.at(-1)
      if (label.name === '__name__' && label.operator === '=' && last) last.metric = label.value
      else last?.labels.push(label)
      label = undefined
    },
  })
  if (text.trim() === '') found.fault = 'nothing'
  return found
}
