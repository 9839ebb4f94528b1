/** A table that the repository makes, as far as indexes are concerned. */
export interface Table {
  name: string
  columns: Set<string>
  /** Columns that a search can start from: the first of each key and index. */
  indexed: Set<string>
}

const bare = (name: string): string =>
  name
    .replaceAll(/["'`[\]]/g, '')
    .replace(/^.*\./, '')
    .toLowerCase()

/** What stands between a bracket and the one that closes it. */
const inBrackets = (text: string, from: number): string => {
  let depth = 0
  for (let at = from; at < text.length && at < from + 20_000; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return text.slice(from + 1, at)
  }
  return ''
}

const splitColumns = (inner: string): string[] => {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '(') depth++
    else if (inner[at] === ')') depth--
    else if (inner[at] === ',' && depth === 0) {
      parts.push(inner.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, inner.slice(from)].map(part => part.trim())
}

const withoutComments = (text: string): string =>
  text.replaceAll(/--[^\n]*/g, '').replaceAll(/\/\*[^*]{0,5000}\*\//g, '')

/** The tables and indexes that SQL texts make. */
export const tablesIn = (texts: string[]): Map<string, Table> => {
  const tables = new Map<string, Table>()
  const all = texts.map(withoutComments)
  for (const text of all)
    for (const match of text.matchAll(/\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([\w."`[\]]+)\s*\(/gi)) {
      const table: Table = { name: bare(match[1] ?? ''), columns: new Set(), indexed: new Set() }
      for (const part of splitColumns(inBrackets(text, (match.index ?? 0) + match[0].length - 1))) {
        const key =
          /^(?:constraint\s+\S+\s+)?(?:primary\s+key|unique(?:\s+(?:key|index))?|(?:unique\s+)?(?:key|index))\s*[\w"`]*\s*\(\s*([\w"`]+)/i.exec(
            part,
          )
        if (key?.[1]) table.indexed.add(bare(key[1]))
        if (key || /^(constraint|foreign|check|exclude|primary)\b/i.test(part)) continue
        const column = bare(/^[\w"`[\]]+/.exec(part)?.[0] ?? '')
        table.columns.add(column)
        if (/\bprimary\s+key\b|\bunique\b/i.test(part)) table.indexed.add(column)
      }
      tables.set(table.name, table)
    }
  for (const text of all)
    for (const match of text.matchAll(
      /\bcreate\s+(?:unique\s+)?index\b[^;(]{0,300}?\bon\s+(?:only\s+)?([\w."`[\]]+)\s*(?:using\s+\w+\s*)?\(\s*(?:lower\s*\(\s*)?([\w"`[\]]+)/gi,
    ))
      tables.get(bare(match[1] ?? ''))?.indexed.add(bare(match[2] ?? ''))
  for (const text of all)
    for (const match of text.matchAll(
      /\balter\s+table\s+(?:only\s+)?([\w."`[\]]+)\s+add\s+(?:constraint\s+\S+\s+)?(?:primary\s+key|unique|index\s*\S*)\s*\(\s*([\w"`[\]]+)/gi,
    ))
      tables.get(bare(match[1] ?? ''))?.indexed.add(bare(match[2] ?? ''))
  return tables
}

/** The table that a plain statement searches and the columns it compares; null for joins, unions and the like. */
export const searchOf = (statement: string): { table: string; columns: string[] } | null => {
  const text = withoutComments(statement)
  if (/\bjoin\b|\bunion\b|\bor\b|\bwith\b|\(\s*select\b/i.test(text)) return null
  const table = /^\s*(?:select\b[\s\S]{1,3000}?\bfrom|delete\s+from|update)\s+(?:only\s+)?([\w."`[\]]+)/i.exec(
    text,
  )?.[1]
  const where = /\bwhere\b([\s\S]{1,3000})/i.exec(text)?.[1]
  if (!table || !where || /\bfrom\s+[\w."`[\]]+(\s+\w+)?\s*,/i.test(text)) return null
  const end = where.replace(/\b(group\s+by|order\s+by|limit|returning|for\s+update)\b[\s\S]*$/i, '')
  const columns = [
    ...end.matchAll(
      /(?:^|\band\b|\()\s*(?:lower\s*\(\s*)?([\w."`]+)\s*\)?\s*(?:=|<|>|<=|>=|\bin\b|\blike\b|\bbetween\b|\bis\b)/gi,
    ),
  ].map(([, column]) => bare(column ?? ''))
  return { table: bare(table), columns }
}
