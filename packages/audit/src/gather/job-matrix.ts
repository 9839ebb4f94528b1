/** What a job is run for: a value for each key of its matrix, such as `python` or `target.os`. */
export type Combination = Record<string, string>

export interface Matrix {
  /** Literal values by key; null for what is computed. */
  values: Record<string, string[] | null>
  /** Null when anything that makes them up is computed. */
  combinations: Combination[] | null
}

type Table = Record<string, unknown>

const maxCombinations = 256

const table = (value: unknown): Table | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : null
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** An entry of a matrix under its key, and what is inside of it under `key.inner`. */
const flat = (key: string, value: unknown): Combination => {
  if (isScalar(value)) return { [key]: String(value) }
  const inner = Object.entries(table(value) ?? {}).flatMap(([name, each]) =>
    isScalar(each) ? [[`${key}.${name}`, String(each)] as const] : [],
  )
  return { [key]: JSON.stringify(value ?? null), ...Object.fromEntries(inner) }
}

const flatAll = (entry: unknown): Combination =>
  Object.assign({}, ...Object.entries(table(entry) ?? {}).map(([key, value]) => flat(key, value))) as Combination

const isPartOf = (part: Combination, whole: Combination): boolean =>
  Object.entries(part).every(([key, value]) => whole[key] === value)

const product = (axes: Combination[][]): Combination[] =>
  axes.reduce<Combination[]>(
    (all, axis) => all.flatMap(each => axis.map(value => ({ ...each, ...value }))).slice(0, maxCombinations),
    [{}],
  )

/** An entry is added to the combinations whose own values it does not change; when there are none it is one by itself. */
const withIncluded = (given: Combination[], keys: Set<string>, included: Combination[]): Combination[] => {
  const found = given.map(each => ({ ...each }))
  const more: Combination[] = []
  for (const entry of included) {
    const own = Object.fromEntries(Object.entries(entry).filter(([key]) => keys.has(key)))
    const extended = given.flatMap((each, at) => (isPartOf(own, each) ? [at] : []))
    for (const at of extended) Object.assign(found[at] ?? {}, entry)
    if (extended.length === 0) more.push(entry)
  }
  return [...found, ...more].slice(0, maxCombinations)
}

/** A matrix as GitHub reads it. `resolve` gives what a computed value stands for; undefined when that is not known. */
export const matrixOf = (written: unknown, resolve: (text: string) => unknown = () => undefined): Matrix | null => {
  if (written === undefined || written === null) return null
  const known = typeof written === 'string' ? resolve(written) : written
  const whole = table(known)
  if (!whole) return { values: { '*': null }, combinations: null }
  const listOf = (value: unknown): unknown[] | null => {
    const list = typeof value === 'string' ? resolve(value) : value
    return Array.isArray(list) ? (list as unknown[]) : null
  }
  const axes = Object.entries(whole).filter(([key]) => key !== 'include' && key !== 'exclude')
  const lists = axes.map(([key, value]) => [key, listOf(value)?.map(each => flat(key, each)) ?? null] as const)
  const included = whole['include'] === undefined ? [] : listOf(whole['include'])?.map(flatAll)
  const excluded = whole['exclude'] === undefined ? [] : listOf(whole['exclude'])?.map(flatAll)
  const values: Matrix['values'] = {}
  for (const [key, list] of lists) if (list === null) values[key] = null
  for (const entry of [...lists.flatMap(([, list]) => list ?? []), ...(included ?? [])])
    for (const [key, value] of Object.entries(entry))
      values[key] = values[key] === null ? null : [...new Set([...(values[key] ?? []), value])]
  if (lists.some(([, list]) => list === null) || !included || !excluded) return { values, combinations: null }
  const keys = new Set(lists.flatMap(([, list]) => (list ?? []).flatMap(each => Object.keys(each))))
  const base = axes.length === 0 ? [] : product(lists.map(([, list]) => list ?? []))
  const left = base.filter(each => !excluded.some(part => isPartOf(part, each)))
  return { values, combinations: withIncluded(left, keys, included) }
}
