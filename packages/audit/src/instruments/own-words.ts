const maxLines = 400

/** Every text in a value, and the names of its fields. */
const textsOf = (value: unknown, depth = 0): string[] => {
  if (typeof value === 'string') return value.split('\n')
  if (typeof value !== 'object' || value === null || depth > 6) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each, depth + 1)])
}

const plain = (line: string): string[] => {
  // oxlint-disable-next-line no-control-regex -- colours
  const text = line.replaceAll(/\u001B\[[\d;]*m/g, '')
  if (!/^\s*[{[]/.test(text)) return text.split('\n')
  try {
    return textsOf(JSON.parse(text))
  } catch {
    return [text]
  }
}

export interface OwnWords {
  /** What the program itself says, without stack frames and without the source that runtimes quote. */
  lines: string[]
  /** It shows where in its code it was. */
  hasStack: boolean
}

/** What lines of a log say, JSON or text. A variable's name in a quoted line of source is not something that was said. */
export const ownWords = (log: string[]): OwnWords => {
  const lines: string[] = []
  let hasStack = false
  let traceback = false
  const all = log.slice(-maxLines).flatMap(plain)
  for (let at = 0; at < all.length; at++) {
    const line = (all[at] ?? '').replace(/^\s+[|+](?=[\s-])/, '')
    if (/^\s*Traceback \(most recent call last\)|Traceback \(most recent call last\):$/.test(line)) {
      traceback = hasStack = true
      continue
    }
    if (traceback && (/^\s{2,}/.test(line) || line.trim() === '')) continue
    traceback = false
    if (/^\s+at\s.*(:\d+|<anonymous>|\(native\))\)?,?\s*(\{|$)/.test(line)) {
      hasStack = true
      continue
    }
    // Node quotes the place of an uncaught error: PATH:LINE, the source, a caret
    const caret = /^\S.*:\d+$/.test(line) ? all.slice(at + 1, at + 6).findIndex(next => /^\s*\^+\s*$/.test(next)) : -1
    if (caret >= 0) at += caret + 1
    else if (line.trim() !== '') lines.push(line.trim().slice(0, 500))
  }
  return { lines, hasStack }
}

const expectation =
  /\b(must|should|expect\w*|invalid|valid|wrong|unknown|unable|cannot|could not|not an?|number|integer|required|missing|bad|allowed|supported|choose|choice|one of)\b/i
const shortest = 4

/** The line that names a setting, `NOTES_PORT` or `--port`: whole, or its last words where it says what was expected; null when none does. */
export const lineThatNames = ({ lines: all }: OwnWords, setting: string, value = ''): string | null => {
  // What is given back of the value says nothing of what was expected.
  const lines = value === '' ? all : all.map(line => line.replaceAll(value, '…'))
  const words = setting.replace(/^-+/, '').split(/[_-]/).filter(Boolean)
  const pattern = (parts: string[]): RegExp =>
    new RegExp(`(?<![\\p{L}\\d])${parts.map(part => part.replaceAll(/\W/g, '')).join('[_ -]?')}(?![\\p{L}\\d])`, 'iu')
  // `port` is a word of every log, PORT and NOTES_PORT are names.
  const isNamed = (line: string): boolean =>
    words.length > 1 ? line.toLowerCase().includes(setting.toLowerCase()) : line.includes(setting)
  const whole = lines.find(line => isNamed(line) && pattern(words).test(line))
  if (whole !== undefined) return whole
  const around = (at: number): string => lines.slice(Math.max(0, at - 1), at + 3).join(' ')
  for (let from = 0; from < words.length; from++) {
    const tail = words.slice(from)
    if (tail.join('').length < shortest) break
    const at = lines.findIndex((line, index) => pattern(tail).test(line) && expectation.test(around(index)))
    if (at >= 0) return [lines[at], lines[at + 1]].filter(Boolean).join(' ').slice(0, 300)
  }
  return null
}
