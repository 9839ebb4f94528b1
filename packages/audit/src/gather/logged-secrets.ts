import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { innermost, type Call, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'
import { openLogs } from './secrets/logs.ts'
import { openRedacting } from './secrets/redacting.ts'
import { secretOfError } from './secrets/request-errors.ts'
import { printing, secretsIn } from './secrets/shown.ts'

/** A credential, or the environment with all of them, that is given to a log. */
export interface LoggedSecret {
  /** `logger.info`, `console.error`, `print`. */
  log: string
  /** `process.env`, or the name of the credential. */
  what: string
  file: string
  line: number
  /** Something of the logger may take it out before it is written. */
  redacted: boolean
}

export interface LoggedSecrets {
  found: LoggedSecret[]
  /** Calls of a log that were looked at. */
  logged: number
  /** Source files of the server that were looked at. */
  files: number
}

const running = /^(query|execute|executemany|all|get|run|each|raw|fetch|fetchrow|fetchval|unsafe|request)$/
const statement = /(sql|statement|query|stmt)\d*$/i
/** Those of {@link running} that only a database has: `client.request(query, variables)` asks GraphQL. */
const database = /^(query|execute|executemany|fetchrow|fetchval)$/

/** The values that are bound to a statement in the same function: what people put into the database. */
const boundBy = (module: Module, resolver: Resolver): ((call: Call) => Set<string>) => {
  const bound = module.calls.flatMap(({ callee, arguments: given, at }) => {
    const [first, second] = given
    if (callee.is !== 'member' || !running.test(callee.name) || !first || second?.is !== 'name') return []
    const isNamed =
      database.test(callee.name) && (first.is === 'name' || first.is === 'member') && statement.test(first.name)
    const written = first.is === 'join' ? first.parts[0] : first
    const text = written ? resolver.text(written, { module, frames: [] }) : null
    const isSql = /^\s*(select|insert|update|delete|with)\b/i.test(text ?? '')
    return isNamed || isSql ? [{ name: second.name, of: innermost(module.functions, at) }] : []
  })
  return ({ at }) => {
    if (bound.length === 0) return new Set()
    const of = innermost(module.functions, at)
    return new Set(bound.flatMap(one => (of && one.of === of ? [one.name] : [])))
  }
}

/** Told where nobody asks for details. */
const quiet = /\.(debug|trace|verbose|dir|table)$/

const loggedIn = (
  module: Module,
  resolver: Resolver,
  logOf: ReturnType<typeof openLogs>,
  isRedacted: ReturnType<typeof openRedacting>,
): { found: LoggedSecret[]; logged: number } => {
  const place: Place = { module, frames: [] }
  const boundTo = boundBy(module, resolver)
  const logs = module.calls.flatMap(call => {
    const logging = logOf(call, module)
    return logging ? [{ call, ...logging }] : []
  })
  const found = logs.flatMap(({ call, log, given }) => {
    const telling = given.map(value => ({ value, secrets: secretsIn(value, place, resolver) }))
    const secrets = new Set(telling.flatMap(one => one.secrets))
    const isField = telling.every(one => one.value.is === 'record' || one.secrets.length === 0)
    const names = quiet.test(log) ? new Set<string>() : boundTo(call)
    const isShown = (value: Value): boolean =>
      (value.is === 'name' && names.has(value.name)) ||
      ((value.is === 'join' || value.is === 'list') &&
        (value.is === 'join' ? value.parts : value.items).some(isShown)) ||
      (value.is === 'call' &&
        printing.test(resolver.external(value.callee, place) ?? '') &&
        value.arguments.some(isShown))
    if (names.size > 0 && given.some(isShown)) secrets.add('what is bound to a statement (values of a caller)')
    const ofError = secretOfError(call, given, module, resolver)
    if (ofError !== null)
      secrets.add(`the exception or the options of a request, whole, with ${ofError} in its headers,`)
    const redacted = secrets.size > 0 && isRedacted(call, module, isField)
    return [...secrets].map(what => ({ log, what, file: module.path, line: call.line, redacted }))
  })
  return { found, logged: logs.length }
}

/** Credentials that the source writes to a log. */
export const loggedSecrets = gatherer<LoggedSecrets, { modules: typeof modules; project: typeof project }>({
  id: 'logged-secrets',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const logOf = openLogs(resolver)
    const isRedacted = openRedacting(own, resolver)
    const all = own.map(module => loggedIn(module, resolver, logOf, isRedacted))
    return {
      found: all.flatMap(({ found }) => found),
      logged: all.reduce((sum, { logged }) => sum + logged, 0),
      files: own.length,
    }
  },
})
