import type { Resolver } from '../code/resolve.ts'
import { visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Bodies } from '../reached/bodies.ts'
import { nameOf, pathsOf } from './paths.ts'

export interface FileAccess {
  reads: string | null
  writes: string | null
}

const nothing: FileAccess = { reads: null, writes: null }
const maxDepth = 3
const reading =
  /^((promisified )?(fs|fs-extra|fs\/promises|graceful-fs):(promises\.)?(readFile(Sync)?|readJson(Sync)?)|.*Path\(\)\.read_(text|bytes))$/
const writing =
  /^((promisified )?(fs|fs-extra|fs\/promises|graceful-fs):(promises\.)?(writeFile(Sync)?|writeJson(Sync)?)|.*Path\(\)\.write_(text|bytes)|write-file-atomic:(default)?)$/
const moving =
  /^((promisified )?(fs|fs-extra|fs\/promises):(promises\.)?(rename(Sync)?|move)|os\.(replace|rename)|shutil\.move)$/
const opening = /^(builtins\.open|io\.open|aiofiles\.open)$/

/** The same text for the same file, as far as names tell; `parameter 0` for what a caller gives; null when unknown. */
const keyOf = (value: Value | undefined, module: Module, depth = 0): string | null => {
  if (!value || depth > maxDepth) return null
  if (value.is === 'text') return JSON.stringify(value.text)
  if (value.is === 'member') {
    const of = keyOf(value.of, module, depth)
    return of === null || of.startsWith('parameter') ? null : `${of}.${value.name}`
  }
  if (value.is === 'name') {
    if (/^(this|self)$/.test(value.name)) return 'itself'
    const [declared] = visibleAt(module, value.name, value.at)
    if (declared?.value.is === 'parameter') return `parameter ${declared.value.index}`
    if (
      declared?.value.is === 'call' &&
      module.functions.some(({ at, end }) => at <= declared.from && declared.to <= end + 1)
    )
      return keyOf(declared.value, module, depth + 1)
    return value.name
  }
  if (value.is === 'call') {
    const parts = value.arguments.map(each => keyOf(each, module, depth + 1))
    return parts.some(part => part === null || part.startsWith('parameter'))
      ? null
      : `${nameOf(value)}(${parts.join()})`
  }
  return null
}

/** Which file a call reads or writes, by way of functions of the repository as well. */
export const openFileAccess = (bodies: Bodies, resolver: Resolver) => {
  const given = (key: string | null, call: Call, of: FunctionValue, module: Module, skipped: number): string | null => {
    const [, index] = /^parameter (\d+)$/.exec(key ?? '') ?? []
    if (index === undefined) return key
    const isMethod = /^(self|cls)$/.test(of.parameters[0] ?? '')
    return keyOf(call.arguments[Number(index) + skipped - (isMethod ? 1 : 0)], module)
  }

  const known = new Map<FunctionValue, FileAccess>()
  const inside = (of: FunctionValue, module: Module): FileAccess => {
    const before = known.get(of)
    if (before) return before
    known.set(of, nothing)
    const found = bodies.of(module, of).calls.map(inner => access(inner, module, false))
    const made = {
      reads: found.find(({ reads }) => reads !== null)?.reads ?? null,
      writes: found.find(({ writes }) => writes !== null)?.writes ?? null,
    }
    known.set(of, made)
    return made
  }

  // a step further, what is read and what is written have hardly to do with each other
  const access = (call: Call, module: Module, isFirst = true): FileAccess => {
    const place = { module, frames: [] }
    const paths = pathsOf(call, place, resolver)
    const isAway = paths.some(path => /to_thread/.test(path))
    const own =
      isAway && call.arguments[0] ? resolver.things(call.arguments[0], place) : resolver.things(call.callee, place)
    const subject =
      call.callee.is === 'member' && /^(read|write)_(text|bytes)$/.test(call.callee.name)
        ? call.callee.of
        : call.arguments[0]
    if (paths.some(path => reading.test(path))) return { ...nothing, reads: keyOf(subject, module) }
    if (paths.some(path => writing.test(path))) return { ...nothing, writes: keyOf(subject, module) }
    if (paths.some(path => moving.test(path))) return { ...nothing, writes: keyOf(call.arguments[1], module) }
    if (paths.some(path => opening.test(path))) {
      const mode = call.arguments[1]
      const isWrite = mode?.is === 'text' && /[wx+]/.test(mode.text)
      const key = keyOf(call.arguments[0], module)
      return mode?.is === 'text' && mode.text.includes('a')
        ? nothing
        : isWrite
          ? { ...nothing, writes: key }
          : { ...nothing, reads: key }
    }
    if (!isFirst || own.length !== 1 || !own[0] || own[0].value.is !== 'function') return nothing
    const { value: of, module: at } = own[0]
    const { reads, writes } = inside(of, at)
    const through = (key: string | null): string | null => given(key, call, of, module, isAway ? 1 : 0)
    return { reads: through(reads), writes: through(writes) }
  }
  return (call: Call, module: Module): FileAccess => access(call, module)
}
