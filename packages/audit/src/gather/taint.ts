import { gatherer } from '../core/item.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { writtenAside } from './taint/aside.ts'
import { hiddenBehind } from './taint/hidden.ts'
import { openSearch, type Flow } from './taint/search.ts'
import { sinksIn } from './taint/sinks.ts'

export type { Flow }

export interface Taint {
  /** What requests carry to files, programs, databases, other machines and patterns. */
  flows: Flow[]
  /** Handlers of tools, prompts and resources, and the functions that they reach. */
  handlers: number
  functions: number
  /** Functions that handlers call, or hand what they are given to, and that were not found. */
  hidden: string[]
  /** Tools, prompts and resources whose handler was not found. */
  lost: Reach['lost']
  /** More functions are reached, or by more ways, than were followed. */
  cut: boolean
}

const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Follows the parameters of tools, prompts and resources through the source, without running any of it. */
export const taint = gatherer<Taint, { reach: typeof reach; project: typeof project }>({
  id: 'taint',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: async (_, { reach: reached, project }) => {
    const own = new Set(ownModules(reached, project))
    const entries = reached.entries.filter(({ functions }) => functions.some(({ module }) => own.has(module)))
    const { graph, bodies, resolver } = reached
    const search = openSearch({ ...reached, entries })
    const flows: Flow[] = []
    let functions = 0
    for (const [of, module] of graph.functions) {
      if (!own.has(module)) continue
      functions++
      for (const sink of sinksIn(bodies.of(module, of).calls, module, resolver)) {
        flows.push(...search.flowsOf(sink, of))
        await breathe()
      }
    }
    flows.push(...writtenAside(own, reached))
    const hidden = hiddenBehind(entries, own, reached)
    return { flows, handlers: entries.length, functions, hidden, lost: reached.lost, cut: graph.cut || search.isCut() }
  },
})
