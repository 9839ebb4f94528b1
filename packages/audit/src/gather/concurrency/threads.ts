import type { Resolver } from '../code/resolve.ts'
import type { FunctionValue } from '../code/values.ts'
import type { Project } from '../project.ts'
import type { Entry, Reach } from '../reach.ts'
import { nameOf } from './paths.ts'

/** The oldest major version of a package that the project allows; null when nothing is said. */
const oldestMajor = (name: string, { python }: Project): number | null => {
  const found = python.flatMap(({ dependencies }) => dependencies.filter(one => one.name === name))
  for (const { spec } of found) {
    const [, major] = /(?:>=|==|~=|\^)\s*(\d+)/.exec(spec) ?? []
    if (major) return Number(major)
  }
  return null
}

/**
 * Where a handler runs. A plain `def` runs on the event loop under FastMCP of the SDK 1.x and FastMCP 2, and in a
 * thread of its own from the SDK 2 and FastMCP 3 on.
 */
export const threadOf = ({ functions }: Entry, resolver: Resolver, project: Project): 'loop' | 'thread' | 'open' => {
  const plain = functions.filter(({ function: of, module }) => module.language === 'python' && !of.isAsync)
  if (plain.length === 0) return 'loop'
  const frameworks = plain.flatMap(({ function: of, module }) =>
    module.decorated
      .filter(one => one.function === of)
      .map(({ decorator }) =>
        resolver.external(decorator.is === 'call' ? decorator.callee : decorator, { module, frames: [] }),
      ),
  )
  if (frameworks.some(path => path?.startsWith('mcp.server.fastmcp.'))) return 'loop'
  if (frameworks.some(path => path?.startsWith('mcp.'))) return 'thread'
  if (!frameworks.some(path => path?.startsWith('fastmcp.'))) return 'open'
  const major = oldestMajor('fastmcp', project)
  return major !== null && major >= 3 ? 'thread' : 'open'
}

const maxWays = 40

/** Tells what runs in a thread because a call hands it there, or because what calls it was handed there. */
export const openHanded = ({ graph }: Pick<Reach, 'graph'>): ((of: FunctionValue) => boolean) => {
  const isHanded = (of: FunctionValue, seen: Set<FunctionValue>): boolean => {
    if (of.isAsync || seen.has(of) || seen.size > maxWays) return false
    seen.add(of)
    return graph
      .into(of)
      .some(
        ({ from, module, call, isLoose }) =>
          module.language === 'python' &&
          !isLoose &&
          ((call !== null && /^(to_thread|run_sync|run_in_executor|run_in_threadpool)$/.test(nameOf(call))) ||
            isHanded(from, seen)),
      )
  }
  return of => isHanded(of, new Set())
}
