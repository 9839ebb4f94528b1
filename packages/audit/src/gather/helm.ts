type Table = Record<string, unknown>

const maxLines = 5000
/** A longer line is nothing that a person wrote, and takes quadratic time. */
const maxLine = 1000

/** The folder of the chart that a template belongs to, with a slash at its end; null when it is no template. */
export const chartOf = (path: string): string | null => /^(.*?)templates\/[^/]+\.ya?ml$/.exec(path)?.[1] ?? null

/** Placeholders stand for one word; lines of control flow for none. */
export const withoutTemplates = (text: string): string =>
  text.replaceAll(/^[ \t]*\{\{-?[^{}]*\}\}[ \t]*$/gm, '').replaceAll(/\{\{[^{}]*\}\}/g, 'x')

const at = (of: unknown, path: string): unknown =>
  path
    .split('.')
    .filter(Boolean)
    .reduce<unknown>((here, key) => (typeof here === 'object' && here !== null ? (here as Table)[key] : undefined), of)

/** A block that is open: what `.` stands for in it, and whether it is left out. */
interface Open {
  context: unknown
  /** What its condition was; undefined when it cannot be known. */
  holds: boolean | undefined
  dropped: boolean
}

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)

const expression = /^\{\{-?\s*(.*?)\s*-?\}\}$/
const reference = /^\(?\s*(\$?\.(?:Values\b)?[\w.-]*)\s*\)?$/

/**
 * A template of a Helm chart rendered with plain values: references, `default`, `toYaml`, `with`, and conditions that
 * are one reference: of a choice the default stays. What else is computed becomes one word. The number of lines stays.
 */
export const withValues = (text: string, values: Table): string => {
  const stack: Open[] = []
  const valueOf = (written: string): unknown => {
    const name = reference.exec(written)?.[1]
    if (name === undefined) return undefined
    if (/^\$?\.Values/.test(name)) return at(values, name.replace(/^\$?\.Values/, ''))
    const context = stack.findLast(open => open.context !== null)?.context
    return name === '.' ? context : undefined
  }
  const piped = (written: string): { value: unknown; asYaml: boolean } => {
    const [head = '', ...rest] = written.split('|').map(part => part.trim())
    const asYaml = /^toYaml\b/.test(head) || rest.includes('toYaml')
    const fallback = rest.find(part => part.startsWith('default '))?.slice(8)
    const own = valueOf(head.replace(/^(toYaml|quote|int|toString)\s+/, ''))
    const plain =
      fallback === undefined || /^[.$(]/.test(fallback) ? undefined : fallback.replaceAll(/^["']|["']$/g, '')
    const literal = valueOf(fallback ?? '') ?? plain
    return { value: isFilled(own) ? own : (literal ?? own), asYaml }
  }
  const control = (body: string): boolean => {
    const [word = '', ...rest] = body.split(/\s+/)
    const open = stack.at(-1)
    const outer = open?.dropped ?? false
    if (/^(if|with|range|define|block)$/.test(word)) {
      const negated = rest[0] === 'not'
      const written = (negated ? rest.slice(1) : rest).join(' ')
      const value = /^(if|with)$/.test(word) ? valueOf(written) : undefined
      const holds = value === undefined ? undefined : isFilled(value) !== negated
      // what a value switches off is there for those who switch it on
      stack.push({ context: word === 'with' ? value : null, holds, dropped: outer })
      return true
    }
    if (word === 'else' && open) {
      const before = stack.at(-2)?.dropped ?? false
      open.dropped = before || (rest.length === 0 && open.holds === true)
      return true
    }
    if (word === 'end') return stack.pop() !== undefined || true
    return word.startsWith('/*') || word.startsWith('$')
  }
  const line = (written: string): string => {
    if (written.length > maxLine) return ''
    const body = expression.exec(written.trim())?.[1]
    if (body !== undefined && !body.includes('{{')) {
      if (control(body)) return ''
      if (stack.at(-1)?.dropped) return ''
      const { value, asYaml } = piped(body)
      const indent = /\bn?indent\s+(\d{1,2})/.exec(body)?.[1]
      return asYaml && isFilled(value) ? `${' '.repeat(Number(indent ?? 0))}${JSON.stringify(value)}` : ''
    }
    if (stack.at(-1)?.dropped) return ''
    return written.replaceAll(/\{\{-?\s*([^{}]*?)\s*-?\}\}/g, (_, inner: string) => {
      const { value } = piped(inner)
      if (typeof value === 'object' && value !== null) return JSON.stringify(value)
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return isPlain ? String(value).replaceAll(/["\n]/g, ' ') : 'x'
    })
  }
  return text.split('\n').slice(0, maxLines).map(line).join('\n')
}
