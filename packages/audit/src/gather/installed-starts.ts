import { basename } from 'node:path'
import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { emptyPlace } from '../instruments/empty-place.ts'
import { attempt } from '../target/startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { shellCommands } from './shell.ts'
import { startLines, type StartLines } from './start-lines.ts'

/** A line of a document that was run as it stands there. */
export interface InstalledStart {
  path: string
  line: number
  written: string
  /** `broken`: the package could not be installed or found; `open`: it is there, and wants more than the line gives it. */
  came: 'to its handshake' | 'broken' | 'open'
  saw: string
}

const most = 2
const startMs = 40_000
const launcher = /^(npx|uvx|bunx|pipx)$/
const placeholder = /[<>…]|\.\.\.|\byour\b|\/path\/to|\bexample\b|xxx|\$\{?[A-Z]|\bYOUR_/i
const unreachable = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network|dns error|failed to fetch|timed out/i
const uninstallable =
  /\bE404\b|\bETARGET\b|ENOVERSIONS|could not determine executable|ERR_MODULE_NOT_FOUND|Cannot find (module|package)|ModuleNotFoundError|No solution found|was not found in the package registry|is not provided by|An executable named/

interface Line {
  path: string
  line: number
  written: string
  words: string[]
}

const linesOf = ({ lines, servers }: StartLines): Line[] => {
  const own = [
    ...lines.filter(({ names, how, fault }) => names === 'own' && how === 'registry' && fault === null),
    ...servers.filter(({ start }) => start?.names === 'own' && start.how === 'registry' && start.fault === null),
  ]
  const found = own.flatMap(({ path, line, written }) =>
    shellCommands(written)
      .filter(({ words }) => launcher.test(basename(words[0] ?? '')))
      .map(({ words }) => ({ path, line, written, words })),
  )
  const distinct = found.filter(({ words }, at) => found.findIndex(one => one.words.join() === words.join()) === at)
  return distinct
    .filter(({ written }) => !placeholder.test(written))
    .toSorted((a, b) => a.words.length - b.words.length)
}

const tryLine = async (target: Target, { words: [command = '', ...args], ...shown }: Line): Promise<InstalledStart> => {
  const cwd = await emptyPlace(target)
  // Nobody is there to say yes.
  const env = { ...target.server?.launch?.env, npm_config_yes: 'true' }
  const launch = { command, args, cwd, env, origin: shown.path }
  const there: Target = { ...target, server: { transport: 'stdio', launch } }
  const startup: Startup = {
    ready: true,
    saw: '',
    advice: '',
    wantsSettings: false,
    ms: startMs,
    eras: ['legacy', 'modern'],
    revisions: {},
    strayLines: [],
  }
  let log: string[] = []
  for (const era of startup.eras) {
    const { connection, running } = await attempt(there, startup, era)
    if (connection) {
      const { name, version } = connection.serverInfo
      await connection.close()
      return {
        ...shown,
        came: 'to its handshake',
        saw: `${name} ${version}, ready after ${Math.round(connection.openedMs)} ms`,
      }
    }
    log = running.process?.log.lines.map(({ text }) => text) ?? []
    await running.process?.stop()
    if (log.some(text => uninstallable.test(text) || unreachable.test(text))) break
  }
  const network = log.find(text => unreachable.test(text))
  const why = log.find(text => uninstallable.test(text))
  if (why !== undefined && network === undefined) return { ...shown, came: 'broken', saw: why.trim().slice(0, 300) }
  const said = (network ?? log.findLast(text => text.trim() !== '') ?? 'it said nothing').trim().slice(0, 300)
  return { ...shown, came: 'open', saw: `it came to no handshake: ${said}` }
}

/** The start lines of the documents, run in an empty directory. */
export const installedStarts = gatherer({
  id: 'installed-starts',
  impact: 'start',
  from: 'server',
  deadline: 600_000,
  needs: { startLines },
  gather: async (target, { startLines }): Promise<InstalledStart[]> => {
    if (target.settings.tryInstallation !== true)
      throw new Undecided(
        'the start lines of the README are run in an empty directory when airworthy.json says "tryInstallation": true',
      )
    const lines = linesOf(startLines)
    if (lines.length === 0)
      throw new Undecided(
        'no document has a line with npx, uvx, bunx or pipx that starts it and needs nothing filled in',
      )
    const started: InstalledStart[] = []
    for (const line of lines.slice(0, most)) started.push(await tryLine(target, line))
    return started
  },
})
