/** A block of HCL, as Terraform writes it: `resource "github_branch_protection" "main" { … }`. */
export interface HclBlock {
  type: string
  labels: string[]
  line: number
  /** Literal values; what is computed is left out. */
  values: Record<string, string | number | boolean | string[]>
  blocks: HclBlock[]
}

const token =
  /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|<<[-~]?(\w+)\n[\s\S]*?\n[ \t]*\1\b|"(?:\\.|[^"\\\n])*"|[A-Za-z_][\w.-]*|-?\d[\d.]*|[^\s]/gy

const maxText = 300_000
const maxDepth = 12

interface Token {
  text: string
  line: number
}

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  let line = 1
  for (const [found] of text.slice(0, maxText).matchAll(token)) {
    if (!/^(\s|#|\/\/|\/\*)/.test(found)) tokens.push({ text: found, line })
    line += found.split('\n').length - 1
  }
  return tokens
}

const isText = (token: Token | undefined): boolean => token?.text.startsWith('"') === true
const unquoted = ({ text }: Token): string => text.slice(1, -1).replaceAll(/\\(.)/g, '$1')

const literal = (tokens: Token[]): HclBlock['values'][string] | undefined => {
  const [first, ...more] = tokens
  if (!first) return undefined
  if (more.length === 0) {
    if (isText(first)) return first.text.includes('${') ? undefined : unquoted(first)
    if (/^(true|false)$/.test(first.text)) return first.text === 'true'
    return /^-?[\d.]+$/.test(first.text) ? Number(first.text) : undefined
  }
  const isList = first.text === '[' && tokens.at(-1)?.text === ']'
  return isList ? more.filter(isText).map(unquoted) : undefined
}

/** The blocks of an HCL text, as far as they can be read. */
export const hclBlocks = (text: string): HclBlock[] => {
  const tokens = tokensOf(text)
  let at = 0
  const value = (line: number): Token[] => {
    const found: Token[] = []
    let depth = 0
    while (at < tokens.length) {
      const next = tokens[at]
      if (!next || (depth === 0 && (next.text === '}' || (next.line > line && found.length > 0)))) break
      if (/^[[({]$/.test(next.text)) depth++
      if (/^[\])}]$/.test(next.text)) depth--
      found.push(next)
      at++
      if (depth === 0 && /^[\])}]$/.test(next.text)) break
    }
    return found
  }
  const body = (depth: number): Pick<HclBlock, 'values' | 'blocks'> => {
    const inside: Pick<HclBlock, 'values' | 'blocks'> = { values: {}, blocks: [] }
    while (at < tokens.length && tokens[at]?.text !== '}') {
      const name = tokens[at++]
      if (!name || !/^[A-Za-z_]/.test(name.text)) continue
      if (tokens[at]?.text === '=') {
        at++
        const known = literal(value(name.line))
        if (known !== undefined) inside.values[name.text] = known
        continue
      }
      const labels: string[] = []
      for (let next = tokens[at]; next && isText(next); next = tokens[++at]) labels.push(unquoted(next))
      if (tokens[at]?.text !== '{' || depth > maxDepth) continue
      at++
      inside.blocks.push({ type: name.text, labels, line: name.line, ...body(depth + 1) })
      at++
    }
    return inside
  }
  return body(0).blocks
}
