import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import {
  fieldOf,
  innermost,
  isWithin,
  nameOf,
  type Call,
  type ClassValue,
  type Module,
  type Value,
} from './code/values.ts'

/** A place in the code at which log lines go to a file. */
export interface LogFile {
  file: string
  line: number
  what: string
  /** The file, where its name is written out. */
  path: string | null
  /** Null when it cannot be told. */
  rotates: boolean | null
}

export interface LogFiles {
  sinks: LogFile[]
  /** Number of source files that were looked at. */
  read: number
  /** Patterns of files that a configuration of logrotate takes care of. */
  rotated: { path: string; line: number; patterns: string[]; bounded: boolean }[]
}

type Rotation = 'never' | 'always' | { when: string[] }

interface Sink {
  called: RegExp
  /** Where the name of the file stands: an argument, or a field of the options. */
  path: (call: Call) => Value | undefined
  /** It writes to a file only when it is given one. */
  needsPath?: true
  rotation: Rotation
}

const option =
  (name: string) =>
  (call: Call): Value | undefined => {
    const record = call.arguments.find(argument => argument.is === 'record')
    return (
      call.named.find(([key]) => key === name)?.[1] ??
      (record?.is === 'record' ? fieldOf(record.fields, name) : undefined)
    )
  }
const first = (call: Call): Value | undefined =>
  call.arguments[0] ?? call.named.find(([key]) => key === 'filename')?.[1]

const sinks: Sink[] = [
  { called: /^logging\.(handlers\.)?(FileHandler|WatchedFileHandler)$/, path: first, rotation: 'never' },
  { called: /^logging\.handlers\.RotatingFileHandler$/, path: first, rotation: { when: ['maxBytes', '2'] } },
  { called: /^logging\.handlers\.TimedRotatingFileHandler$/, path: first, rotation: 'always' },
  { called: /^logging\.basicConfig$/, path: option('filename'), needsPath: true, rotation: 'never' },
  { called: /^loguru\.logger\.add$/, path: first, needsPath: true, rotation: { when: ['rotation'] } },
  { called: /^winston:\.?transports\.File$/, path: option('filename'), rotation: { when: ['maxsize'] } },
  { called: /^winston-daily-rotate-file:/, path: option('filename'), rotation: 'always' },
  { called: /^rotating-file-stream:\.?createStream$/, path: first, rotation: 'always' },
  {
    called: /^pino:(pino)?\.?destination$/,
    path: call => option('dest')(call) ?? first(call),
    needsPath: true,
    rotation: 'never',
  },
  {
    called: /^fs(\/promises)?:\.?(createWriteStream|appendFile|appendFileSync)$/,
    path: first,
    needsPath: true,
    rotation: 'never',
  },
  { called: /^builtins\.open$/, path: first, needsPath: true, rotation: 'never' },
]

/** Classes of which others are made. */
const derivable = /^(logging\.|winston)/

const isLogName = (text: string): boolean => /\.log(\.\w+)?$|(^|\/)logs?\//i.test(text)
/** Plain ways to write a file are about logs only when the file is called so. */
const plain = /^(fs|builtins)/

const valueOf = (call: Call, name: string): Value | undefined =>
  /^\d$/.test(name) ? call.arguments[Number(name)] : option(name)(call)

const isSet = (value: Value | undefined): boolean =>
  value !== undefined && !(value.is === 'constant' || (value.is === 'number' && value.number === 0))

const rotatesOf = ({ rotation }: Sink, call: Call): boolean | null => {
  if (rotation === 'always') return true
  if (rotation === 'never') return false
  const isOpen = ({ is }: Value): boolean => is === 'spread' || is === 'unknown' || is === 'parameter'
  if (call.named.some(([key]) => key === '...') || call.arguments.some(isOpen)) return null
  return rotation.when.some(name => isSet(valueOf(call, name)))
}

const shown = (called: string): string => called.replace(/^builtins\./, '').replaceAll(/:\.?/g, '.')

/** `super(options)`, `super().__init__(path, maxBytes=…)`: what a class of the source gives to what it is made of. */
const handedUp = (own: ClassValue, { calls }: Module): Call | undefined => {
  const made = own.members.find(({ name }) => /^(constructor|__init__)$/.test(name))?.value
  return made?.is !== 'function'
    ? undefined
    : calls.find(
        ({ callee, at }) =>
          isWithin(at, made) && (callee.is === 'unknown' || (callee.is === 'member' && callee.name === '__init__')),
      )
}

/** `class Quiet extends winston.transports.File`, `class Quiet(RotatingFileHandler)`. */
const ofOwnClass = (call: Call, place: Place, resolver: Resolver): LogFile[] =>
  resolver.things(call.callee, place).flatMap((thing): LogFile[] => {
    const own = thing.value
    if (own.is !== 'class') return []
    const called = own.bases.flatMap(base => resolver.external(base, thing) ?? []).find(path => derivable.test(path))
    const sink = called === undefined ? undefined : sinks.find(each => each.called.test(called))
    if (!sink || called === undefined) return []
    const up = handedUp(own, thing.module)
    const given = [call, ...(up ? [up] : [])]
    const written = given.map(sink.path).find(value => value !== undefined)
    const rotations = new Set(given.map(each => rotatesOf(sink, each)))
    // what its constructor hands on, and what its own methods do, was not followed
    const isOpen =
      (typeof sink.rotation === 'object' &&
        up?.arguments.some(({ is }) => is !== 'text' && is !== 'record') === true) ||
      own.members.some(({ name }) => /roll|rotat/i.test(name))
    const rotates = rotations.has(true) ? true : isOpen || rotations.has(null) ? null : false
    const what = `${own.name || 'a class'} (${shown(called)})`
    return [
      { file: place.module.path, line: call.line, what, path: written ? resolver.text(written, place) : null, rotates },
    ]
  })

const sinkOf = (call: Call, place: Place, resolver: Resolver): LogFile[] => {
  const called = resolver.external(call.callee, place)
  if (called === null) return ofOwnClass(call, place, resolver)
  const sink = sinks.find(each => each.called.test(called))
  if (!sink) return []
  const written = sink.path(call)
  const path = written ? resolver.text(written, place) : null
  const isStream =
    written?.is === 'member' || written?.is === 'number' || (path !== null && /^(1|2|\/dev\/std(out|err))$/.test(path))
  if (sink.needsPath && (!written || isStream || written.is === 'constant')) return []
  // a name that a setting gives may be that of a stream
  if (sink.needsPath && path === null && written?.is !== 'join' && !/basicConfig|destination/.test(called)) return []
  if (plain.test(called) && (path === null || !isLogName(path))) return []
  return [{ file: place.module.path, line: call.line, what: shown(called), path, rotates: rotatesOf(sink, call) }]
}

/** Transports of pino and handlers of dictConfig are named by text. */
const named = (given: Value, place: Place, resolver: Resolver, depth = 0): LogFile[] => {
  if (depth > 8) return []
  if (given.is !== 'list' && given.is !== 'record') {
    if (!/^(name|member|choice|either|import|spread)$/.test(given.is)) return []
    return resolver
      .things(given.is === 'spread' ? given.of : given, place)
      .flatMap(({ value, module, frames }) =>
        value.is === 'record' || value.is === 'list' ? named(value, { module, frames }, resolver, depth + 1) : [],
      )
  }
  const value = given
  if (value.is === 'list') return value.items.flatMap(item => named(item, place, resolver, depth + 1))
  const texts = (name: string): string => {
    const field = fieldOf(value.fields, name)
    return field?.is === 'text' ? field.text : ''
  }
  const options = fieldOf(value.fields, 'options')
  const target = texts('target')
  const destination = options?.is === 'record' ? fieldOf(options.fields, 'destination') : undefined
  const kind = texts('class') || texts('type')
  const at = { file: place.module.path, line: value.line }
  const own: LogFile[] =
    target === 'pino/file' && destination !== undefined && destination.is !== 'number'
      ? [{ ...at, what: target, path: destination.is === 'text' ? destination.text : null, rotates: false }]
      : target === 'pino-roll'
        ? [{ ...at, what: target, path: null, rotates: true }]
        : /^logging\.(FileHandler|handlers\.WatchedFileHandler)$/.test(kind)
          ? [{ ...at, what: kind, path: texts('filename') || null, rotates: false }]
          : /^logging\.handlers\.(Timed)?RotatingFileHandler$/.test(kind)
            ? [
                {
                  ...at,
                  what: kind,
                  path: texts('filename') || null,
                  rotates: kind.includes('Timed') || isSet(fieldOf(value.fields, 'maxBytes')),
                },
              ]
            : []
  return [...own, ...value.fields.flatMap(([, field]) => named(field, place, resolver, depth + 1))]
}

const usual =
  /^(FileHandler|WatchedFileHandler|RotatingFileHandler|TimedRotatingFileHandler|basicConfig|dictConfig|add|File|createStream|destination|createWriteStream|appendFile|appendFileSync|open|pino)$/
const libraries = /^(pino|winston.*|rotating-file-stream|(node:)?fs(\/promises)?|logging(\.\w+)*|loguru)$/

/** The names of classes that are made of such a one. */
const ownClasses = (modules: Module[]): Set<string> =>
  new Set(
    modules.flatMap(module =>
      module.classes
        .filter(({ bases }) => bases.some(base => usual.test(nameOf(base))))
        .flatMap(({ name, at }) => [
          name,
          ...module.writes.flatMap(({ target, value }) =>
            value.is === 'class' && value.at === at ? [nameOf(target)] : [],
          ),
        ]),
    ),
  )

/** Resolving every call of a large program takes seconds: most cannot be about log files by their names. */
const candidates = ({ calls, declarations }: Module, own: Set<string>): Call[] => {
  const imported = new Set(
    declarations.flatMap(({ name, value }) => (value.is === 'import' && libraries.test(value.module) ? [name] : [])),
  )
  return calls.filter(({ callee }) =>
    callee.is === 'name'
      ? usual.test(callee.name) || imported.has(callee.name) || own.has(callee.name)
      : callee.is === 'member' && (usual.test(callee.name) || own.has(callee.name)),
  )
}

const logging = /^(pino:|logging\.config\.dictConfig$)/

/** `PATTERN … { directives }` of logrotate. */
const readLogrotate = (path: string, text: string): LogFiles['rotated'] => {
  const found: LogFiles['rotated'] = []
  let head = ''
  let open: { line: number; patterns: string[]; body: string } | null = null
  text
    .slice(0, 50_000)
    .split('\n')
    .forEach((written, index) => {
      const line = written.replace(/#.*$/, '').trim()
      if (open && line === '}') {
        const bounded =
          /\brotate\s+\d+/.test(open.body) && /\b((max)?size\s+\d|daily|weekly|monthly|hourly)/.test(open.body)
        found.push({ path, line: open.line, patterns: open.patterns, bounded })
        open = null
        head = ''
      } else if (open) open.body += `${line}\n`
      else if (line.endsWith('{'))
        open = { line: index + 1, patterns: `${head} ${line.slice(0, -1)}`.split(/\s+/).filter(Boolean), body: '' }
      else head = line.includes('/') ? `${head} ${line}` : ''
    })
  return found
}

/** A file beside one that rotates, in the same function: a setting chooses between them. */
const chosen = (found: { sink: LogFile; at: number }[], { functions }: Module): LogFile[] =>
  found.map(({ sink, at }) => {
    const around = innermost(functions, at)
    const other = found.some(each => each.sink.rotates && around && innermost(functions, each.at) === around)
    return sink.rotates === false && other ? { ...sink, rotates: null } : sink
  })

/** Where the server's code writes its log to files, and what rotates them. */
export const logFiles = gatherer<LogFiles, { modules: typeof modules }>({
  id: 'log-files',
  impact: 'read',
  from: 'repository',
  needs: { modules },
  gather: async ({ repository }, { modules: source }) => {
    const resolver = openResolver(source)
    const made = ownClasses(source.all)
    const found = source.all.flatMap(module => {
      const place: Place = { module, frames: [] }
      const isConfigured = (call: Call): boolean => logging.test(resolver.external(call.callee, place) ?? '')
      const own = candidates(module, made).flatMap(call =>
        [
          ...sinkOf(call, place, resolver),
          ...(isConfigured(call) ? call.arguments.flatMap(argument => named(argument, place, resolver)) : []),
        ].map(sink => ({ sink, at: call.at })),
      )
      return chosen(own, module)
    })
    const rotated: LogFiles['rotated'] = []
    for (const path of (repository?.files ?? []).filter(each => /logrotate/i.test(each)).slice(0, 20))
      rotated.push(...readLogrotate(path, (await repository?.text(path)) ?? ''))
    return { sinks: found, read: source.all.length, rotated }
  },
})
