import { isObject } from '../target/connection.ts'
import type { FailedCall, FailedCalls } from './failed-calls.ts'
import { isAtLeast, type LogLevel } from './log-level.ts'

/** What the log says of one failed call. */
export interface FailureEntry extends FailedCall {
  /** The line that says most of it; null where nothing came. */
  line: string | null
  level: LogLevel | null
  namesTool: boolean
  tellsCause: boolean
}

const causeNames =
  /^(errors?|err|exception|exc(_?info)?|stack(_?trace)?|traceback|reason|cause|problems?|details?|failure)([._]\w+)?$/i
const causeWords = /\b(E[A-Z]{3,}|Errno \d+|\w*(Error|Exception|Traceback))\b.*\S|:\s\S+\s\S+/

const hasCause = (value: unknown, depth = 0): boolean =>
  isObject(value) &&
  Object.entries(value).some(
    ([name, one]) =>
      (causeNames.test(name) && one !== null && one !== '' && one !== false) || (depth < 2 && hasCause(one, depth + 1)),
  )

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
const names = (text: string, tool: string): boolean =>
  new RegExp(`(^|[^\\w-])${escaped(tool)}($|[^\\w-])`).test(text.slice(0, 20_000))

const messageOf = (value: unknown): string => {
  const given = isObject(value) ? [value['message'], value['msg'], value['event'], value['body']] : []
  return given.filter(one => typeof one === 'string').join(' ')
}

/** Lines as entries: what is no JSON and belongs to one failure stands over several lines. */
const blocks = ({ lines }: FailedCalls): { text: string; value: unknown; level: LogLevel | null }[] => {
  const objects = lines.filter(({ json }) => json)
  const plain = lines.filter(({ json }) => !json)
  const text = plain.map(line => line.text).join('\n')
  const worst = plain.find(({ level }) => level && isAtLeast(level, 'error')) ?? plain.find(({ level }) => level)
  const saysError = /\b(error|exception|traceback|failed|failure)\b/i.test(text)
  return [
    ...objects.map(line => ({ text: line.text, value: parsed(line.text), level: line.level })),
    ...(plain.length > 0
      ? [{ text, value: null, level: worst?.level ?? (saysError ? ('error' as const) : null) }]
      : []),
  ]
}

/** For each failed call the entry that says most of it. */
export const failureEntries = (calls: FailedCalls): FailureEntry[] => {
  const all = blocks(calls)
  return calls.failed.map(call => {
    const rated = all.map(({ text, value, level }) => {
      const namesTool = names(text, call.tool)
      const tellsCause = hasCause(value) || causeWords.test(isObject(value) ? messageOf(value) : text)
      const isError = level !== null && isAtLeast(level, 'error')
      // A line of another tool says nothing of this one.
      const rate = (namesTool ? 4 : 0) + (isError ? 2 : 0) + (tellsCause ? 1 : 0)
      return { line: text, level, namesTool, tellsCause, rate }
    })
    const [best] = rated.toSorted((a, b) => b.rate - a.rate)
    if (!best) return { ...call, line: null, level: null, namesTool: false, tellsCause: false }
    const { line, level, namesTool, tellsCause } = best
    return { ...call, line, level, namesTool, tellsCause }
  })
}
