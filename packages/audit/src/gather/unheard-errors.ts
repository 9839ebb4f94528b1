import { someIn } from './code/parts.ts'
import { isWithin, nameOf, visibleAt, type Call, type Module, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

/** What throws out of nowhere when it fails and nobody listens: an `error` event without a listener ends the process. */
const emitters: [path: RegExp, fails: string][] = [
  [/^(child_process|cross-spawn):(spawn)?$/, 'the program is not there'],
  [/^https?:(request|get)$/, 'the connection is refused'],
  [/^(net|tls):(connect|createConnection)$/, 'the connection is refused'],
  [/^ws:(default|WebSocket)?$/, 'the connection is refused'],
  [/^(redis|@redis\/client):createClient$/, 'the connection is lost'],
  [/^fs:create(Read|Write)Stream$/, 'the file cannot be opened'],
  [/^pg:(default\.)?Pool$/, 'the database ends an idle connection'],
]
const made =
  /^(spawn|request|get|connect|createConnection|WebSocket|createClient|Pool|create(Read|Write)Stream|\w*[sS]pawn)$/

export interface UnheardError {
  what: string
  fails: string
  line: number
}

const isListening = ({ callee, arguments: [event] }: Call): boolean =>
  callee.is === 'member' &&
  /^(on|once|addListener|prependListener|addEventListener)$/.test(callee.name) &&
  // a name that is not known may be any
  (event?.is !== 'text' || event.text === 'error')

/** The name by which it is kept: a variable or a field. */
const keptAs = (call: Call, { declarations, writes, classes }: Module): { name: string; at: number } | null => {
  const declared = declarations.find(({ value }) => value === call)
  if (declared) return { name: declared.name, at: declared.at }
  const written = writes.find(({ value }) => value === call)?.target
  if (written) return nameOf(written) === '' ? null : { name: nameOf(written), at: -1 }
  const member = classes.flatMap(({ members }) => members).find(({ value }) => value === call)
  return member ? { name: member.name, at: -1 } : null
}

/** It goes where somebody else may listen to it: an argument, a record, a result, `x.onerror =`. */
const isHanded = (call: Call, { name, at }: { name: string; at: number }, module: Module): boolean => {
  const isIt = (value: Value): boolean =>
    at < 0
      ? nameOf(value) === name
      : value.is === 'name' &&
        value.name === name &&
        visibleAt(module, name, value.at).some(declared => declared.at === at)
  const hands = (value: Value): boolean =>
    isIt(value) ||
    (value.is === 'record' && value.fields.some(([, field]) => hands(field))) ||
    (value.is === 'list' && value.items.some(hands)) ||
    (value.is === 'spread' && hands(value.of)) ||
    (value.is === 'either' && (hands(value.first) || hands(value.second))) ||
    (value.is === 'choice' && value.options.some(hands))
  // `() => (opened ??= new Pool(…))`
  const gives = (value: Value): boolean => hands(value) || someIn(value, part => part === call)
  return (
    module.calls.some(({ arguments: given }) => given.some(hands)) ||
    // `for await (const part of stream)` throws what it meets
    module.loops.some(({ of }) => hands(of)) ||
    module.returns.some(({ value }) => gives(value)) ||
    module.functions.some(({ returns }) => returns.some(gives)) ||
    module.declarations.some(({ value }) => hands(value)) ||
    module.writes.some(({ target, value }) => hands(value) || (nameOf(target) === 'onerror' && someIn(target, isIt))) ||
    module.exports.some(({ value, name: exported }) => exported === name || hands(value))
  )
}

/** Emitters that the server makes and whose errors nobody hears. */
export const unheardErrors = (module: Module, { graph, bodies, resolver }: Reach): UnheardError[] => {
  const place = { module, frames: [] }
  return module.calls.flatMap((call): UnheardError[] => {
    if (!made.test(nameOf(call.callee))) return []
    const owner = bodies.around(module, call.at)
    if (owner && !graph.functions.has(owner)) return []
    const path = resolver.external(call.callee, place)
    const found = path === null ? undefined : emitters.find(([wanted]) => wanted.test(path))
    if (!found || !path) return []
    const [program] = call.arguments
    const isSure =
      program !== undefined && /^(global:process\.|process:)execPath$/.test(resolver.external(program, place) ?? '')
    if (/spawn/.test(path) && (isSure || (program && resolver.text(program, place) === 'node'))) return []
    const kept = keptAs(call, module)
    const isIt = (value: Value): boolean => value === call || (kept !== null && nameOf(value) === kept.name)
    const isHeard = module.calls.some(one => isListening(one) && someIn(one.callee, isIt))
    // within another expression it is handed on
    const isAlone =
      call.dropped === true ||
      module.calls.some(
        one =>
          one.callee.is === 'member' &&
          one.dropped &&
          isWithin(call.at, one) &&
          someIn(one.callee, part => part === call),
      )
    if (isHeard || (kept ? isHanded(call, kept, module) : !isAlone)) return []
    return [{ what: path.replace(/:$/, '').replace(':', '.'), fails: found[1], line: call.line }]
  })
}
