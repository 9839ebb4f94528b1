import { isSame } from './parts.ts'
import { innermost, isWithin, visibleAt, type Call, type Module, type Value } from './values.ts'

/** `a().then(b).finally(c)`, and `p.finally(c)` of what was kept before: `const p = a()`. */
export interface PromiseChain {
  /** What it begins with. */
  root: Value
  /** A handler on the way takes what goes wrong. */
  isCaught: boolean
  /** The promise it hangs on is kept, and may be awaited elsewhere: what the chain makes is another one. */
  isKept: boolean
}

const maxLinks = 20

/** `error => { throw wrapped(error) }`: what goes wrong is handed on. */
const throwsOn = (handler: Value, module: Module): boolean =>
  handler.is === 'function' &&
  module.throws.some(
    ({ at }) =>
      innermost(module.functions, at) === handler &&
      !module.branches.some(branch => isWithin(at, branch) && branch.at >= handler.at),
  )

/** What a name or a field was given right before, where nothing else is put there. */
const keptAs = (value: Value, before: number, module: Module): Value | null => {
  const of = innermost(module.functions, before)
  const written = module.writes.filter(({ target }) => isSame(target, value))
  if (value.is === 'name') {
    const declared = visibleAt(module, value.name, value.at)
    const isWritten = written.some(({ at }) => declared.some(({ from, to }) => from <= at && at <= to))
    const [only] = declared
    return only && declared.length === 1 && !isWritten && only.at < before ? only.value : null
  }
  const here = written.filter(({ at }) => innermost(module.functions, at) === of)
  const last = here.findLast(({ end, operator }) => end <= before && operator === '=')
  return last && last === here.at(-1) ? last.value : null
}

export const promiseChainOf = (call: Call, module: Module): PromiseChain => {
  const chain: PromiseChain = { root: call, isCaught: false, isKept: false }
  for (let links = 0; links < maxLinks; links++) {
    const link = chain.root
    if (link.is === 'call' && link.callee.is === 'member' && /^(then|catch|finally)$/.test(link.callee.name)) {
      const handler = link.callee.name === 'catch' ? link.arguments[0] : link.arguments[1]
      if (link.callee.name !== 'finally' && handler && !throwsOn(handler, module)) chain.isCaught = true
      chain.root = link.callee.of
      continue
    }
    const kept = links > 0 && (link.is === 'name' || link.is === 'member') ? keptAs(link, call.at, module) : null
    if (kept?.is !== 'call' || kept.awaited) return chain
    chain.root = kept
    chain.isKept = true
  }
  return chain
}
