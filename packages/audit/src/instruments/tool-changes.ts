import type { KnownTool } from '../core/tool-lock.ts'

export interface ToolChange {
  tool: string
  /** Such as `its description changed`. */
  what: string
  before: string
  after: string
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

const written = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(sorted(value)) ?? ''))

const parts: [what: string, part: (tool: KnownTool) => unknown][] = [
  ['description', ({ description }) => description],
  ['input schema', ({ inputSchema }) => inputSchema],
  ['output schema', ({ outputSchema }) => outputSchema],
  ['annotations', ({ annotations }) => annotations],
  ['title', ({ title }) => title],
]

/** The first place where two texts part, with a little before it. */
const parting = (before: string, after: string): [string, string] => {
  let at = 0
  while (at < before.length && before[at] === after[at]) at++
  const from = Math.max(0, at - 40)
  const cut = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, at + 120)}`
  return [cut(before), cut(after)]
}

const changedIn = (before: KnownTool, after: KnownTool): ToolChange[] =>
  parts.flatMap(([what, part]) => {
    const [old, now] = [written(part(before)), written(part(after))]
    if (old === now) return []
    const [one, two] = parting(old, now)
    return [{ tool: after.name, what: `its ${what} changed`, before: one, after: two }]
  })

const isSame = (one: KnownTool, other: KnownTool): boolean =>
  (one.description !== '' && one.description === other.description) ||
  (Object.keys((one.inputSchema['properties'] as object | undefined) ?? {}).length > 1 &&
    written(one.inputSchema) === written(other.inputSchema))

/** What became of definitions: tools that came, went, changed their name or anything a model reads of them. */
export const changesOf = (before: readonly KnownTool[], after: readonly KnownTool[]): ToolChange[] => {
  const old = new Map(before.map(tool => [tool.name, tool]))
  const now = new Map(after.map(tool => [tool.name, tool]))
  const gone = before.filter(({ name }) => !now.has(name))
  const came = after.filter(({ name }) => !old.has(name))
  const renamed = gone.flatMap(tool => {
    const found = came.find(other => isSame(tool, other))
    if (!found) return []
    came.splice(came.indexOf(found), 1)
    return [{ from: tool, to: found }]
  })
  return [
    ...after.flatMap(tool => changedIn(old.get(tool.name) ?? tool, tool)),
    ...renamed.flatMap(({ from, to }) => [
      { tool: to.name, what: 'it was renamed', before: from.name, after: to.name },
      ...changedIn(from, to),
    ]),
    ...gone
      .filter(tool => !renamed.some(({ from }) => from === tool))
      .map(({ name, description }) => ({
        tool: name,
        what: 'it was removed',
        before: description.slice(0, 120),
        after: '',
      })),
    ...came.map(({ name, description }) => ({
      tool: name,
      what: 'it was added',
      before: '',
      after: description.slice(0, 120),
    })),
  ]
}
