import { gatherer } from '../core/item.ts'
import { modules, type Modules } from './code/modules.ts'
import { openResolver, type Resolver } from './code/resolve.ts'
import { isWithin, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './concurrency/own-modules.ts'
import { nameOf, pathsOf, shownPath } from './concurrency/paths.ts'
import { project, type Project } from './project.ts'
import { openBodies, type Bodies } from './reached/bodies.ts'

/**
 * Who closes it: a context (`with`, `using`), a `finally`, the code after it when nothing goes wrong, whoever gets it,
 * another function (`elsewhere`), or nobody (`never`); `kept` is held for long and not closed in sight.
 */
export type Ending = 'context' | 'finally' | 'straight' | 'handed-over' | 'elsewhere' | 'kept' | 'never'

export interface Opened {
  kind: 'file' | 'client'
  what: string
  file: string
  line: number
  ending: Ending
}

export interface OpenedThings {
  opened: Opened[]
  files: number
}

const files =
  /^(fs:(openSync|promises\.open|promises\.opendir|createWriteStream)|fs\/promises:(open|opendir)|fs-extra:(openSync|createWriteStream)|builtins\.open|io\.open|codecs\.open|(gzip|bz2|lzma|tarfile)\.open|zipfile\.ZipFile|tempfile\.(TemporaryFile|NamedTemporaryFile)|os\.fdopen|(pathlib\.)?Path\(\)\.open|aiofiles\.open)$/
/** Calls that open connections, sessions and browsers, which somebody has to close. */
export const connectionOpeners =
  /^(httpx\.AsyncClient|aiohttp\.ClientSession|aiohttp\.client\.ClientSession|asyncpg\.(connect|create_pool)|aiosqlite\.connect|psycopg\.(AsyncConnection\.)?connect|websockets\.connect|mcp\.(client\.session\.)?ClientSession|(aio_pika|aiomysql)\.(connect\w*|create_pool)|playwright\.async_api\.async_playwright|pg:(Client|default\.Client)|mysql2(\/promise)?:createConnection|mongodb:MongoClient|puppeteer(-core)?:launch|playwright(-core)?:(chromium|firefox|webkit)\.launch|(@modelcontextprotocol\/sdk\/client\/[\w./]*|@modelcontextprotocol\/client):Client|ioredis:(Redis)?|redis:createClient)$/
const openers =
  /^(open\w*|fdopen|createWriteStream|ZipFile|(Named)?TemporaryFile|AsyncClient|(Client)?Session|connect\w*|create_pool|createConnection|createClient|Client|MongoClient|launch|Redis|async_playwright)$/
const closing =
  /^(close|aclose|closeSync|end|destroy|disconnect|quit|release|dispose|terminate|shutdown|kill|stop|cleanup|__aexit__|__exit__|\[Symbol\.(async)?[dD]ispose\])$/
const holding =
  /^(enter_context|enter_async_context|push|push_async_exit|callback|push_async_callback|closing|aclosing|ExitStack|AsyncExitStack|pipeline|finished)$/

const nameIn = (value: Value): string | null =>
  value.is === 'name' ? value.name : value.is === 'member' && value.of.is === 'name' ? value.name : null

interface Scene {
  module: Module
  of: FunctionValue | null
  bodies: Bodies
  resolver: Resolver
}

const givenTo = (call: Call): Value[] => [...call.arguments, ...call.named.map(([, value]) => value)]

/** Where what has a name goes, within the function that named it. */
const endingOfName = (name: string, from: number, scene: Scene): Ending => {
  const { module, of, bodies } = scene
  const scope = of ?? { at: 0, end: Infinity }
  const isIt = (value: Value): boolean => value.is === 'name' && value.name === name && isWithin(value.at, scope)
  const calls = module.calls.filter(({ at }) => isWithin(at, scope) && at >= from)
  if (
    module.contexts.some(
      ({ value, at }) => isWithin(at, scope) && (isIt(value) || (value.is === 'call' && givenTo(value).some(isIt))),
    )
  )
    return 'context'
  if (calls.some(call => holding.test(nameOf(call)) && givenTo(call).some(isIt))) return 'context'
  const ends = calls.filter(
    call =>
      closing.test(nameOf(call)) && ((call.callee.is === 'member' && isIt(call.callee.of)) || givenTo(call).some(isIt)),
  )
  const { tries } = bodies.of(module, of)
  if (ends.some(({ at }) => tries.some(one => one.finally && isWithin(at, one.finally)))) return 'finally'
  // it is closed when something happens: an event, the end of the server
  if (ends.some(({ at }) => bodies.around(module, at) !== of)) return 'elsewhere'
  const isReturned = (of?.returns ?? []).some(value => isIt(value) || mentionsIn(value, isIt))
  if (isReturned) return 'handed-over'
  if (ends.length > 0) return 'straight'
  const kept = module.writes.find(({ value, at }) => isWithin(at, scope) && mentionsIn(value, isIt))
  if (kept) {
    const ending = kept.target.is === 'member' ? endingOfKept(kept.target.name, scene) : 'handed-over'
    // what a lifespan opens it has to close: nobody else knows when
    return ending === 'kept' && of?.isGenerator ? 'never' : ending
  }
  const isGiven = calls.some(call => givenTo(call).some(value => mentionsIn(value, isIt)))
  return isGiven ? 'handed-over' : 'never'
}

const mentionsIn = (value: Value, isIt: (value: Value) => boolean): boolean => {
  if (isIt(value)) return true
  if (value.is === 'list') return value.items.some(item => mentionsIn(item, isIt))
  if (value.is === 'record') return value.fields.some(([, field]) => mentionsIn(field, isIt))
  if (value.is === 'call') return value.constructs && value.arguments.some(each => mentionsIn(each, isIt))
  return value.is === 'spread' && mentionsIn(value.of, isIt)
}

/** Whether what is kept under a name for long is closed anywhere in its file. */
const endingOfKept = (name: string, { module }: Scene): Ending => {
  const isClosed = module.calls.some(
    call =>
      (closing.test(nameOf(call)) && call.callee.is === 'member' && nameIn(call.callee.of) === name) ||
      (closing.test(nameOf(call)) && givenTo(call).some(value => nameIn(value) === name)),
  )
  const isEntered = module.contexts.some(({ value }) => nameIn(value) === name)
  return isClosed || isEntered ? 'elsewhere' : 'kept'
}

const endingOf = (call: Call, scene: Scene): Ending => {
  const { module, of } = scene
  if (module.contexts.some(({ value }) => value === call || (value.is === 'call' && givenTo(value).includes(call))))
    return 'context'
  if (module.calls.some(outer => holding.test(nameOf(outer)) && givenTo(outer).includes(call))) return 'context'
  if (of?.returns.some(value => mentionsIn(value, one => one === call))) return 'handed-over'
  const written = module.writes.find(({ value }) =>
    mentionsIn(value, one => one === call || (one.is === 'either' && one.second === call)),
  )
  const target = written ? nameIn(written.target) : null
  if (written && written.target.is !== 'name') return target ? endingOfKept(target, scene) : 'handed-over'
  const declared = module.declarations.find(
    ({ value }) => value === call || (value.is === 'either' && value.second === call),
  )
  const name = declared?.name ?? target
  if (name) {
    const outer = written ? visibleAt(module, name, call.at) : []
    const isLocal = of !== null && !outer.some(one => one.from < of.at)
    return isLocal ? endingOfName(name, call.at, scene) : endingOfKept(name, scene)
  }
  const field = module.classes.flatMap(({ members }) => members).find(({ value }) => value === call)
  if (field) return endingOfKept(field.name, scene)
  // `open(path).read()`: nobody can close it any more; `open(path).close()` is closed
  const next = module.calls.find(({ callee }) => callee.is === 'member' && callee.of === call)
  if (next) return closing.test(nameOf(next)) ? 'straight' : 'never'
  const taken = module.calls.find(outer => givenTo(outer).includes(call))
  if (taken)
    return scene.resolver
      .external(taken.callee, { module, frames: [] })
      ?.match(/^(json|yaml|toml|tomllib|csv|pickle|builtins)\./)
      ? 'never'
      : 'handed-over'
  return call.dropped ? 'never' : 'handed-over'
}

/** Most calls open nothing: those with other names, of functions of the file itself. */
const mayOpen = ({ callee }: Call, module: Module): boolean => {
  if (callee.is === 'member') return openers.test(callee.name)
  if (callee.is !== 'name') return false
  const declared = visibleAt(module, callee.name, callee.at)
  return declared.length === 0
    ? openers.test(callee.name)
    : declared.some(
        ({ value }) =>
          value.is === 'import' && (openers.test(callee.name) || openers.test(value.name) || value.name === 'default'),
      )
}

/** Files and clients that are opened, and who closes them. */
export const openedThings = gatherer<OpenedThings, { modules: typeof modules; project: typeof project }>({
  id: 'opened-things',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules, project }: { modules: Modules; project: Project }) => {
    const resolver = openResolver(modules)
    const bodies = openBodies(modules.byPath.values())
    const looked = ownModules(modules, project)
    const opened = looked.flatMap(module =>
      module.calls.flatMap((call): Opened[] => {
        if (!mayOpen(call, module)) return []
        const paths = pathsOf(call, { module, frames: [] }, resolver)
        const path = paths.find(one => files.test(one) || connectionOpeners.test(one))
        if (!path) return []
        const scene: Scene = { module, of: bodies.around(module, call.at), bodies, resolver }
        const kind = files.test(path) ? 'file' : 'client'
        return [{ kind, what: shownPath(path), file: module.path, line: call.line, ending: endingOf(call, scene) }]
      }),
    )
    return { opened, files: looked.length }
  },
})
