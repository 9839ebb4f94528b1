const simple: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

const escape = /\\(?:([abfnrtv\n\\'"])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g

/** What a literal with escapes stands for; `prefix` is what stands before its quotes, such as `rb`. */
export const unescaped = (content: string, prefix: string): string => {
  const whole = /[ft]/i.test(prefix) ? content.replaceAll('{{', '{').replaceAll('}}', '}') : content
  if (/r/i.test(prefix) || !whole.includes('\\')) return whole
  return whole.replaceAll(escape, (written, letter?: string, octal?: string, ...hex: unknown[]) => {
    if (letter !== undefined) return simple[letter] ?? written
    const digits = hex.slice(0, 3).find(group => typeof group === 'string')
    const code = octal === undefined ? Number.parseInt(String(digits), 16) : Number.parseInt(octal, 8)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : written
  })
}

/** What a literal stands for, from its source with prefix and quotes. */
export const literal = (source: string): string => {
  const opening = /^([a-z]{0,3})("{3}|'{3}|["'])/i.exec(source)
  if (!opening) return source
  const [{ length }, prefix = '', quotes = ''] = opening
  const end = source.length > length && source.endsWith(quotes) ? -quotes.length : undefined
  return unescaped(source.slice(length, end), prefix)
}
