import type { Resolver } from './code/resolve.ts'
import { someIn } from './code/parts.ts'
import type { Call, Module } from './code/values.ts'
import type { Bodies } from './reached/bodies.ts'

const sinks =
  /^global:(globalThis\.)?(console\.(log|trace|debug|info|warn|error)|process\.(stderr|stdout)\.write)$|^builtins\.print$|^logging\.(\w+\(\)\.)*(debug|info|warning|warn|error|critical|exception|log)$|^sys\.(stderr|stdout)\.write$|^loguru\.logger\.([\w.]+\(\)\.)*\w+$|^structlog\.[\w.()]+$|^(pino|winston|bunyan|loglevel|consola|log4js|tslog|signale|debug)[:.].*$|^traceback\.print_|^warnings\.warn$|(^|[.:])(captureException|capture_exception|recordException|record_exception)$/
const methods =
  /^(log|trace|debug|verbose|info|notice|warn|warning|error|fatal|critical|exception|sendLoggingMessage|send_log_message)$/
const owners = /log(ger|s)?$|^(ctx|context|console|sentry|tracer|span|telemetry|server|mcp|extra)$/i
const named = /^_?(log|report|capture|track|record)([A-Z_]|$)/i
const maxDepth = 3

/** Tells whether a call writes to a log, by itself or through functions of the repository. */
export const openLogs = (resolver: Resolver, bodies: Bodies) => {
  const known = new Map<Call, boolean>()

  const decide = (call: Call, module: Module, depth: number): boolean => {
    const { callee } = call
    const place = { module, frames: [] }
    const path = resolver.external(callee, place)
    if (path !== null && sinks.test(path)) return true
    if (callee.is === 'member' && /^(sendLoggingMessage|send_log_message)$/.test(callee.name)) return true
    if (callee.is === 'member' && methods.test(callee.name)) {
      const owner = callee.of.is === 'name' || callee.of.is === 'member' ? callee.of.name : ''
      if (owners.test(owner) || (callee.of.is === 'call' && isNamedLog(callee.of))) return true
    }
    if ((callee.is === 'name' || callee.is === 'member') && named.test(callee.name)) return true
    if (depth >= maxDepth) return false
    return resolver
      .things(callee, place)
      .some(
        ({ value, module: other }) =>
          value.is === 'function' && bodies.of(other, value).calls.some(inner => isLog(inner, other, depth + 1)),
      )
  }

  const isLog = (call: Call, module: Module, depth = 0): boolean => {
    const before = known.get(call)
    if (before !== undefined) return before
    if (depth === 0) known.set(call, false)
    const found = decide(call, module, depth)
    if (depth === 0 || found) known.set(call, found)
    return found
  }
  return isLog
}

/** `getLogger().error(...)`. */
const isNamedLog = ({ callee }: Call): boolean =>
  (callee.is === 'name' || callee.is === 'member') && /log(ger)?$/i.test(callee.name)

/** What is logged besides fixed words: `logger.exception` says the cause by itself. */
export const tellsCause = ({ callee, arguments: given, named: fields }: Call): boolean =>
  (callee.is === 'member' && /^(exception|print_exc|opt)$/.test(callee.name)) ||
  fields.length > 0 ||
  given.some(value => someIn(value, part => /^(name|member|call|parameter|unknown)$/.test(part.is)))
