import { posix } from 'node:path'
import type { Place, Resolver, Thing } from '../../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../../code/values.ts'
import type { Datum } from '../data.ts'
import type { Machine } from '../machine.ts'
import type { Script } from '../scripts.ts'
import { textOf } from '../texts.ts'
import { arrivals, lines, nameOf, several, type Arrival, type Rule } from './arrival.ts'
import { interpreting } from './scripts.ts'

type Reads = 'shell' | 'SQL' | 'lines' | Script

/** Programs that run what is written to them, where none of their arguments is anything but one of these options. */
const readers: [program: RegExp, reads: Reads, option: RegExp][] = [
  [/^(ba|z|k|da|a|fi)?sh$/, 'shell', /^(-[ilsx]*|--(login|noprofile|norc|posix))$/],
  [/^cmd$/, 'shell', /^\/[kqdau]$/i],
  [/^(powershell|pwsh)$/, 'PowerShell', /^-(|No(Profile|Exit|Logo)|NonInteractive|Command|ExecutionPolicy)$|^Bypass$/i],
  [/^(python|pypy)[\d.]*w?$/, 'Python', /^-[iquIEs]*$/],
  [/^node$/, 'JavaScript', /^(-i?|--interactive)$/],
  [/^(psql|mysql|mariadb|sqlite3|duckdb)$/, 'SQL', /^(?!(-c|-f|-e|--command\b.*|--file\b.*|--execute\b.*)$)/],
  [/^(redis-cli|gdb|lldb|telnet|s?ftp)$/, 'lines', /^/],
]
const wrapping = /^(sudo|env|nice|nohup|timeout|stdbuf|docker|podman|kubectl|oc|wsl)$/
/** What makes a program ask for one command after another. */
const asking = /^(repl|console|shell|interactive|--repl|--interactive)$/

const programIn = (word: string): string => posix.basename(word.replaceAll('\\', '/')).replace(/\.exe$/i, '')

const readsOf = (words: (string | null)[]): Reads | null => {
  const isWrapped = wrapping.test(programIn(words[0] ?? ''))
  for (const [index, word] of (isWrapped ? words : words.slice(0, 1)).entries()) {
    const found = readers.find(([program]) => program.test(programIn(word ?? '')))
    const rest = words.slice(index + 1)
    if (found) return rest.every(each => each !== null && found[2].test(each)) ? found[1] : null
  }
  return words.slice(1).some(word => asking.test(word ?? '')) ? 'lines' : null
}

const wordOf = (item: Thing | null): string | null => {
  if (item?.value.is === 'external') return interpreting.get(item.value.path) ?? null
  return item?.value.is === 'text' ? item.value.text : null
}

/** The program and the words that a call starts it with. */
const wordsOf = (call: Call, place: Place, path: string, resolver: Resolver): (string | null)[] => {
  const text = (value: Value | undefined): string | null =>
    value ? (resolver.text(value, place) ?? interpreting.get(resolver.external(value, place) ?? '') ?? null) : null
  const listed = (value: Value | undefined): (string | null)[] =>
    value ? resolver.items(value, place).map(wordOf) : []
  const line = (value: Value | undefined): (string | null)[] => text(value)?.trim().split(/\s+/) ?? [null]
  const [first, second] = call.arguments
  if (path.endsWith('_exec')) return call.arguments.map(text)
  if (/exec(Sync)?$|_shell$/.test(path)) return line(first)
  if (path.startsWith('subprocess.')) {
    const given = first ?? fieldOf(call.named, 'args')
    return text(given) === null ? listed(given) : line(given)
  }
  return [text(first), ...(second?.is === 'record' ? [] : listed(second))]
}

const starting =
  /^child_process:(spawn|exec|execFile)(Sync)?$|^execa:(execa|execaSync|default)$|^subprocess\.(Popen|run|check_call|check_output)$|^asyncio\.(subprocess\.)?create_subprocess_(exec|shell)$/

/** What the program reads that a value stands for: `child`, `this.process`. */
const startedAs = (value: Value, place: Place, resolver: Resolver): Reads[] =>
  resolver.things(value, place).flatMap(thing => {
    if (thing.value.is !== 'call') return []
    const path = resolver.external(thing.value.callee, thing) ?? ''
    const reads = starting.test(path) ? readsOf(wordsOf(thing.value, thing, path, resolver)) : null
    return reads ? [reads] : []
  })

/** A line of fixed words and options: what comes after its end is another command. */
const isCommandLine = (datum: Datum, machine: Machine): boolean => {
  const [line = ''] = textOf(datum, false, machine)?.split('\n') ?? []
  return /^\w[\w:.-]*(\s.*)?\s--?[a-z][\w-]*[ =]/i.test(line) && !/['"`]/.test(line)
}

/** JSON has no end of a line in it. */
const isJson = ([datum]: Datum[]): boolean =>
  datum?.is === 'some' && /^(JSON\.stringify|json\.dumps)\(\)$/.test(datum.why ?? '')

const arriving = (reads: Reads, found: Arrival[], machine: Machine): Arrival[] =>
  found.flatMap(({ data }): Arrival[] => {
    if (reads === 'shell') return [{ kind: 'shell', data, program: null }]
    if (reads === 'SQL') return [{ kind: 'sql', data, program: several }]
    if (reads !== 'lines') return [{ kind: 'code', data, program: reads }]
    if (isJson(data)) return []
    const isSure = data.every(datum => isCommandLine(datum, machine))
    return [
      { kind: 'shell', data, program: lines, ...(isSure ? {} : { guard: 'what the program takes for a command' }) },
    ]
  })

/** `child.stdin.write(text)`, `process.communicate(input=text)`: the object that stands for the program. */
const processOf = ({ callee }: Call): Value | null => {
  if (callee.is !== 'member') return null
  if (callee.name === 'communicate') return callee.of
  return callee.of.is === 'member' && callee.of.name === 'stdin' ? callee.of.of : null
}

/** Whether what is called writes to a program that runs what it reads. */
export const isReader = (call: Call, module: Module, resolver: Resolver): boolean => {
  const process = /^(write|end|writelines|communicate)$/.test(nameOf(call.callee)) ? processOf(call) : null
  return process !== null && startedAs(process, { module, frames: [] }, resolver).length > 0
}

/** A text that is written to a program which runs what it reads. */
export const written: Rule = {
  path: /\.stdin\.(write|end|writelines)$|\.communicate$/,
  method: /^(write|end|writelines|communicate)$/,
  isCandidate: isReader,
  look: (call, frame, machine) => {
    const process = processOf(call)
    const all = process ? startedAs(process, { module: frame.module, frames: [] }, machine.resolver) : []
    const given = nameOf(call.callee) === 'communicate' ? fieldOf(call.named, 'input') : undefined
    return [...new Set(all)].flatMap(reads =>
      arriving(reads, arrivals('shell', given ?? call.arguments[0], frame, machine), machine),
    )
  },
}

const inputIn = (call: Call): Value | undefined =>
  fieldOf(call.named, 'input') ??
  call.arguments.flatMap(one => (one.is === 'record' ? (fieldOf(one.fields, 'input') ?? []) : []))[0]

/** `run(['bash'], input=text)`, `spawnSync('bash', { input })`. */
export const handed: Rule = {
  path: /^child_process:(spawn|exec|execFile)Sync$|^execa:(execa|execaSync|default)$|^subprocess\.(run|check_call|check_output)$/,
  isCandidate: call => inputIn(call) !== undefined,
  look: (call, frame, machine, path) => {
    const place = { module: frame.module, frames: [] }
    const reads = readsOf(wordsOf(call, place, path, machine.resolver))
    return reads ? arriving(reads, arrivals('shell', inputIn(call), frame, machine), machine) : []
  },
}
