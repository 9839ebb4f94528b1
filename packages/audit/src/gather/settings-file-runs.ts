import { gatherer, Undecided } from '../core/item.ts'
import type { DeclaredSettingsFile, Target } from '../core/target.ts'
import { settingsPlace } from '../instruments/settings-file.ts'
import { describeReply, type Connection } from '../target/connection.ts'
import { canRunSideBySide } from '../target/run.ts'
import { attempt } from '../target/startup.ts'
import { lastWords, type Startup } from '../target/startup-failures.ts'
import { opening } from './startup.ts'
import { succeeded } from './trials.ts'

/** What the declared call answered, or why there was no answer. */
export type Shown = { answer: string; shown: string } | { failed: string; /** The server had ended. */ ended: boolean }

export interface Reload {
  /** `SIGHUP`, ..., or `watch`. */
  by: string
  /** Milliseconds until the change showed; null when it never did. */
  changedAfter: number | null
  /** Calls made meanwhile, and those among them that failed. */
  calls: number
  lost: string[]
  /** After a file that cannot be read: what it answered, and whether a good file was taken up again. */
  broken: { kept: boolean; saw: string; recovered: boolean } | null
}

export interface SettingsFileRuns {
  /** Without the file. */
  without: Shown
  /** Under the first and the second content. */
  first: Shown
  second: Shown
  /** Under the second, with the environment saying what the first says; null when that was not declared. */
  over: Shown | null
  reload: Reload | null
}

/** What decides this in airworthy.json. */
export const declareFile =
  'declare a file, two contents of it and a call whose answer tells them apart as "configuration": { "file": … } in airworthy.json'

const answerMs = 15_000
const settleMs = 700

const show = async (connection: Connection, { shows }: DeclaredSettingsFile): Promise<Shown> => {
  const reply = await connection.request(
    'tools/call',
    { name: shows.tool, arguments: shows.arguments },
    { timeout: answerMs },
  )
  if (reply.kind !== 'result' || !succeeded(reply))
    return { failed: describeReply(reply), ended: connection.process?.exit !== null }
  const { content, structuredContent } = reply.result
  return { answer: JSON.stringify([content, structuredContent]), shown: describeReply(reply, 80) }
}

/** Whether both are the same answer. */
export const isSame = (one: Shown, other: Shown): boolean =>
  'answer' in one && 'answer' in other && one.answer === other.answer

const until = async (connection: Connection, file: DeclaredSettingsFile, wanted: Shown, ms: number) => {
  const since = performance.now()
  const lost: string[] = []
  for (let calls = 1; ; calls++) {
    const now = await show(connection, file)
    if ('failed' in now) lost.push(now.failed)
    const passed = performance.now() - since
    if (isSame(now, wanted)) return { calls, lost, after: passed }
    if (passed > ms || connection.process?.exit) return { calls, lost, after: null }
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** The declared file, each time in an empty directory: absent, with either content, below the environment, changed, broken. */
export const settingsFileRuns = gatherer({
  id: 'settings-file-runs',
  impact: 'call',
  from: 'server',
  lasts: 3,
  deadline: 120_000,
  needs: { opening },
  gather: async (target, { opening }): Promise<SettingsFileRuns> => {
    const file = target.settings.configuration?.file
    if (!file) throw new Undecided(declareFile)
    if (!target.server?.launch) throw new Undecided('only its URL is known: give the command that starts it too')
    const patience = Math.max(5000, opening.ms * 4)
    const runWith = async (text: string | null, env: Record<string, string> = {}): Promise<Shown> => {
      const started = await startAt(target, opening, file, text, env)
      if ('failed' in started) return started
      const shown = await show(started.connection, file)
      await started.connection.process?.stop()
      return shown
    }
    const runs = [() => runWith(null), () => runWith(file.second), () => runWith(file.second, file.over)] as const
    const beside = canRunSideBySide(target) ? runs.map(start => start()) : []
    const outcomes: Shown[] = []
    for (const [index, start] of runs.entries()) outcomes.push(await (beside[index] ?? start()))
    const [without, second, both] = outcomes as [Shown, Shown, Shown]
    const over = file.over ? both : null

    const started = await startAt(target, opening, file, file.first, {})
    if ('failed' in started) return { without, first: started, second, over, reload: null }
    const { connection, put } = started
    const first = await show(connection, file)
    if (!isSame(first, await show(connection, file)) && 'answer' in first)
      throw new Undecided(`the declared call of ${file.shows.tool} answers differently each time`)
    if (!file.reload || isSame(first, second)) {
      await connection.process?.stop()
      return { without, first, second, over, reload: null }
    }
    const by = file.reload
    const change = async (text: string): Promise<void> => {
      await put(text)
      if (by !== 'watch') connection.process?.signal(by, 'server')
    }
    await change(file.second)
    const { after, calls, lost } = await until(connection, file, second, patience)
    let broken: Reload['broken'] = null
    if (after !== null && file.broken !== undefined) {
      await change(file.broken)
      await new Promise(resolve => setTimeout(resolve, settleMs))
      const now = await show(connection, file)
      const kept = isSame(now, second)
      const saw = 'failed' in now ? now.failed : now.shown
      await change(file.first)
      const again = kept ? await until(connection, file, first, patience) : null
      broken = { kept, saw, recovered: again !== null && again.after !== null }
    }
    await connection.process?.stop()
    return { without, first, second, over, reload: { by, changedAfter: after, calls, lost, broken } }
  },
})

const startAt = async (
  target: Target,
  opening: Startup,
  file: DeclaredSettingsFile,
  text: string | null,
  env: Record<string, string>,
): Promise<{ connection: Connection; put: (text: string) => Promise<void> } | { failed: string; ended: boolean }> => {
  const place = await settingsPlace(target, file)
  if (!place) throw new Undecided('the path of configuration.file has to begin with {scratch}/')
  await place.put(text)
  const { connection, running } = await attempt(target, opening, undefined, { env: { ...place.env, ...env } })
  return connection
    ? { connection, put: place.put }
    : {
        failed: `no handshake; its last words: ${lastWords(running).slice(0, 200)}`,
        ended: running.process?.exit !== null,
      }
}
