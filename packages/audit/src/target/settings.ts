import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { closest } from '../core/closest.ts'
import { profiles } from '../core/item.ts'
import { Refusal } from '../core/refusal.ts'
import type { Settings } from '../core/target.ts'
import { jsonPath, parseJson, readTextFile, shapeFault } from './json.ts'
import { secretsIn, type Secrets } from './secrets.ts'
import { isServerUrl } from './url.ts'
import { isHeaderValue } from './words.ts'

export const settingsFileName = 'airworthy.json'

const text = z.string().min(1, 'a text that is not empty')
const variables = z.record(
  z.string().regex(/^[^=\0]+$/, 'a name without ='),
  z.string().regex(/^[^\0]*$/, 'a text without the character 0'),
)
const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'a header name'),
  z.string().refine(isHeaderValue, 'one line of characters of Latin-1'),
)
const date = z.iso.date('a date such as 2026-08-31')
const amount = z.number().positive('a number above 0')
const path = z.string().startsWith('/', 'a path that starts with /')

const interpreter = z
  .string()
  .regex(/^(\d+(\.\d+){0,2}|[/\\].+|[A-Za-z]:.+)$/, 'a version such as 22, or the path of a program')

const declaredCall = z.strictObject({ tool: text, arguments: z.record(z.string(), z.unknown()) })

const schema = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  start: z
    .strictObject({
      command: text,
      args: z.array(z.string()).optional(),
      env: variables.optional(),
      cwd: text.optional().describe('Relative to the directory of this file, which is the default.'),
    })
    .optional()
    .describe('How the server is started. {port} in args and env becomes a free port.'),
  url: z
    .string()
    .refine(isServerUrl, 'an http or https URL, which may contain {port}')
    .optional()
    .describe('Where the started server is reached over HTTP; without it over stdio.'),
  headers: headers.optional().describe('Sent with each HTTP request. ${NAME} is read from the environment.'),
  env: variables
    .optional()
    .describe('Added to the environment of the server, over start.env. ${NAME} is read from the environment.'),
  profile: z.enum(profiles).optional(),
  samples: z
    .record(z.string(), z.array(z.record(z.string(), z.unknown())))
    .optional()
    .describe('Arguments to call a tool with, by tool name.'),
  allowTools: z
    .array(text)
    .optional()
    .describe('Tools that may be called although they change something; * allows all.'),
  forbidden: z
    .strictObject({ env: variables.optional(), calls: z.array(declaredCall) })
    .optional()
    .describe('Calls that the server has to refuse when it runs with this environment.'),
  localTools: z
    .array(text)
    .optional()
    .describe('Tools whose purpose it is to ask servers on the machine or network where this one runs.'),
  roots: z
    .array(text)
    .optional()
    .describe('Directories that the tools are confined to, relative to where the server is started.'),
  credentials: z
    .strictObject({
      valid: text.optional(),
      lesser: text.optional(),
      expired: text.optional(),
      foreignAudience: text.optional(),
    })
    .optional()
    .describe('What the probes of authentication and access use. ${NAME} is read from the environment.'),
  budgets: z
    .strictObject({
      startupMs: amount.optional(),
      p95Ms: amount.optional(),
      idleMb: amount.optional(),
      peakMb: amount.optional(),
      outboundMs: amount.optional(),
    })
    .optional(),
  paths: z.strictObject({ health: path.optional(), ready: path.optional(), metrics: path.optional() }).optional(),
  state: z
    .strictObject({
      env: variables.optional(),
      write: declaredCall.optional(),
      read: declaredCall.optional(),
      add: declaredCall.optional(),
      count: declaredCall.optional(),
      file: text.optional(),
    })
    .optional()
    .describe('Tools that keep something and tools that show it, for the proofs that nothing of it is lost.'),
  outbound: z
    .strictObject({
      env: variables.optional(),
      answers: z
        .array(
          z.strictObject({
            host: text,
            status: z.int().min(100).max(599).optional(),
            headers: headers.optional(),
            body: z.unknown().optional(),
          }),
        )
        .optional(),
      timeout: z.strictObject({ env: variables, ms: amount }).optional(),
    })
    .optional()
    .describe('What the server asks of others, for the proofs in which a proxy of the audit answers for them.'),
  sessions: z
    .strictObject({ env: variables.optional(), idleMs: amount })
    .optional()
    .describe('How soon a session that nobody uses is gone, in which environment.'),
  database: z
    .strictObject({ at: z.string().regex(/^.+:\d{1,5}$/, 'host:port'), env: variables, call: declaredCall })
    .optional()
    .describe('Its database, for proofs in which that goes away, comes back and hangs. {address} in env is a relay.'),
  tryInstallation: z
    .boolean()
    .optional()
    .describe('Run the start lines of the README in an empty directory; the package is downloaded for it.'),
  runtimes: z
    .union([
      z.literal('declared'),
      z.strictObject({ node: z.array(interpreter).optional(), python: z.array(interpreter).optional() }),
    ])
    .optional()
    .describe('Versions of its language to start the server under. They are fetched from the registry.'),
  configuration: z
    .strictObject({
      wrong: z
        .record(
          z.string().regex(/^(--[a-z][\w-]*|[A-Za-z_]\w*)$/, 'an environment variable or an --option'),
          z.string(),
        )
        .optional(),
      file: z
        .strictObject({
          path: z.string().startsWith('{scratch}/', 'a path that begins with {scratch}/'),
          env: variables,
          first: z.string(),
          second: z.string(),
          broken: z.string().optional(),
          over: variables.optional(),
          reload: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'watch']).optional(),
          shows: declaredCall,
        })
        .optional(),
    })
    .optional()
    .describe('What the server can be told, for the proofs of its configuration.'),
  debug: z
    .strictObject({ env: variables })
    .optional()
    .describe('What switches debug mode on: added to the environment of the server in the proofs of it alone.'),
  failures: z
    .strictObject({ env: variables.optional(), calls: z.tuple([declaredCall], declaredCall) })
    .optional()
    .describe('Calls that fail inside the server, for the proofs of what is logged and reported then.'),
  tracing: z
    .strictObject({ env: variables.optional() })
    .optional()
    .describe('It exports spans over OTLP. {endpoint} in env becomes the address of a receiver.'),
  errorTracking: z
    .strictObject({ env: variables.optional() })
    .optional()
    .describe('It reports errors to Sentry. {dsn} in env becomes the address of a receiver.'),
  attestations: z
    .array(
      z.strictObject({
        item: text,
        by: text,
        date,
        until: date,
        commit: text.optional(),
        evidence: text.optional(),
      }),
    )
    .optional()
    .describe('What was verified by people, until when.'),
  forgeFacts: text
    .optional()
    .describe('A file with answers of the GitHub REST API, relative to the directory of this file.'),
}) satisfies z.ZodType<Settings>

/** JSON Schema of airworthy.json, for editors and the documentation. */
export const settingsJsonSchema = (): unknown => z.toJSONSchema(schema, { io: 'input' })

/** Replaces `${NAME}` in the values; an unset name is refused with the place where it stands. */
const resolveReferences = <T extends object>(values: T, at: string[], file: string, known: NodeJS.ProcessEnv): T => {
  const resolve = (key: string, value: string): string =>
    value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
      const place = jsonPath([...at, key])
      const found = known[name]
      if (found !== undefined) return found
      const meant = name.length > 5 ? closest(name, Object.keys(known)) : null
      throw new Refusal(
        `${file} refers at ${place} to the environment variable ${name}, which is not set`,
        `${meant ? `did you mean ${meant}? ` : ''}set ${name}, or remove ${place} from ${file}`,
      )
    })
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(key, String(value))])) as T
}

interface Shape {
  properties?: Record<string, Shape>
  additionalProperties?: Shape | boolean
  items?: Shape | Shape[] | boolean
  prefixItems?: Shape[]
}

/** The keys that may stand at a place of the settings. */
const keysAt = (path: readonly PropertyKey[]): string[] => {
  const below = (shape: Shape | undefined, part: PropertyKey): Shape | undefined => {
    const { properties, additionalProperties, items, prefixItems } = shape ?? {}
    if (typeof part !== 'number')
      return properties?.[String(part)] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    return prefixItems?.[part] ?? (typeof items === 'object' && !Array.isArray(items) ? items : undefined)
  }
  const shape = path.reduce<Shape | undefined>(below, settingsJsonSchema() as Shape)
  return Object.keys(shape?.properties ?? {}).filter(key => key !== '$schema')
}

const refuseShape = (file: string, error: z.ZodError): Refusal => {
  const { path, expected, unknownKey } = shapeFault(error)
  const issue = error.issues[0]
  if (unknownKey !== undefined) {
    const known = keysAt(issue?.path ?? [])
    const meant = closest(unknownKey, known)
    const place = path === unknownKey ? 'the settings' : `what may stand there`
    return new Refusal(
      `${file} has the key ${path}, which is no setting`,
      meant
        ? `did you mean ${meant}?`
        : `remove it; ${place} ${path === unknownKey ? 'are' : 'is'} ${known.join(', ')}`,
    )
  }
  return new Refusal(
    `${file} is wrong at ${path || 'its top'}: expected ${expected}`,
    `correct ${path || 'it'} in ${file}; docs/settings.md has an example`,
  )
}

const kindOf = (place: string, named: string): 'directory' | 'other' => {
  try {
    return statSync(place, { throwIfNoEntry: false })?.isDirectory() ? 'directory' : 'other'
  } catch {
    throw new Refusal(`${named} cannot be read`, 'name a settings file that you may read, or leave the option out')
  }
}

/**
 * The settings in a file, or in the airworthy.json of a directory; `{}` when the directory has none. Throws a Refusal
 * for anything else than valid settings whose references are set; `named` is how it calls the file.
 */
export const readSettings = (
  place: string,
  environment: NodeJS.ProcessEnv = process.env,
  named: string = place,
): Settings => {
  const isDirectory = kindOf(place, named) === 'directory'
  const file = isDirectory ? join(place, settingsFileName) : place
  const shown = isDirectory ? settingsFileName : named
  if (!existsSync(file)) {
    if (isDirectory) return {}
    throw new Refusal(`there is no settings file ${named}`, 'name an existing file, or leave the option out')
  }
  const parsed = schema.safeParse(parseJson(readTextFile(file, shown, { noLinks: isDirectory }), shown))
  if (!parsed.success) throw refuseShape(shown, parsed.error)
  const { $schema: _, ...settings } = parsed.data
  const resolved = <T extends object>(value: T, at: string[]): T => resolveReferences(value, at, shown, environment)
  const { start, env, headers, credentials, outbound } = settings
  return {
    ...settings,
    ...(start ? { start: { ...start, ...(start.env ? { env: resolved(start.env, ['start', 'env']) } : {}) } } : {}),
    ...(env ? { env: resolved(env, ['env']) } : {}),
    ...(headers ? { headers: resolved(headers, ['headers']) } : {}),
    ...(credentials ? { credentials: resolved(credentials, ['credentials']) } : {}),
    ...(outbound?.env ? { outbound: { ...outbound, env: resolved(outbound.env, ['outbound', 'env']) } } : {}),
  }
}

/**
 * The settings in a file or directory that the user named, where they have to be.
 * @throws Refusal also when there are none.
 */
export const namedSettings = (place: string, named: string): Settings => {
  const isDirectory = kindOf(place, named) === 'directory'
  if (isDirectory && !existsSync(join(place, settingsFileName)))
    throw new Refusal(`there is no ${settingsFileName} in ${named}`, 'name the settings file itself')
  return readSettings(place, process.env, named)
}

/** The values of environment, headers and credentials, each with the name to print in its place. */
export const secretsOf = ({ start, env, headers, credentials, outbound }: Settings): Secrets => [
  ...secretsIn(start?.env),
  ...secretsIn(env),
  ...secretsIn(outbound?.env),
  ...secretsIn(headers, 4),
  ...secretsIn(
    Object.fromEntries(Object.entries(credentials ?? {}).map(([name, value]) => [`credential ${name}`, value])),
  ),
]
