import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Gatherer, Impact, Item } from '../core/item.ts'
import { needsOf } from '../core/item.ts'
import { closure } from '../engine/schedule.ts'
import { isReached } from '../instruments/relay.ts'
import type { TargetWords } from '../target/words.ts'

export type FixtureLanguage = 'typescript' | 'python'
export type Transport = 'stdio' | 'http'

const home = fileURLToPath(new URL('../../../../fixtures/servers/', import.meta.url))

const commands: Record<FixtureLanguage, string[]> = {
  typescript: [process.execPath, `${home}typescript/dist/main.js`],
  python: [`${home}python/.venv/bin/python`, `${home}python/main.py`],
}

/** Why the good server of a language cannot be started here; null when it can. */
export const missing = (language: FixtureLanguage): string | null => {
  if (commands[language].every(path => existsSync(path))) return null
  return language === 'python' ? 'its environment is missing: npm run setup:python' : 'it is not built: npm run build'
}

const settingsFile = `${home}airworthy.json`

/** Why nothing that asks a database can be tried; null when it can. */
export const missingDatabase = async (): Promise<string | null> => {
  const { database } = JSON.parse(readFileSync(settingsFile, 'utf8')) as { database: { at: string } }
  return (await isReached(database.at)) ? null : `no database is at ${database.at} (scripts/setup-services.sh)`
}

let plainFile: string | undefined

/** The settings without the database, whose tool has to be looked for at a server of its own in each audit. */
const withoutDatabase = (): string => {
  if (plainFile === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'airworthy-settings-'))
    plainFile = join(folder, 'airworthy.json')
    const { database: _, ...settings } = JSON.parse(readFileSync(settingsFile, 'utf8')) as Record<string, unknown>
    writeFileSync(plainFile, JSON.stringify(settings))
  }
  return plainFile
}

/** Removes what `fixtureServer` has written. */
export const removeSettings = (): void => {
  if (plainFile !== undefined) rmSync(dirname(plainFile), { recursive: true, force: true })
  plainFile = undefined
}

/**
 * The good server of a language, or the same with one fault; with the settings of a user who knows it, as far as these
 * items need them.
 */
export const fixtureServer = (
  language: FixtureLanguage,
  transport: Transport,
  fault?: string,
  items?: readonly Item[],
): TargetWords => {
  const broken = fault === undefined ? [] : ['--break', fault]
  const asksDatabase =
    items?.some(item => artifactsOf(item).some(({ id }) => ['database-outage', 'database-readiness'].includes(id))) ??
    true
  const words = { cwd: home + language, settingsFile: asksDatabase ? settingsFile : withoutDatabase() }
  if (transport === 'stdio') return { ...words, command: [...commands[language], ...broken] }
  return {
    ...words,
    command: [...commands[language], '--http', '--port', '{port}', ...broken],
    url: 'http://127.0.0.1:{port}/mcp',
    headers: ['Authorization: Bearer a-key-for-tests'],
    env: ['NOTES_API_KEY=a-key-for-tests'],
  }
}

const artifactsOf = (item: Item): Gatherer[] =>
  item.checks.flatMap(check => [...closure(needsOf(check).map(([, need]) => need))])

/** The most that an item does to the server. */
export const impactOf = (item: Item): Impact =>
  artifactsOf(item).some(({ impact }) => impact === 'stress') ? 'stress' : 'call'

/** Whether the running server alone proves something of an item. */
export const isLive = (item: Item): boolean =>
  item.checks.some(check => {
    const sources = new Set([...closure(needsOf(check).map(([, need]) => need))].map(({ from }) => from))
    return sources.has('server') && !sources.has('repository')
  })

/**
 * Items that fail only together with another one, whose measurements they share, that cannot fail, or that look at what
 * these servers are not shipped in.
 */
export const derivedItems: ReadonlySet<string> = new Set([
  'production-testing',
  'performance-validation',
  'mcpb-manifest',
])

/** Items that a fault fails besides its own: both look at the same promise of the protocol. */
export const alsoFails: Readonly<Record<string, readonly string[]>> = { 'caching--hints': ['protocol-conformance'] }

/**
 * Items that a fault may fail as well: a call that is cancelled ends the server or keeps its place in the middle of others, and
 * of many calls at one time that wait for each other, the last take minutes, or for ever. A server that wants to be asked
 * for its revisions first breaks a promise of the protocol too.
 */
export const mayFail: Readonly<Record<string, readonly string[]>> = {
  'graceful-timeouts': ['deadlock-free', 'protocol-conformance'],
  'graceful-timeouts--places': ['deadlock-free'],
  throughput: ['concurrent-calls'],
  'deadlock-free': ['concurrent-calls'],
  'stateless--modern': ['protocol-conformance'],
}

/** Faults that show in what is asked of a database alone. */
const databaseFaults = new Set([
  'database-timeouts',
  'database-efficiency',
  'connection-pooling--database',
  'connection-pooling--crowd',
  'graceful-degradation--database',
  'health-checks--database-http',
])

export interface ServerFault {
  /** As `--break` takes it: the item's id, or `ID--FACE` where a fault has several faces. */
  name: string
  item: Item
  /** Over which it shows: the face says so at its end (`-http`, `-stdio`), or the item does. */
  transport: Transport
  wantsDatabase: boolean
}

/** The faults of the good servers, by the names they have there. */
export const serverFaults = (items: Item[], names: readonly string[]): ServerFault[] =>
  names.flatMap(name => {
    const [id = '', face = ''] = name.split('--')
    const item = items.find(one => one.id === id)
    if (!item) throw new Error(`the fault ${name} belongs to no item`)
    const [, said] = /-(http|stdio)$/.exec(`-${face}`) ?? []
    const own = item.applies?.transport === 'http' || item.applies?.profile === 'service' ? 'http' : 'stdio'
    return [{ name, item, transport: (said ?? own) as Transport, wantsDatabase: databaseFaults.has(name) }]
  })

const gatherersOf = ({ checks }: Item): Set<string> =>
  new Set(checks.flatMap(check => needsOf(check).flatMap(([, { id, from }]) => (from === 'server' ? [id] : []))))

/** An item and those that look at an artifact it looks at. */
export const neighbours = (item: Item, all: Item[]): string[] => {
  const shared = new Set(['opening', 'startup', 'lists', 'trials', 'outgoing-calls'])
  const own = [...gatherersOf(item)].filter(id => !shared.has(id))
  return all
    .filter(({ id }) => !derivedItems.has(id))
    .filter(other => other === item || own.some(id => gatherersOf(other).has(id)))
    .map(({ id }) => id)
}
