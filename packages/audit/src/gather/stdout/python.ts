import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'
import { inheritedByPython } from './programs.ts'

/** What stands for stdout: `sys.stdout`, or its name in the settings of `logging`. */
const isStdout = (value: Value | undefined, place: Place, resolver: Resolver): boolean =>
  value !== undefined && /^sys\.(__)?stdout(__)?(\.buffer)?$/.test(resolver.external(value, place) ?? '')

const isMade = (call: Call, ...names: string[]): boolean =>
  names.some(name => fieldOf(call.named, name)) || call.named.some(([key]) => key === '...')

/** `console.print()` of rich, where the console was made for stdout. */
const ofRich = (call: Call, path: string, place: Place, resolver: Resolver): string | null => {
  if (/^rich\.(print|print_json|inspect)$/.test(path)) return 'rich print()'
  if (/^rich\.console\.Console\(\)\.(print|log|rule|print_json)$/.test(path)) {
    const maker = call.callee.is === 'member' ? resolver.things(call.callee.of, place)[0]?.value : undefined
    return maker?.is === 'call' && isMade(maker, 'stderr', 'file') ? null : 'rich print()'
  }
  if (path === 'rich.logging.RichHandler')
    return isMade(call, 'console') || call.arguments.length > 1 ? null : 'a log handler of rich without a console'
  if (/^rich\.progress\.(Progress|track)$/.test(path))
    return isMade(call, 'console') ? null : 'a progress bar of rich without a console'
  return null
}

/** The settings of a log that name stdout, or whose default it is. */
const ofLogs = (call: Call, path: string, place: Place, resolver: Resolver): string | null => {
  const named = (key: string): Value | undefined => fieldOf(call.named, key)
  const isOut = (value: Value | undefined): boolean => isStdout(value, place, resolver)
  if (path === 'logging.StreamHandler' && isOut(call.arguments[0] ?? named('stream'))) return 'a log handler on stdout'
  if (path === 'logging.basicConfig' && isOut(named('stream'))) return 'logging.basicConfig(stream=sys.stdout)'
  if (path === 'loguru.logger.add' && isOut(call.arguments[0] ?? named('sink'))) return 'loguru on stdout'
  if (path === 'logging.config.dictConfig' && call.arguments[0]) {
    const isNamed = (value: Value): boolean =>
      someIn(value, part => (part.is === 'text' && part.text === 'ext://sys.stdout') || isOut(part))
    const found = resolver.things(call.arguments[0], place).some(({ value }) => value.is === 'record' && isNamed(value))
    return found ? 'a log handler on stdout' : null
  }
  if (/^structlog\.(_\w+\.)?(PrintLoggerFactory|WriteLoggerFactory|BytesLoggerFactory)$/.test(path)) {
    const file = call.arguments[0] ?? named('file')
    return !file || isOut(file) ? `${path.split('.').at(-1)}() of structlog, which writes to stdout` : null
  }
  if (path === 'structlog.configure')
    return isMade(call, 'logger_factory') || call.arguments.length > 0 ? null : 'structlog without a logger_factory'
  return null
}

/** What a call of Python writes to stdout with. */
export const ofPython = (call: Call, place: Place, resolver: Resolver): string | null => {
  const path = resolver.external(call.callee, place) ?? ''
  const named = (key: string): Value | undefined => fieldOf(call.named, key)
  const isOut = (value: Value | undefined): boolean => isStdout(value, place, resolver)
  if (path === 'builtins.print') {
    const file = named('file')
    return !file || isOut(file) ? 'print()' : null
  }
  if (/^sys\.stdout\.(write|writelines)$/.test(path)) return 'sys.stdout.write()'
  if (path === 'pprint.pprint') return named('stream') ? null : 'pprint()'
  if (/^(click|typer)\.s?echo$/.test(path)) return named('err') || named('file') ? null : `${path}()`
  if (/^tqdm\.(\w+\.)?t(qdm|range)$/.test(path)) return isOut(named('file')) ? 'tqdm on stdout' : null
  return (
    ofRich(call, path, place, resolver) ??
    ofLogs(call, path, place, resolver) ??
    inheritedByPython(call, path, place, resolver)
  )
}
