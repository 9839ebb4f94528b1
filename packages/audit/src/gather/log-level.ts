import { isObject, type Json } from '../target/connection.ts'

/** From the least to the most urgent. */
export const logLevels = ['trace', 'debug', 'info', 'notice', 'warning', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

const names: Record<LogLevel, RegExp> = {
  trace: /^(trace|verbose|silly|finest|finer|trc|vrb)$/,
  debug: /^(debug|fine|dbg|dbug)$/,
  info: /^(info|information|informational|inf|log|http|success)$/,
  notice: /^notice$/,
  warning: /^(warn|warning|wrn)$/,
  error: /^(error|err|eror|severe|fail|failure|exception)$/,
  fatal: /^(fatal|critical|crit|emergency|emerg|alert|panic|ftl)$/,
}

const named = (text: string): LogLevel | null => {
  const word = text.trim().toLowerCase()
  return logLevels.find(level => names[level].test(word)) ?? null
}

/** pino and bunyan count 10 to 60, OpenTelemetry 1 to 24, both in steps. */
const numbered = (value: number, isOtel: boolean): LogLevel | null => {
  const step = isOtel ? Math.floor((value - 1) / 4) : Math.floor(value / 10) - 1
  return (['trace', 'debug', 'info', 'warning', 'error', 'fatal'] as const)[step] ?? null
}

const members = ['level', 'severity', 'lvl', 'levelname', 'severityText', 'severity_text', 'loglevel', 'level_name']

const ofObject = (value: Json): LogLevel | null => {
  const { log, record, severityNumber } = value
  const nested = [isObject(log) ? log['level'] : undefined, isObject(record) ? record['level'] : undefined]
  const given = [...members.map(name => value[name]), value['log.level'], value['@l'], ...nested]
  for (const one of given) {
    if (typeof one === 'string') return named(one)
    if (typeof one === 'number') return numbered(one, false)
    if (isObject(one) && typeof one['name'] === 'string') return named(one['name'])
  }
  return typeof severityNumber === 'number' ? numbered(severityNumber, true) : null
}

const escape = String.fromCharCode(27)
const colours = new RegExp(`${escape}\\[[\\d;]*m`, 'g')
const capitals = /(?:^|[\s[(|<:])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)(?=[\s\])|>:]|$)/
const framed = /^(?:[^\w[]*|.{0,40}\s)\[(trace|debug|info|notice|warn(?:ing)?|error|fatal|critical)\]/i
const first = /^(trace|debug|info|notice|warn(?:ing)?|error|fatal|critical):\s/i

/** The level a line of a log is at: a member of its object, or a word where formats put it. Null where none is told. */
export const levelOf = (text: string, value: unknown): LogLevel | null => {
  if (isObject(value)) return ofObject(value)
  const head = text.replaceAll(colours, '').slice(0, 100)
  const [, word] = capitals.exec(head) ?? framed.exec(head) ?? first.exec(head) ?? []
  return word ? named(word) : null
}

export const isAtLeast = (level: LogLevel, least: LogLevel): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(least)
