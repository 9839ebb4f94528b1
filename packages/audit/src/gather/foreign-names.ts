import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import { fieldOf, nameOf, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { authorOf, foreignIn } from './files/foreign.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A file that is made under a name which others wrote. */
export interface ForeignFile {
  file: string
  line: number
  saw: string
  wanted: string
}

const js = '(?:fs|fs/promises|fs-extra|graceful-fs):(?:default\\.)?(?:promises\\.)?'
const making = new RegExp(
  `^${js}(?:writeFile|appendFile|createWriteStream|outputFile|mkdir|open|ensureDir|ensureFile)(?:Sync)?$|^global:Bun\\.write$|^(?:builtins|io|codecs|aiofiles)\\.open$|^os\\.(?:makedirs|mkdir)$`,
)

/** The path of a file that a call makes; undefined for other calls. */
const madeBy = (call: Call, place: Place, { resolver }: Reach): Value | undefined => {
  const { callee, arguments: given, named } = call
  const path = resolver.external(callee, place) ?? ''
  if (callee.is === 'member' && place.module.language === 'python' && /^write_(text|bytes)$/.test(callee.name))
    return callee.of
  if (!making.test(path)) return undefined
  const mode = given[1] ?? fieldOf(named, 'mode')
  const isReading = path.endsWith('open') && !(mode?.is === 'text' && /[wax+]/.test(mode.text))
  return isReading ? undefined : given[0]
}

const looking = /valid|check|assert|ensure|safe|sanit|inside|within|allow|relative|secure|is[A-Z_]|verify|confine/

/** Something else is done with the name or the path: it may be a check, which is not followed. */
const isLookedAt = (names: Set<string>, sink: Call, of: FunctionValue, module: Module, reach: Reach): boolean => {
  const isIt = (value: Value): boolean => someIn(value, part => part.is === 'name' && names.has(part.name))
  const { calls, guards } = reach.bodies.of(module, of)
  const isCompared = guards.some(
    ({ test }) => isIt(test) && someIn(test, part => part.is === 'call' || part.is === 'compare'),
  )
  return (
    isCompared ||
    calls.some(call => {
      if (call === sink || ![...call.arguments, call.callee].some(isIt)) return false
      if (looking.test(nameOf(call.callee))) return true
      const things = reach.resolver.things(call.callee, { module, frames: [] })
      return things.some(({ value }) => value.is === 'function') && call.dropped === true
    })
  )
}

const namedIn = (of: FunctionValue, module: Module, reach: Reach): ForeignFile[] => {
  const place: Place = { module, frames: [] }
  return reach.bodies.of(module, of).calls.flatMap((call): ForeignFile[] => {
    const path = madeBy(call, place, reach)
    const found = path ? foreignIn(path, place, reach.resolver) : null
    if (!found || isLookedAt(found.through, call, of, module, reach)) return []
    return [
      {
        file: module.path,
        line: call.line,
        saw: `${nameOf(call.callee)} makes a file under a name from ${found.author} (${found.what}), and nothing takes «../» out of it`,
        wanted: 'the last part of the name alone (basename), or the resolved path held against its folder',
      },
    ]
  })
}

/** `tar.extractall(folder)`: without a filter, entries of the archive are written wherever they say. */
const unpackedIn = (of: FunctionValue, module: Module, reach: Reach, isFiltering: boolean): ForeignFile[] => {
  const place: Place = { module, frames: [] }
  if (module.language !== 'python' || isFiltering) return []
  const { calls } = reach.bodies.of(module, of)
  const isLooking = calls.some(({ callee }) => /^(getmembers|getnames|is_within_directory)$/.test(nameOf(callee)))
  return calls.flatMap((call): ForeignFile[] => {
    const path = reach.resolver.external(call.callee, place) ?? ''
    if (!/^tarfile\.(open|TarFile(\.open)?)\(\)\.extract(all)?$/.test(path)) return []
    if (isLooking || fieldOf(call.named, 'filter') || fieldOf(call.named, 'members')) return []
    const opened = call.callee.is === 'member' ? call.callee.of : null
    if (!opened || !isForeign(opened, place, reach)) return []
    return [
      {
        file: module.path,
        line: call.line,
        saw: 'extractall writes the entries of an archive from elsewhere wherever they say: «../» and links among them',
        wanted: 'filter="data"',
      },
    ]
  })
}

/** What was asked of another machine, or what a caller names; a file that the package brings along is its own. */
const isForeign = (archive: Value, place: Place, reach: Reach): boolean => {
  const { resolver } = reach
  const made = resolver.things(archive, place).flatMap(thing => (thing.value.is === 'call' ? [thing] : []))
  return made.some(({ value, ...at }) => {
    if (value.is !== 'call') return false
    const given = [
      ...value.arguments.slice(0, 1),
      ...value.named.filter(([key]) => key !== 'mode').map(([, one]) => one),
    ]
    return given.some(one =>
      someIn(
        one,
        part => authorOf(part, at, resolver) === 'an answer of another machine' || isOfCaller(part, at, reach),
      ),
    )
  })
}

const isOfCaller = (value: Value, { module }: Place, { graph }: Reach): boolean =>
  value.is === 'name' &&
  module.declarations.some(
    ({ name, value: kept, from, to }) =>
      name === value.name &&
      from <= value.at &&
      value.at <= to &&
      kept.is === 'parameter' &&
      module.functions.some(of => of.at === kept.function && graph.functions.has(of)),
  )

/** Files that tools make under names which come from other machines and from archives. */
export const foreignNames = gatherer<ForeignFile[], { reach: typeof reach; project: typeof project }>({
  id: 'foreign-names',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    // from Python 3.14 on the filter is there without being asked for
    const isNew = project.python.some(({ requiresPython }) =>
      /(>=|==|~=)\s*3\.(1[4-9]|[2-9]\d)/.test(requiresPython ?? ''),
    )
    return [...reach.graph.functions].flatMap(([of, module]) =>
      own.has(module) ? [...namedIn(of, module, reach), ...unpackedIn(of, module, reach, isNew)] : [],
    )
  },
})
