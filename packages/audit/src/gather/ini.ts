export type Ini = Record<string, Record<string, { value: string; line: number }>>

/** Sections and keys of an INI file as Python reads it: indented lines go on with the value before. */
export const readIni = (text: string): Ini => {
  const ini: Ini = Object.create(null) as Ini
  let section: Ini[string] | null = null
  let last: { value: string } | null = null
  text
    .slice(0, 200_000)
    .split('\n')
    .forEach((row, index) => {
      if (/^\s*([#;]|$)/.test(row)) return
      const head = /^\[([^\]]+)\]/.exec(row)
      const pair = /^([\w.:-]+)\s*[=:]\s*(.*)$/.exec(row)
      if (head?.[1]) {
        section = ini[head[1].trim()] ??= Object.create(null) as Ini[string]
        last = null
      } else if (/^\s/.test(row) && last) last.value += `\n${row.trim()}`
      else if (pair?.[1] && section) {
        const made = { value: (pair[2] ?? '').trim(), line: index + 1 }
        section[pair[1].toLowerCase()] = made
        last = made
      }
    })
  return ini
}
