import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import { isWithin, nameOf, type Module, type Range, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

/** At the start, one entry of a list that is not there ends the process, although others are. */
export interface SingleFailure {
  file: string
  line: number
  /** The list, as it is called. */
  list: string
}

const looking =
  /^(stat|lstat|access|readdir|opendir|realpath|(stat|lstat|access|readdir|opendir|realpath|exists)Sync|isdir|is_dir|isfile|is_file|exists|listdir|scandir)$/

/** One round: what stands for the entry, and where. */
interface Round extends Range {
  entry: string
  list: Value
}

const roundsIn = (module: Module): Round[] => [
  ...module.loops.flatMap((loop): Round[] => {
    const entry = module.declarations.find(
      ({ value, at }) => value.is === 'element' && value.of === loop.of && isWithin(at, loop),
    )
    return loop.kind === 'for' && entry ? [{ at: loop.at, end: loop.end, entry: entry.name, list: loop.of }] : []
  }),
  ...module.calls.flatMap(({ callee, arguments: [each] }): Round[] => {
    if (callee.is !== 'member' || !/^(map|forEach|flatMap)$/.test(callee.name) || each?.is !== 'function') return []
    const [entry] = each.parameters
    return entry === undefined ? [] : [{ at: each.at, end: each.end, entry, list: callee.of }]
  }),
]

const exits =
  /^(global:(globalThis\.)?process\.exit|process:(default\.)?exit|sys\.exit|os\._exit|builtins\.(exit|quit))$/

/** A list that is written down holds nothing that somebody could give wrongly. */
const isGiven = (list: Value, place: Place, { resolver }: Reach): boolean =>
  (list.is === 'name' || list.is === 'member') &&
  resolver
    .things(list, place)
    .every(
      ({ value }) => value.is !== 'list' || value.items.length === 0 || value.items.some(({ is }) => is === 'spread'),
    )

export const singleFailures = (module: Module, reach: Reach): SingleFailure[] => {
  const place: Place = { module, frames: [] }
  const { resolver, bodies, graph } = reach
  const ends = module.calls.filter(({ callee }) => exits.test(resolver.external(callee, place) ?? ''))
  if (ends.length === 0) return []
  return roundsIn(module).flatMap(({ at, end, entry, list }): SingleFailure[] => {
    const round = { at, end }
    const owner = bodies.around(module, at)
    if ((owner && graph.functions.has(owner)) || !isGiven(list, place, reach)) return []
    const isEntry = (value: Value): boolean => value.is === 'name' && value.name === entry
    const looks = (value: Value): boolean =>
      value.is === 'call' && looking.test(nameOf(value.callee)) && someIn(value, isEntry)
    const asked = module.calls.filter(call => isWithin(call.at, round) && looks(call))
    if (asked.length === 0) return []
    const caught = module.tries
      .filter(({ body, at: start }) => isWithin(start, round) && asked.some(call => isWithin(call.at, body)))
      .flatMap(({ handlers }) => handlers)
    const refused = module.guards
      .filter(({ test, at: start }) => isWithin(start, round) && someIn(test, looks))
      .flatMap(({ consequent, alternate }) => (alternate ? [consequent, alternate] : [consequent]))
    const last = ends.find(call => [...caught, ...refused].some(range => isWithin(call.at, range)))
    return last ? [{ file: module.path, line: last.line, list: nameOf(list) }] : []
  })
}
