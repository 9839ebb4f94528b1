import { homedir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { Refusal } from '../core/refusal.ts'
import type { ServerSource } from '../core/target.ts'
import { parseJsonc, readTextFile, shapeFault } from './json.ts'
import { secretsIn, secretsInArguments, secretsInUrl, type Secrets } from './secrets.ts'
import { parseServerUrl } from './url.ts'

export interface ClientServer {
  name: string
  source: ServerSource
  secrets: Secrets
}

export interface ClientConfig {
  servers: ClientServer[]
  /** Servers that were left out, and why. */
  notes: string[]
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const entry = z.looseObject({
  type: z.string().optional(),
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), scalar.nullable()).optional(),
  cwd: z.string().optional(),
  url: z.string().optional(),
  serverUrl: z.string().optional(),
  httpUrl: z.string().optional(),
  headers: z.record(z.string(), scalar).optional(),
  disabled: z.boolean().optional(),
  enabled: z.boolean().optional(),
})
type Entry = z.infer<typeof entry>
const entries = z.record(z.string(), entry)
const shape = z.looseObject({
  mcpServers: entries.optional(),
  servers: entries.optional(),
  mcp: z.looseObject({ servers: entries.optional() }).optional(),
})

/** One server is left out, the others go on. */
const leftOut = (because: string): Refusal => new Refusal(because, 'change its entry in the configuration')

/** `${NAME}`, `${NAME:-default}` and `${env:NAME}`, as the clients write them. */
const fillIn = (text: string, folder: string, environment: NodeJS.ProcessEnv): string =>
  text.replace(/\$\{(?:(env|input):)?([^}:]+)(?::-([^}]*))?\}/g, (_, kind?: string, name = '', otherwise?: string) => {
    if (kind === 'input') throw leftOut(`it asks for the input ${name}, which only the editor can give`)
    if (name === 'workspaceFolder') return folder
    if (name === 'workspaceFolderBasename') return basename(folder)
    if (name === 'userHome') return homedir()
    const value = environment[name] ?? otherwise
    if (value === undefined) throw leftOut(`the environment variable ${name} is not set`)
    return value
  })

const sourceOf = (entry: Entry, folder: string, origin: string, environment: NodeJS.ProcessEnv): ServerSource => {
  const fill = (text: string): string => fillIn(text, folder, environment)
  const fillAll = (values: Record<string, string | null> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, fill(value)]])))
  if (entry.disabled === true || entry.enabled === false) throw leftOut('it is disabled')
  const address = entry.httpUrl ?? entry.url ?? entry.serverUrl
  if (address !== undefined) {
    if (entry.type === 'sse') throw leftOut('it uses the transport SSE, which was replaced by Streamable HTTP')
    const url = fill(address)
    if (!parseServerUrl(url) || url.includes('{port}')) throw leftOut('its URL is no http or https URL')
    return { transport: 'http', url, headers: fillAll(entry.headers) }
  }
  if (entry.command === undefined) throw leftOut('it has neither a command nor a URL')
  const cwd = resolve(folder, fill(entry.cwd ?? '.'))
  const args = (entry.args ?? []).map(fill)
  return { transport: 'stdio', launch: { command: fill(entry.command), args, cwd, env: fillAll(entry.env), origin } }
}

/** The folder that a configuration belongs to: an editor's own folder lies inside it. */
const workspaceOf = (file: string): string => {
  const folder = dirname(resolve(file))
  return /^\.(vscode|cursor|claude|gemini|roo|kiro)$/.test(basename(folder)) ? dirname(folder) : folder
}

const secretsOfSource = (source: ServerSource): Secrets => {
  if (source.transport === 'stdio') return [...secretsIn(source.launch.env), ...secretsInArguments(source.launch.args)]
  const url = parseServerUrl(source.url)
  return [...secretsIn(source.headers, 4), ...(url ? secretsInUrl(url) : [])]
}

/** `file` is where the text stands, `shown` how it is named. Throws a Refusal for what is no client configuration. */
export const parseClientConfig = (
  text: string,
  file: string,
  shown: string,
  environment: NodeJS.ProcessEnv = process.env,
): ClientConfig => {
  const parsed = shape.safeParse(parseJsonc(text, shown))
  if (!parsed.success) {
    const { path, expected } = shapeFault(parsed.error)
    throw new Refusal(
      `${shown} is wrong at ${path || 'its top'}: expected ${expected}`,
      `correct ${path || 'it'} in ${shown}`,
    )
  }
  const { mcpServers, servers: plain, mcp } = parsed.data
  const found = mcpServers ?? plain ?? mcp?.servers
  if (!found)
    throw new Refusal(
      `${shown} has neither mcpServers nor servers`,
      'name the configuration of an MCP client, such as claude_desktop_config.json, .mcp.json or .vscode/mcp.json',
    )
  const servers: ClientServer[] = []
  const notes: string[] = []
  for (const [name, entry] of Object.entries(found)) {
    try {
      const source = sourceOf(entry, workspaceOf(file), `${shown} server "${name}"`, environment)
      servers.push({ name, source, secrets: secretsOfSource(source) })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      notes.push(`the server "${name}" of ${shown} was left out: ${error.message}`)
    }
  }
  return { servers, notes }
}

/** The servers of an MCP client: Claude Desktop, Claude Code, Cursor, VS Code and those that write the same. */
export const readClientConfig = (
  file: string,
  shown: string = file,
  environment: NodeJS.ProcessEnv = process.env,
): ClientConfig => {
  let text: string
  try {
    text = readTextFile(file, shown)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`the client configuration ${shown} cannot be read`, 'name an existing file that you may read')
  }
  const config = parseClientConfig(text, file, shown, environment)
  if (config.servers.length > 0) return config
  throw new Refusal(
    `${shown} has no server that could be audited${config.notes[0] ? `: ${config.notes[0]}` : ''}`,
    'enable or add a server, or set what it refers to',
  )
}
