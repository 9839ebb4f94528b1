import { handedOver } from '../calls/handed.ts'
import type { Resolver } from '../code/resolve.ts'
import type { Call, FunctionValue, Module, Value } from '../code/values.ts'
import type { Bodies } from '../reached/bodies.ts'
import { keyAtCall, keyOf } from './file-keys.ts'
import { pathsOf } from './paths.ts'

export interface FileAccess {
  reads: string | null
  writes: string | null
  /** The file that becomes the one that is written, and how it is named there. */
  moves: { key: string | null; value: Value } | null
  /** JSON, YAML and the like are taken apart, or put together. */
  parses: boolean
  serialises: boolean
  /** It reads itself what it writes then: what somebody read before does not matter. */
  anew?: true
}

const nothing: FileAccess = { reads: null, writes: null, moves: null, parses: false, serialises: false }
const reading =
  /^((promisified )?(fs|fs-extra|fs\/promises|graceful-fs):(promises\.)?(readFile(Sync)?|readJson(Sync)?)|.*Path\(\)\.read_(text|bytes))$/
const writing =
  /^((promisified )?(fs|fs-extra|fs\/promises|graceful-fs):(promises\.)?(writeFile(Sync)?|writeJson(Sync)?)|.*Path\(\)\.write_(text|bytes)|write-file-atomic:(default)?)$/
const moving =
  /^((promisified )?(fs|fs-extra|fs\/promises):(promises\.)?(rename(Sync)?|move)|os\.(replace|rename)|shutil\.move)$/
const movingItself = /Path\(\)\.(replace|rename)$/
const opening = /^(builtins\.open|io\.open|aiofiles\.open)$/
const parsing =
  /^(global:JSON\.parse|(json|orjson|ujson|yaml|tomllib|tomli|toml)\.(safe_|full_)?loads?|(js-)?yaml:(default\.)?(load|parse)|fs-extra:(default\.)?readJson(Sync)?)$/
const serialising =
  /^(global:JSON\.stringify|(json|orjson|ujson|yaml|tomli_w|toml)\.(safe_)?dumps?|(js-)?yaml:(default\.)?(dump|stringify)|fs-extra:(default\.)?writeJson(Sync)?)$/

/** Which file a call reads or writes, by way of functions of the repository as well. */
export const openFileAccess = (bodies: Bodies, resolver: Resolver) => {
  /** What is handed to a helper inside, such as one that holds a lock, runs with it. */
  const allCalls = (of: FunctionValue, module: Module): Call[] => {
    const { calls, functions } = bodies.of(module, of)
    return [...calls, ...functions.flatMap(inner => allCalls(inner, module))].toSorted((a, b) => a.end - b.end)
  }

  const known = new Map<FunctionValue, FileAccess>()
  const inside = (of: FunctionValue, module: Module): FileAccess => {
    const before = known.get(of)
    if (before) return before
    known.set(of, nothing)
    const found = allCalls(of, module).map(inner => access(inner, of, module, false))
    const written = found.filter(({ writes }) => writes !== null)
    const write = written.find(({ moves }) => moves !== null) ?? written[0]
    const first = found.findIndex(({ reads }) => reads !== null && reads === write?.writes)
    const made: FileAccess = {
      reads: found.find(({ reads }) => reads !== null)?.reads ?? null,
      writes: write?.writes ?? null,
      moves: null,
      parses: found.some(({ parses }) => parses),
      serialises: found.some(({ serialises }) => serialises),
      ...(write && first >= 0 && first < found.indexOf(write) ? { anew: true } : {}),
    }
    known.set(of, made)
    return made
  }

  // a step further, what is read and what is written have hardly to do with each other
  const access = (call: Call, owner: FunctionValue | null, module: Module, isFirst: boolean): FileAccess => {
    const place = { module, frames: [] }
    const paths = pathsOf(call, place, resolver)
    const key = (value: Value | undefined): string | null => keyOf(value, owner, module)
    const is = (pattern: RegExp): boolean => paths.some(path => pattern.test(path))
    const [first, second] = call.arguments
    const itself = call.callee.is === 'member' ? call.callee.of : undefined
    const plain = { ...nothing, parses: is(parsing), serialises: is(serialising) }
    const subject = is(/_(text|bytes)$/) ? itself : first
    if (is(reading)) return { ...plain, reads: key(subject) }
    if (is(writing)) return { ...plain, writes: key(subject) }
    const [from, to] = is(moving) ? [first, second] : is(movingItself) ? [itself, first] : []
    if (from && to) return { ...plain, writes: key(to), moves: { key: key(from), value: from } }
    if (is(opening)) {
      const isWrite = second?.is === 'text' && /[wx+]/.test(second.text)
      if (second?.is === 'text' && second.text.includes('a')) return nothing
      return isWrite ? { ...nothing, writes: key(first) } : { ...nothing, reads: key(first) }
    }
    const handed = handedOver(call) ?? call
    const own = isFirst ? resolver.things(handed.callee, place) : []
    if (own.length !== 1 || !own[0] || own[0].value.is !== 'function') return plain
    const { value: of, module: at } = own[0]
    const found = inside(of, at)
    const through = (name: string | null): string | null => keyAtCall(name, handed, of, at, owner, module)
    return { ...found, reads: through(found.reads), writes: through(found.writes) }
  }
  return (call: Call, of: FunctionValue, module: Module): FileAccess => access(call, of, module, true)
}
