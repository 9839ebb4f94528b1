import type { Borrowing, Profile } from './item.ts'
import type { LockPlace } from './tool-lock.ts'

/** How a server process is started. */
export interface Launch {
  command: string
  args: string[]
  cwd: string
  /** Added to the environment of the audit. */
  env: Record<string, string>
  /** Where it was found, such as `package.json bin "weather"` or `the command line`. */
  origin: string
}

export type ServerSource =
  | { transport: 'stdio'; launch: Launch }
  /** `{port}` in the URL (and in the launch's arguments and environment) becomes a free port for each start. */
  | { transport: 'http'; url: string; headers: Record<string, string>; launch?: Launch }

/** Read-only, bounded view of a directory. Paths are relative with forward slashes; links out of it are not followed. */
export interface Repository {
  root: string
  /** Sorted; ignored files (.gitignore), dependencies and build output are left out. */
  files: readonly string[]
  /** Whether the path exists, ignored or not. */
  exists(path: string): boolean
  /** Text of a file up to 2 MB; null when absent, too large or binary. */
  text(path: string): Promise<string | null>
  /** Tells that a file was not read, or not all of it: `because` ends the sentence «PATH: ...». */
  leaveOut(path: string, because: string): void
  /** What was left out until now and why, for the report. */
  readonly notes: readonly string[]
}

export interface Attestation {
  item: string
  by: string
  /** ISO dates. */
  date: string
  until: string
  commit?: string
  evidence?: string
}

/** One call as the settings declare it; `{token}` in its texts becomes another text for each call. */
export interface DeclaredCall {
  tool: string
  arguments: Record<string, unknown>
}

/** Tools that keep something and tools that show it; `{scratch}` becomes an empty directory of the audit. */
export interface DeclaredState {
  /** Added to the environment of the servers in these proofs. */
  env?: Record<string, string>
  /** A call that writes `{token}`, and the one whose answer then contains it. */
  write?: DeclaredCall
  read?: DeclaredCall
  /** A call that adds one, and the one whose answer shows the number. */
  add?: DeclaredCall
  count?: DeclaredCall
  /** Where the data are kept; a copy that ends in the middle is put in its place. */
  file?: string
}

/** What the server asks of others, for the proofs in which a proxy of the audit answers in their place. */
export interface DeclaredOutbound {
  /** Added to the environment of the servers in these proofs. */
  env?: Record<string, string>
  /** What a host answers when all is well; `{}` unless told. */
  answers?: { host: string; status?: number; headers?: Record<string, string>; body?: unknown }[]
  /** A setting that changes how long the server waits for others, and how long it waits then. */
  timeout?: { env: Record<string, string>; ms: number }
}

/** A file of settings that the server reads; `{scratch}` becomes an empty directory of the audit. */
export interface DeclaredSettingsFile {
  /** `{scratch}/NAME`. */
  path: string
  /** Variables that point the server at it. */
  env: Record<string, string>
  /** Two contents, under which `shows` answers differently, and one that cannot be read. */
  first: string
  second: string
  broken?: string
  /** Variables that say what `first` says. */
  over?: Record<string, string>
  /** What makes the running server take up a change. */
  reload?: 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'watch'
  shows: DeclaredCall
}

/** What the server can be told, for the proofs of its configuration. */
export interface DeclaredConfiguration {
  /** Values that it has to refuse at its start, by environment variable or `--option`. */
  wrong?: Record<string, string>
  file?: DeclaredSettingsFile
}

/** Calls that fail inside the server, as the settings declare them; `{scratch}` becomes an empty directory of the audit. */
export interface DeclaredFailures {
  /** Added to the environment of the server in these proofs. */
  env?: Record<string, string>
  /** `{token}` in their arguments becomes a text that may stand neither in the log nor in what is reported. */
  calls: [DeclaredCall, ...DeclaredCall[]]
}

/** How soon a session that nobody uses has to be gone, for the proof that it goes. */
export interface DeclaredSessions {
  /** Added to the environment of the server in this proof. */
  env?: Record<string, string>
  /** Milliseconds until an unused session ends in that environment. */
  idleMs: number
}

/** The database of the server, for the proofs in which it goes away, comes back and hangs behind a relay of the audit. */
export interface DeclaredDatabase {
  /** `host:port` of a database that the audit may use. */
  at: string
  /** Added to the environment of the servers in these proofs; `{address}` becomes the `host:port` of the relay. */
  env: Record<string, string>
  /** A call that asks the database each time; `{token}` in its texts becomes another text for each call. */
  call: DeclaredCall
  /** `false`: it serves without its database, and may stay ready while that is away. */
  needed?: boolean
}

/** What makes the server report elsewhere; `{endpoint}` and `{dsn}` become the address of a receiver of the audit. */
export interface DeclaredReporting {
  env?: Record<string, string>
}

/** airworthy.json, validated. */
export interface Settings {
  start?: { command: string; args?: string[]; env?: Record<string, string>; cwd?: string }
  url?: string
  headers?: Record<string, string>
  env?: Record<string, string>
  profile?: Profile
  /** Arguments to call a tool with, by tool name. */
  samples?: Record<string, Record<string, unknown>[]>
  /** Tools that may be called although they change something; `*` allows all. */
  allowTools?: string[]
  /** Calls that the server has to refuse when it runs with this environment. */
  forbidden?: { env?: Record<string, string>; calls: DeclaredCall[] }
  /** Tools whose purpose it is to ask servers on the machine or network where this one runs. */
  localTools?: string[]
  /** Directories that its tools are confined to, relative to where it is started. */
  roots?: string[]
  /** Credentials the probes of authentication and access use. */
  credentials?: { valid?: string; lesser?: string; expired?: string; foreignAudience?: string }
  budgets?: { startupMs?: number; p95Ms?: number; idleMb?: number; peakMb?: number; outboundMs?: number }
  paths?: { health?: string; ready?: string; metrics?: string }
  attestations?: Attestation[]
  configuration?: DeclaredConfiguration
  /** State that tools keep, for the proofs that nothing of it is lost. */
  state?: DeclaredState
  outbound?: DeclaredOutbound
  sessions?: DeclaredSessions
  database?: DeclaredDatabase
  /** Runs the start lines of the README in an empty directory, which downloads the package. */
  tryInstallation?: boolean
  /** Versions of its language under which the server is to be started, or all that its package declares. */
  runtimes?: 'declared' | { node?: string[]; python?: string[] }
  /** What switches debug mode on: added to the environment of the server in the proofs of it alone. */
  debug?: { env: Record<string, string> }
  failures?: DeclaredFailures
  /** It exports spans over OTLP with this in its environment, beside the variables of OpenTelemetry. */
  tracing?: DeclaredReporting
  /** It reports errors to an ingest of Sentry with this in its environment, beside SENTRY_DSN. */
  errorTracking?: DeclaredReporting
  /** A file with what the forge said about the repository, relative to the directory of the settings. */
  forgeFacts?: string
}

/** One answer of the GitHub REST API. */
export interface ForgeAnswer {
  /** Such as `rules/branches/main`; null when the file is a single answer. */
  endpoint: string | null
  kind:
    | 'branch-rules'
    | 'rulesets'
    | 'protection'
    | 'branch'
    | 'repository'
    | 'releases'
    | 'tags'
    | 'code-scanning'
    | 'error'
  /** Untrusted, as it came. */
  body: unknown
}

/** What a forge said about the repository, saved to a file by the user. */
export interface ForgeFacts {
  file: string
  answers: ForgeAnswer[]
}

export interface ToolCall {
  tool: string
  /** The arguments of its first call. */
  arguments: unknown
  count: number
}

/** What the audit did to the server; written by the connections, shown in the report. */
export interface Journal {
  calls: Map<string, ToolCall>
  notCalled: { tool: string; because: string }[]
  processes: number
  /** Milliseconds during which at least one request or start was awaited. */
  waitingMs: number
  /** What the runtimes themselves said of promises and coroutines that nobody waited for; at most 20 lines. */
  unawaited: string[]
}

/** What a gatherer that borrows agreed to, and what came of it. */
export interface Loan {
  as: Borrowing
  /** No server that another gatherer has called. */
  own: boolean
  /** Written when it is lent a server that another gatherer has called. */
  shared: boolean
  /**
   * Called when such a server ended, hung or limited its callers: whose fault that is cannot be told, so the work of this
   * gatherer has to be done again at a server of its own.
   */
  spoil(): void
}

export interface Target {
  /** How the user named it. */
  name: string
  repository?: Repository
  /** Folder of the package to judge, when it was named; empty for the root. */
  package?: string
  server?: ServerSource
  /** An unpacked bundle (`--bundle`). */
  bundle?: { file: string; root: string }
  settings: Settings
  /** How the file of settings is called; `airworthy.json` unless told. */
  settingsFile?: string
  /** Others are audited with the same settings, which may name what only those have. */
  sharesSettings?: true
  forgeFacts?: ForgeFacts
  /** Where definitions of tools are remembered between audits. */
  lock?: LockPlace
  /** Values that must never be printed, with the name to print instead. */
  secrets: { name: string; value: string }[]
  journal: Journal
  /** An empty directory that is removed after the audit. */
  scratch: string
  /** Absent where every server that is asked for is started. */
  loan?: Loan
  /** Fires when the gatherer that holds this target is over: everything it started ends with it. */
  signal: AbortSignal
}
