import type { Launch, Target } from '../core/target.ts'
import { atRest } from '../instruments/observer/rest.ts'
import { lineThatNames, ownWords } from '../instruments/own-words.ts'
import { canRunSideBySide } from '../target/run.ts'
import { attempt } from '../target/startup.ts'
import { strayOf, type Startup } from '../target/startup-failures.ts'

/** A setting and a value that it cannot have. */
export interface WrongValue {
  /** `NOTES_PORT`, or `--port`. */
  setting: string
  value: string
  /** How it is known that the value is wrong. */
  because: string
}

/** What a server did when it was started with a wrong value. */
export interface WrongStart extends WrongValue {
  /** `lingered`: it ran on without a handshake, and was idle. `busy`: it was at work on its start still. */
  outcome: 'refused' | 'started' | 'lingered' | 'busy'
  code: number | null
  /** The signal that ended it, when it was one. */
  signal: string | null
  /** Milliseconds until its end, its handshake, or the end of our patience. */
  ms: number
  /** The line of its log that names the setting. */
  named: string | null
  /** The last that it said of a failure, else the last. */
  words: string
  hasStack: boolean
  overHttp: boolean
}

/** The launch with this option's value replaced; null when the option is not there. */
export const withOption = (launch: Launch, option: string, value: string): Launch | null => {
  const index = launch.args.findIndex(arg => arg === option || arg.startsWith(`${option}=`))
  if (index < 0) return null
  const joined = launch.args[index]?.includes('=') === true
  const args = launch.args.with(joined ? index : index + 1, joined ? `${option}=${value}` : value)
  return { ...launch, args: args.slice(0, Math.max(launch.args.length, index + 2)) }
}

/** Options that are not there yet are added at the end. */
const launched = (launch: Launch, { setting, value }: WrongValue): Launch =>
  setting.startsWith('-')
    ? (withOption(launch, setting, value) ?? { ...launch, args: [...launch.args, setting, value] })
    : { ...launch, env: { ...launch.env, [setting]: value } }

const telling = /error|exception|fatal|cannot|failed|invalid/i

/** Milliseconds in which what is still at work on its start has to come to rest or to its end. */
const busyMs = 30_000
/** After the handshake some look at their settings still. */
const afterwards = 500

const startWith = async (target: Target, opening: Startup, wrong: WrongValue): Promise<WrongStart | null> => {
  const { server } = target
  if (!server?.launch) return null
  const changed = { ...target, server: { ...server, launch: launched(server.launch, wrong) } } as Target
  const startup = Math.max(5000, opening.ms * 4)
  const { connection, running } = await attempt(changed, opening, undefined, { startup })
  const { process } = running
  if (!process) return null
  await Promise.race([process.exited, new Promise(resolve => setTimeout(resolve, connection ? afterwards : 100))])
  const rests = connection || process.exit || server.transport === 'stdio' ? null : await atRest(process, busyMs)
  const { exit } = process
  const ms = exit?.ms ?? performance.now() - process.startedAt
  const words = ownWords([...strayOf(running), ...process.log.lines.map(({ text }) => text)])
  await process.stop()
  return {
    ...wrong,
    outcome: exit ? 'refused' : connection ? 'started' : rests === false ? 'busy' : 'lingered',
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    ms,
    named: lineThatNames(words, wrong.setting, wrong.value),
    words: (words.lines.findLast(line => telling.test(line)) ?? words.lines.at(-1) ?? '').slice(0, 300),
    hasStack: words.hasStack,
    overHttp: server.transport === 'http',
  }
}

const lanes = 3

/** Starts the server once with each wrong value, a few at a time. */
export const startsWith = async (target: Target, opening: Startup, wrong: WrongValue[]): Promise<WrongStart[]> => {
  const results: WrongStart[] = []
  const waiting = [...wrong]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await startWith(target, opening, next)
      if (result) results.push(result)
    }
  }
  await Promise.all(Array.from({ length: canRunSideBySide(target) ? lanes : 1 }, work))
  return wrong.flatMap(one => results.filter(({ setting }) => setting === one.setting))
}
