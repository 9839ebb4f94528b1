/** A table of JSON or TOML, and what can be taken out of one whatever stands there. */
export type Table = Record<string, unknown>

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const table = (value: unknown): Table => (isTable(value) ? value : {})
export const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
export const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []
export const record = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
