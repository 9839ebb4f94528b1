import { gatherer } from '../core/item.ts'
import { reach } from './reach.ts'
import { openSearch, type Flow } from './taint/search.ts'
import { sinksIn } from './taint/sinks.ts'

export type { Flow }

export interface Taint {
  /** What requests carry to files, programs, databases, other machines and patterns. */
  flows: Flow[]
  /** Handlers of tools, prompts and resources, and the functions that they reach. */
  handlers: number
  functions: number
  /** More functions are reached than were followed. */
  cut: boolean
}

const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Follows the parameters of tools, prompts and resources through the source, without running any of it. */
export const taint = gatherer<Taint, { reach: typeof reach }>({
  id: 'taint',
  impact: 'read',
  from: 'repository',
  needs: { reach },
  gather: async (_, { reach: reached }) => {
    const { entries, graph, bodies, resolver } = reached
    const search = openSearch(reached)
    const flows: Flow[] = []
    for (const [of, module] of graph.functions) {
      const sinks = sinksIn(bodies.of(module, of).calls, module, resolver)
      for (const sink of sinks) {
        flows.push(...search.flowsOf(sink, of))
        await breathe()
      }
    }
    return { flows, handlers: entries.length, functions: graph.functions.size, cut: graph.cut }
  },
})
