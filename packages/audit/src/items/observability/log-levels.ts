import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Verdict } from '../../core/verdict.ts'
import { debugLog, type DebugLog } from '../../gather/debug-log.ts'
import { isAtLeast, logLevels, type LogLevel } from '../../gather/log-level.ts'
import { logLines, type LogEntry } from '../../gather/log-lines.ts'
import { loggingMessages, severities, type LoggingMessages } from '../../gather/logging-messages.ts'

const declare = 'say what switches debug mode on as "debug": { "env": { … } } in airworthy.json'

const isNoise = ({ level }: LogEntry): boolean => level !== null && !isAtLeast(level, 'info')
const levelsIn = (lines: LogEntry[]): LogLevel[] => logLevels.filter(level => lines.some(line => line.level === level))
const shown = ({ env }: DebugLog): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

/** How many lines make it sure that they are not the few that something really went wrong for. */
const enough = 4

const atDefault = (lines: LogEntry[], debug: DebugLog): Verdict => {
  const [first] = lines
  if (!first) return unknown('it wrote no log line at all, in good calls and in failing ones')
  const levels = levelsIn(lines)
  if (levels.length === 0) return unknown(`no level can be told from its lines, such as ${first.text.slice(0, 160)}`)
  const noise = lines.filter(isNoise)
  if (noise[0] && debug.already.length > 0)
    return unknown(`its environment sets ${debug.already.join(', ')}: its default level cannot be seen`)
  const at = `${lines.length} log lines at the default level`
  if (noise[0]) {
    const saw = `${noise.length} of them are for debugging, such as ${noise[0].text.slice(0, 160)}`
    return fail({ at, saw, wanted: 'none below info unless it is asked for' })
  }
  const levelled = lines.filter(({ level }) => level !== null)
  if (levelled.length >= enough && levelled.every(({ level }) => level && isAtLeast(level, 'error'))) {
    const saw = `all ${levelled.length} with a level are at ${levels.join(' or ')}, such as ${levelled[0]?.text.slice(0, 160)}`
    return fail({ at, saw, wanted: 'error for what went wrong alone, info for what goes well' })
  }
  const all = levelsIn([...lines, ...debug.lines])
  if (all.length < 2)
    return unknown(`only the level ${all.join()} occurs, in good calls, in failing ones and in debug mode`)
  return pass({ at, saw: `at ${levels.join(', ')}; in debug mode at ${levelsIn(debug.lines).join(', ')}` })
}

const inDebugMode = (lines: LogEntry[], debug: DebugLog): Verdict => {
  const added = debug.lines.filter(isNoise)
  const at = `a start with ${shown(debug)}`
  if (added[0]) {
    if (lines.some(isNoise)) return unknown('lines for debugging are there without debug mode too')
    return pass({ at, saw: `${added.length} lines for debugging more, such as ${added[0].text.slice(0, 160)}` })
  }
  if (!debug.declared)
    return unknown(`with LOG_LEVEL and the other usual names set to debug it logs no more: ${declare}`)
  const isPlain = debug.lines.every(({ level }) => level === null)
  if (isPlain && debug.lines.length > lines.length)
    return unknown('it logs more, and no level can be told from its lines')
  const saw = `no line for debugging: ${debug.lines.length} lines, at ${levelsIn(debug.lines).join(', ') || 'no level'}`
  return fail({ at, saw, wanted: 'lines at debug that are not there at the default level' })
}

const toClient = ({ asked, refused, phases }: LoggingMessages): Verdict => {
  if (refused !== null) return fail({ at: asked, saw: refused, wanted: 'a result: it declares the capability logging' })
  for (const { least, levels } of phases) {
    const below = levels.filter(level => least === null || severities.indexOf(level) < severities.indexOf(least))
    if (below.length === 0) continue
    const saw = `${below.length} messages at ${[...new Set(below)].join(', ')}`
    return fail({ at: `${asked}: ${least ?? 'not given'}`, saw, wanted: least ? `none below ${least}` : 'none' })
  }
  const count = phases.flatMap(({ levels }) => levels).length
  if (count === 0) return unknown('it sent its client no log message in good calls')
  return pass({ at: asked, saw: `${count} messages at debug, none when only emergency was asked for` })
}

const item: Item = {
  id: 'log-levels',
  area: 'observability',
  rows: [46, 143],
  title: 'Log lines have a fitting level, and a setting shows more of them',
  level: 'should',
  why: 'Where everything is at one level nobody can alert on errors; where debugging cannot be switched on, a fault in production cannot be looked into.',
  how: 'Log failures at error, what is refused at warning, what happens at info and the rest at debug; read the least level from an environment variable such as LOG_LEVEL, info by default.',
  refs: [
    'https://datatracker.ietf.org/doc/html/rfc5424#section-6.2.1',
    'https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/logging',
  ],
  checks: [
    check({
      asks: 'Do its lines have different levels, and none for debugging by default?',
      rows: [46],
      needs: { logLines, debugLog },
      judge: ({ logLines, debugLog }) => atDefault(logLines, debugLog),
    }),
    check({
      asks: 'Does debug mode add lines for debugging?',
      rows: [143],
      needs: { logLines, debugLog },
      judge: ({ logLines, debugLog }) => inDebugMode(logLines, debugLog),
    }),
    check({
      asks: 'Does its client get the log messages it asked for, and no others?',
      rows: [],
      applies: { capability: 'logging' },
      needs: { loggingMessages },
      judge: ({ loggingMessages }) => toClient(loggingMessages),
    }),
  ],
}

export default item
