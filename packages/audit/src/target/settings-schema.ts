import { z } from 'zod'
import { profiles } from '../core/item.ts'
import type { Settings } from '../core/target.ts'
import { isServerUrl } from './url.ts'
import { isHeaderValue } from './words.ts'

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

/** The shape of airworthy.json. */
export const schema = z.strictObject({
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
    .strictObject({
      at: z.string().regex(/^.+:\d{1,5}$/, 'host:port'),
      env: variables,
      call: declaredCall,
      needed: z.boolean().optional(),
    })
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
