import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Refusal } from '../core/refusal.ts'
import type { ForgeFacts, Launch, Repository, ServerSource, Settings, Target } from '../core/target.ts'
import type { LockPlace } from '../core/tool-lock.ts'
import { openBundle } from './bundle.ts'
import { readClientConfig } from './client-config.ts'
import { findLaunch } from './discover/find-launch.ts'
import { findExecutable } from './executable.ts'
import { refuseWhatIsNoServer } from './recognise.ts'
import { readForgeFacts } from './forge-facts.ts'
import { openRepository } from './repository.ts'
import { makeScratch } from './scratch.ts'
import { secretsIn, secretsInArguments, secretsInUrl, uniqueSecrets } from './secrets.ts'
import { namedSettings, readSettings, secretsOf, settingsFileName } from './settings.ts'
import { checkRoots } from './surroundings.ts'
import { lockFileName, readLock } from './tool-lock.ts'
import { parseServerUrl } from './url.ts'
import { checkWords, existingDirectory, parseEnv, parseHeaders, type TargetWords } from './words.ts'

export type { TargetWords } from './words.ts'

export interface ResolvedTargets {
  targets: Target[]
  /** What was taken, what was left out. */
  notes: string[]
  /** Removes what was unpacked or written for the audit. */
  dispose: () => Promise<void>
}

interface Subject {
  name: string
  server?: ServerSource
  repository?: Repository
  package?: string
  bundle?: Target['bundle']
}

const checkCommand = ({ command, cwd, env }: Launch): void => {
  if (findExecutable(command, cwd, env['PATH'])) return
  const hint = /[/\\]/.test(command) ? `check the path, seen from ${cwd}` : `install ${command}, or give its full path`
  throw new Refusal(`command not found: ${command}`, hint)
}

/** Where a URL leads, without what it may carry of secrets. */
const plainUrl = (text: string): string => text.replace(/\/\/[^/@?#]*@/, '//').replace(/[?#].*$/s, '')

const overHttp = (url: string, launch?: Launch): ServerSource => ({
  transport: 'http',
  url,
  headers: {},
  ...(launch ? { launch } : {}),
})

/** The server with what the settings and the command line add to its headers and its environment. */
const completed = (server: ServerSource, { settings, headers, env }: Extras): ServerSource => {
  const extend = (launch: Launch): Launch => ({ ...launch, env: { ...launch.env, ...settings.env, ...env } })
  if (server.transport === 'stdio') return { ...server, launch: extend(server.launch) }
  const { launch } = server
  return {
    ...server,
    headers: { ...server.headers, ...settings.headers, ...headers },
    ...(launch ? { launch: extend(launch) } : {}),
  }
}

const secretsOfServer = (server: ServerSource | undefined): Target['secrets'] => {
  if (!server) return []
  const { launch } = server
  const url = server.transport === 'http' ? parseServerUrl(server.url) : null
  return [
    ...(launch ? [...secretsIn(launch.env), ...secretsInArguments(launch.args)] : []),
    ...(server.transport === 'http' ? secretsIn(server.headers, 4) : []),
    ...(url ? secretsInUrl(url) : []),
  ]
}

/** What `--start` starts: the settings first, then what the directory tells. */
const startOf = async (
  repository: Repository,
  shown: string,
  { start, url: settled }: Settings,
  given: string | undefined,
  notes: string[],
): Promise<ServerSource> => {
  const url = given ?? settled
  if (!start && url && !url.includes('{port}') && given === undefined) {
    notes.push(`took the URL in airworthy.json; nothing is started`)
    return overHttp(url)
  }
  const settledLaunch = start && {
    command: start.command,
    args: start.args ?? [],
    cwd: resolve(repository.root, start.cwd ?? '.'),
    env: start.env ?? {},
    origin: 'airworthy.json start',
  }
  const found = settledLaunch
    ? { launch: settledLaunch, note: 'took airworthy.json start' }
    : await findLaunch(repository, shown)
  notes.push(found.note)
  return url ? overHttp(url, found.launch) : { transport: 'stdio', launch: found.launch }
}

const settingsFor = (
  { settingsFile, command, directory, url, bundle, clientConfig }: TargetWords,
  cwd: string,
): Settings => {
  if (settingsFile !== undefined) return namedSettings(resolve(cwd, settingsFile), settingsFile)
  if (directory !== undefined) return readSettings(resolve(cwd, directory))
  // credentials of this directory are not for a server that was named from elsewhere
  const elsewhere = bundle !== undefined || clientConfig !== undefined || (url !== undefined && !command)
  return elsewhere ? {} : readSettings(cwd)
}

const masked = (command: string[]): string =>
  secretsInArguments(command).reduce((text, { value }) => text.replaceAll(value, '***'), command.join(' '))

const nameOf = ({ directory, command, url, bundle }: TargetWords, cwd: string): string => {
  if (directory !== undefined) return /^[./\\]*$/.test(directory) ? basename(resolve(cwd, directory)) : directory
  if (bundle !== undefined) return basename(bundle)
  return command ? masked(command) : plainUrl(url ?? '')
}

/** The one thing that the words name, when it is not a client's configuration. */
const subjectOf = async (
  words: TargetWords,
  settings: Settings,
  cwd: string,
  newScratch: () => string,
  notes: string[],
): Promise<Subject> => {
  const { directory, command, url, start, bundle } = words
  const repository = directory === undefined ? undefined : openRepository(existingDirectory(directory, cwd))
  const subject: Subject = {
    name: nameOf(words, cwd),
    ...(repository ? { repository } : {}),
    ...(words.package === undefined ? {} : { package: words.package }),
  }
  if (bundle !== undefined) {
    const file = resolve(cwd, bundle)
    const { root, launch, note } = await openBundle(file, bundle, newScratch())
    notes.push(note)
    return { ...subject, server: { transport: 'stdio', launch }, bundle: { file, root } }
  }
  if (command) {
    const [program = '', ...args] = command
    const launch = { command: program, args, cwd, env: {}, origin: 'the command line' }
    return { ...subject, server: url === undefined ? { transport: 'stdio', launch } : overHttp(url, launch) }
  }
  if (start && repository) {
    const started = words.package ? openRepository(join(repository.root, words.package)) : repository
    return { ...subject, server: await startOf(started, directory ?? '.', settings, url, notes) }
  }
  return url === undefined ? subject : { ...subject, server: overHttp(url) }
}

const subjectsOf = (file: string, cwd: string, notes: string[]): Subject[] => {
  const config = readClientConfig(resolve(cwd, file), file)
  notes.push(...config.notes)
  return config.servers.map(({ name, source }) => ({ name, server: source }))
}

/** What the forge says, from the command line or from the settings. */
const forgeFactsFor = ({ forgeFacts, settingsFile, directory }: TargetWords, settings: Settings, cwd: string) => {
  if (forgeFacts !== undefined) return readForgeFacts(resolve(cwd, forgeFacts), forgeFacts)
  if (settings.forgeFacts === undefined) return undefined
  const home = settingsFile === undefined ? resolve(cwd, directory ?? '.') : dirname(resolve(cwd, settingsFile))
  return readForgeFacts(resolve(home, settings.forgeFacts), settings.forgeFacts)
}

/** Where the definitions of tools are remembered: beside the settings. */
const lockFor = ({ settingsFile, directory }: TargetWords, cwd: string): LockPlace => {
  const home = settingsFile === undefined ? resolve(cwd, directory ?? '.') : dirname(resolve(cwd, settingsFile))
  const file = join(home, lockFileName)
  return { file, known: readLock(file), seen: {} }
}

/** What goes with every target of these words. */
interface Extras {
  lock: LockPlace
  settingsFile: string
  forgeFacts: ForgeFacts | undefined
  settings: Settings
  headers: Record<string, string>
  env: Record<string, string>
}

const idle = (server: ServerSource | undefined, { headers, env }: Extras): string[] => [
  ...(Object.keys(headers).length > 0 && server?.transport !== 'http'
    ? ['the headers had no use: the server is not reached over HTTP']
    : []),
  ...(Object.keys(env).length > 0 && !server?.launch ? ['the variables had no use: no process is started'] : []),
]

const targetOf = ({ server, ...subject }: Subject, extras: Extras, scratch: string): Target => {
  const full = server && completed(server, extras)
  if (full?.launch) checkCommand(full.launch)
  const { settings, settingsFile, headers, env, forgeFacts, lock } = extras
  if (full?.launch && settings.roots) checkRoots(settings.roots, full.launch, settingsFile)
  return {
    ...subject,
    ...(forgeFacts ? { forgeFacts } : {}),
    ...(full ? { server: full } : {}),
    lock,
    settings,
    settingsFile,
    secrets: uniqueSecrets([
      ...secretsOf(settings),
      ...secretsIn(headers, 4),
      ...secretsIn(env),
      ...secretsOfServer(full),
    ]),
    journal: { calls: new Map(), notCalled: [], processes: 0, waitingMs: 0, unawaited: [] },
    scratch,
    signal: new AbortController().signal,
  }
}

/** One server of a client that cannot be started is left out; a Refusal only when none is left. */
const startable = (subjects: Subject[], extras: Extras, newScratch: () => string, notes: string[]): Target[] => {
  let refused: unknown
  const targets = subjects.flatMap(subject => {
    try {
      return [targetOf(subject, extras, newScratch())]
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused = error
      notes.push(`the server "${subject.name}" was left out: ${error.message}`)
      return []
    }
  })
  if (targets.length === 0) throw refused
  return targets
}

/**
 * Turns what the user said into targets: one, or one for each server of a client configuration. Nothing of them is
 * executed or contacted yet. Throws a Refusal for what the user can change; then nothing is left behind.
 */
export const resolveTargets = async (given: TargetWords): Promise<ResolvedTargets> => {
  const cwd = resolve(given.cwd ?? '.')
  checkWords(given)
  const named = given.command ?? given.url ?? given.bundle ?? given.clientConfig
  const words =
    given.directory === undefined && (given.start || named === undefined) ? { ...given, directory: '.' } : given
  if (words.directory !== undefined) existingDirectory(words.directory, cwd)
  const settings = settingsFor(words, cwd)
  const forgeFacts = forgeFactsFor(words, settings, cwd)
  const extras = {
    headers: parseHeaders(words.headers),
    env: parseEnv(words.env),
    settings,
    settingsFile: words.settingsFile ?? settingsFileName,
    forgeFacts,
    lock: lockFor(words, cwd),
  }
  const notes: string[] = []
  const scratches: string[] = []
  const newScratch = (): string => {
    const path = makeScratch()
    scratches.push(path)
    return path
  }
  const dispose = async (): Promise<void> => {
    await Promise.all(scratches.map(path => rm(path, { recursive: true, force: true, maxRetries: 3 })))
  }
  try {
    if (words.clientConfig !== undefined) {
      const targets = startable(subjectsOf(words.clientConfig, cwd, notes), extras, newScratch, notes)
      return { targets, notes, dispose }
    }
    const subject = await subjectOf(words, extras.settings, cwd, newScratch, notes)
    if (subject.repository && !subject.server) await refuseWhatIsNoServer(subject.repository, words.directory ?? '.')
    notes.push(...idle(subject.server, extras))
    return { targets: [targetOf(subject, extras, newScratch())], notes, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
