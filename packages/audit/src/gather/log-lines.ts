import { gatherer } from '../core/item.ts'
import { isObject } from '../target/connection.ts'
import { lifetimes } from './lifetimes.ts'
import { levelOf, type LogLevel } from './log-level.ts'

export interface LogEntry {
  text: string
  /** Whether the line is one JSON object. */
  json: boolean
  /** Which of time, level and message it lacks, when it is JSON. */
  lacks: string[]
  /** Null where it tells none. */
  level: LogLevel | null
}

const members: Record<string, string[]> = {
  time: [
    'time',
    'timestamp',
    '@timestamp',
    'ts',
    't',
    'datetime',
    'asctime',
    'date',
    'timeUnixNano',
    'record.time',
    '@t',
  ],
  level: [
    'level',
    'severity',
    'lvl',
    'levelname',
    'log.level',
    'severityText',
    'severity_text',
    'loglevel',
    'level_name',
    '@l',
  ],
  message: ['msg', 'message', 'event', 'body', 'text', '@m', '@mt', 'record.message'],
}

export const logEntry = (text: string): LogEntry => {
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return { text, json: false, lacks: [], level: null }
    const nested = isObject(value['log']) ? Object.keys(value['log']).map(name => `log.${name}`) : []
    const record = isObject(value['record']) ? Object.keys(value['record']).map(name => `record.${name}`) : []
    const names = new Set([...Object.keys(value), ...nested, ...record])
    const lacks = Object.keys(members).filter(what => !members[what]?.some(name => names.has(name)))
    return { text, json: true, lacks, level: levelOf(text, value) }
  } catch {
    return { text, json: false, lacks: [], level: levelOf(text, null) }
  }
}

const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)$/
/** Seconds, milliseconds, microseconds and nanoseconds since 1970, told apart by their size. */
const sinceEpoch = (value: number): number => {
  for (const [above, unit] of [
    [1e17, 1e-6],
    [1e14, 1e-3],
    [1e11, 1],
    [1e8, 1000],
  ] as const)
    if (value > above) return value * unit
  return Number.NaN
}

/** When a JSON line says that it was written, in milliseconds since 1970; null when it does not, or not in which zone. */
export const writtenAt = (text: string): number | null => {
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return null
    for (const name of members['time'] ?? []) {
      const said = value[name]
      const at =
        typeof said === 'number'
          ? sinceEpoch(said)
          : typeof said === 'string' && zoned.test(said)
            ? Date.parse(said.replace(',', '.'))
            : Number.NaN
      if (!Number.isNaN(at)) return at
    }
    return null
  } catch {
    return null
  }
}

/** Launchers and the shells they use speak on the same stream; what they say is not the server's. */
const ofLauncher =
  /^(npm (warn|notice|error|http|info)\b|(Installed|Resolved|Prepared|Downloaded|Audited|Downloading|Building|Built) |(Terminated|Killed|Hangup)$)/i

/** The lines of a log that are the server's own, read as JSON. */
export const entriesOf = (lines: readonly { text: string }[]): LogEntry[] =>
  lines
    .filter(({ text }) => text.trim() !== '' && !ofLauncher.test(text))
    .map(({ text }) => logEntry(text.slice(0, 20_000)))

/** Every line the server logged in its lives, read as JSON. */
export const logLines = gatherer({
  id: 'log-lines',
  impact: 'call',
  from: 'server',
  needs: { lifetimes },
  gather: (_, { lifetimes }): LogEntry[] => lifetimes.flatMap(({ log }) => entriesOf(log)),
})
