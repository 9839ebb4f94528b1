import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, nothing, type Module, type Range, type Value, type Write } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { consoles, writesTo } from './writes.ts'

/** Where what is written to stdout goes somewhere else. */
export interface Redirects {
  /** For the whole process, from its start on; `certain` unless only some ways of the start do it. */
  whole: { file: string; line: number; certain: boolean } | null
  /** While a part of the source runs: in a `with`, or until stdout is put back. */
  ranges: Map<Module, Held[]>
}

/** `certain` unless it cannot be told where stdout leads there. */
interface Held extends Range {
  certain: boolean
}

const outs = /^sys\.(__)?stdout(__)?(\.|$)/
const elsewhere = /^(sys\.(__)?stderr(__)?(\.|$)|(io\.)?StringIO$|io\.BytesIO$|builtins\.open$|os\.devnull$|os\.open$)/

/** What the process itself writes to: `sys.stdout`, `console.log`. */
const isStdout = ({ target, operator }: Write, place: Place, { resolver }: Reach): boolean => {
  if (operator !== '=' || target.is !== 'member') return false
  const owner = resolver.external(target.of, place)
  if (owner === null) return false
  const path = `${owner}${owner.endsWith(':') ? '' : '.'}${target.name}`
  return (
    path === 'sys.stdout' ||
    path === 'builtins.print' ||
    /^global:(globalThis\.)?(console\.log|process\.stdout\.write)$/.test(path)
  )
}

/** Whether what is put in the place of stdout leads somewhere else; null where that cannot be told. */
const leadsAway = (value: Value, place: Place, reach: Reach): boolean | null => {
  const { resolver, bodies } = reach
  const paths: string[] = []
  // `open(1, "w")`
  const isDescriptor = (part: Value): boolean =>
    part.is === 'call' && part.arguments[0]?.is === 'number' && part.arguments[0].number === 1
  if (value.is !== 'function' && someIn(value, isDescriptor)) return false
  someIn(value.is === 'function' ? nothing : value, part => {
    const path = part.is === 'call' || part.is === 'name' || part.is === 'member' ? pathOf(part, place, reach) : null
    if (path) paths.push(path)
    return false
  })
  if (paths.some(path => outs.test(path) || consoles.test(path))) return false
  if (paths.some(path => elsewhere.test(path) || /^global:(console\.(error|warn)|process\.stderr)/.test(path)))
    return true
  const things = resolver.things(value, place)
  const answers = things.map(({ value: found, module }): boolean | null => {
    if (found.is !== 'function') return found.is === 'constant' && module.language === 'typescript' ? false : null
    // one that filters what goes on has a branch for it
    return !bodies.of(module, found).calls.some(call => {
      const isBranched =
        module.branches.some(branch => found.at < branch.at && isWithin(call.at, branch)) ||
        found.returns.some(given =>
          someIn(given, part => part.is === 'choice' && someIn(part, inner => inner === call)),
        )
      return !isBranched && writesTo(call, { module, frames: [] }, resolver) !== null
    })
  })
  return answers.every(answer => answer === true) ? true : answers.includes(false) ? false : null
}

const pathOf = (part: Value, place: Place, { resolver }: Reach): string | null => {
  const of = part.is === 'call' ? part.callee : part
  for (const { value, module, frames } of resolver.things(of, place)) {
    if (value.is === 'external') return value.path
    // `console.log.bind(console)`, and what a name stands for
    if (value.is === 'call' && part.is !== 'call')
      return resolver.external(
        value.callee.is === 'member' && value.callee.name === 'bind' ? value.callee.of : value.callee,
        { module, frames },
      )
  }
  return null
}

type Away = boolean | null

/** One that is sure is enough; of none of them it may be sure. */
const anyAway = (all: Away[]): Away => (all.includes(true) ? true : all.includes(null) ? null : false)

/** Whether stdout leads elsewhere in `with redirect_stdout(buffer)`, or `with quiet()` of the repository; null: perhaps. */
const isEntered = (value: Value, place: Place, writes: Map<Module, Write[]>, reach: Reach): Away => {
  const { resolver, bodies } = reach
  const found: Away[] = [isRedirect(value, place, reach)]
  someIn(value, part => {
    for (const { value: of, module } of part.is === 'call' ? resolver.things(part.callee, place) : []) {
      if (of.is !== 'function' && of.is !== 'class') continue
      const inside: Place = { module, frames: [] }
      const isIn = ({ at }: { at: number }): boolean => isWithin(at, of)
      const isCopied = module.calls.some(call => isIn(call) && resolver.external(call.callee, inside) === 'os.dup2')
      found.push(
        isCopied ? null : false,
        ...(writes.get(module) ?? []).filter(isIn).map(write => leadsAway(write.value, inside, reach)),
        ...module.contexts
          .filter(context => of.is === 'function' && bodies.around(module, context.at) === of)
          .map(context => isRedirect(context.value, inside, reach)),
      )
    }
    return false
  })
  return anyAway(found)
}

const isRedirect = (value: Value, place: Place, reach: Reach): Away => {
  const found: Away[] = []
  someIn(value, part => {
    if (part.is === 'call' && reach.resolver.external(part.callee, place) === 'contextlib.redirect_stdout')
      found.push(part.arguments[0] ? leadsAway(part.arguments[0], place, reach) : false)
    return false
  })
  return anyAway(found)
}

/**
 * `isOnWay` says whether what stands there runs before the server speaks over stdio, `holdsStart` whether the start
 * itself lies in a range.
 */
export const redirectsIn = (
  own: Module[],
  isOnWay: (module: Module, at: number) => boolean,
  holdsStart: (module: Module, range: Range) => boolean,
  reach: Reach,
): Redirects => {
  let whole: Redirects['whole'] = null
  const ranges: Redirects['ranges'] = new Map()
  const found = (module: Module, line: number, certain: boolean): void => {
    if (!whole || (certain && !whole.certain)) whole = { file: module.path, line, certain }
  }
  const writes = new Map(
    own.map(module => [module, module.writes.filter(write => isStdout(write, { module, frames: [] }, reach))]),
  )
  for (const module of own) {
    const place: Place = { module, frames: [] }
    const held: Held[] = []
    ranges.set(module, held)
    const aims = (writes.get(module) ?? []).map(write => ({ write, away: leadsAway(write.value, place, reach) }))
    const isBack = ({ away }: (typeof aims)[number]): boolean => away === false || (away === null && aims.length > 1)
    for (const aim of aims) {
      if (isBack(aim)) continue
      const { at, line } = aim.write
      const of = reach.bodies.around(module, at)
      const back = aims.find(
        other => isBack(other) && other.write.at > at && reach.bodies.around(module, other.write.at) === of,
      )
      if (back) held.push({ at, end: back.write.at, certain: aim.away === true })
      else if (module.language === 'typescript' || !aims.some(isBack))
        found(module, line, aim.away === true && isOnWay(module, at))
    }
    for (const { value, at, end } of module.contexts) {
      const away = isEntered(value, place, writes, reach)
      if (away === false) continue
      const certain = away === true
      held.push({ at, end, certain })
      if (holdsStart(module, { at, end })) found(module, module.calls.find(call => call.at >= at)?.line ?? 1, certain)
    }
  }
  return { whole, ranges }
}

const maxDepth = 4

/** Whether a place runs only while stdout leads elsewhere: it stands in such a range, or all that call it do; null: perhaps. */
export const openCovered = (ranges: Redirects['ranges'], reach: Reach): ((module: Module, at: number) => Away) => {
  const { bodies, resolver, graph, entries } = reach
  const started = new Set(entries.flatMap(({ functions }) => functions.map(one => one.function)))
  const isCovered = (module: Module, at: number, depth = 0): Away => {
    const around = ranges.get(module)?.filter(range => isWithin(at, range)) ?? []
    if (around.length > 0) return around.some(({ certain }) => certain) ? true : null
    const of = bodies.around(module, at)
    if (!of || depth >= maxDepth || started.has(of)) return false
    const ways = graph.into(of)
    const callers = [
      ...resolver.callers(of, module),
      ...ways.flatMap(({ call, module: from }) => (call ? [{ call, module: from }] : [])),
    ]
    if (callers.length === 0 || ways.some(({ call }) => call === null)) return false
    const all = new Set(callers.map(({ call, module: from }) => isCovered(from, call.at, depth + 1)))
    return all.has(false) ? false : all.has(null) ? null : true
  }
  return isCovered
}
