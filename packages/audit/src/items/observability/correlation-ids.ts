import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Verdict } from '../../core/verdict.ts'
import type { LogEntry } from '../../gather/log-lines.ts'
import { isLineOf, tracedCalls, type TracedCall, type TracedCalls } from '../../gather/traced-calls.ts'

const wanted = 'each line of a request with the trace id of its caller (`traceparent`) or the id of the request'

const word = (text: string, name: string): boolean => {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`(^|[^\\w-])${escaped}($|[^\\w-])`).test(text)
}

const isOf = ({ text }: LogEntry, call: TracedCall): boolean => isLineOf(text, call)

const ownName =
  /^(req|request|correlation|trace|call|operation|invocation|span|transaction|x[-_]request)[-_.]?(id|uuid)$/i

/** Ids that the server makes itself, by the members of its lines that are called so. */
const ownIds = ({ text, json }: LogEntry): string[] => {
  if (!json) return []
  const found: string[] = []
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 2) return
    for (const [name, one] of Object.entries(value)) {
      if (ownName.test(name) && (typeof one === 'string' || typeof one === 'number') && one !== '')
        found.push(String(one))
      look(one, depth + 1)
    }
  }
  look(JSON.parse(text), 0)
  return found
}

/** A member of the line is exactly this name. */
const isAbout = ({ text, json }: LogEntry, tool: string): boolean => json && text.includes(JSON.stringify(tool))

const cut = ({ text }: LogEntry): string => text.slice(0, 240)

const withOwnIds = (lines: LogEntry[], calls: TracedCall[], at: string): Verdict => {
  const ofCalls = lines.filter(({ text }) => calls.some(({ tool }) => word(text, tool)))
  const [first] = ofCalls.length > 0 ? ofCalls : lines
  const without = ofCalls.find(line => ownIds(line).length === 0)
  const distinct = new Set(ofCalls.flatMap(ownIds))
  if (ofCalls.length >= calls.length && !without && distinct.size >= calls.length) {
    const saw = `an id of the server's own in each line, ${distinct.size} of them, though not the trace of the caller: ${first && cut(first)}`
    return pass({ at, saw })
  }
  return fail({ at, saw: `${lines.length} lines without the trace or the id of any: ${first && cut(first)}`, wanted })
}

const judge = ({ calls: all, lines }: TracedCalls): Verdict => {
  const calls = all.filter(({ succeeded }) => succeeded)
  if (calls.length < all.length) return unknown('calls that succeeded before failed when several were made at a time')
  const at = `${calls.length} parallel calls of ${[...new Set(calls.map(({ tool }) => tool))].join(' and ')}`
  if (lines.length === 0) return fail({ at, saw: 'no line of the log, so that none can be followed', wanted })
  const carried = calls.filter(call => lines.some(line => isOf(line, call)))
  if (carried.length === 0) return withOwnIds(lines, calls, at)
  if (carried.length < calls.length) {
    const line = lines.find(each => carried.some(call => isOf(each, call)))
    const saw = `${calls.length - carried.length} of them are in no line; a line of another: ${line && cut(line)}`
    return fail({ at, saw, wanted })
  }
  const tools = new Set(calls.map(({ tool }) => tool))
  for (const line of lines) {
    const named = [...tools].filter(tool => word(line.text, tool))
    if (named.length !== 1) continue
    const owners = calls.filter(call => isOf(line, call))
    if (owners.length === 0 && named.some(tool => isAbout(line, tool)))
      return fail({ at, saw: `a line of a call without an id: ${cut(line)}`, wanted })
    if (owners.length > 0 && !owners.some(({ tool }) => named.includes(tool)))
      return fail({
        at,
        saw: `a line of ${named.join()} with the id of a call of ${owners[0]?.tool}: ${cut(line)}`,
        wanted,
      })
  }
  const [first] = carried
  const line = lines.find(each => first && isOf(each, first))
  return pass({ at, saw: `lines with the id of each, such as ${line && cut(line)}` })
}

const item: Item = {
  id: 'correlation-ids',
  area: 'observability',
  rows: [48],
  title: 'Each log line tells which request it belongs to',
  level: 'must',
  why: 'When calls overlap, lines without an id cannot be put together, and a failure cannot be followed back to the agent that asked.',
  how: 'Take the trace id from `_meta.traceparent` (over HTTP also from the header traceparent), else make an id; keep it in AsyncLocalStorage or a ContextVar, and let the logger add it to each line.',
  refs: ['https://www.w3.org/TR/trace-context/', 'https://modelcontextprotocol.io/specification/2026-07-28/basic'],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Do the log lines of parallel calls carry the id of the right one?',
      needs: { tracedCalls },
      judge: ({ tracedCalls }) => judge(tracedCalls),
    }),
  ],
}

export default item
