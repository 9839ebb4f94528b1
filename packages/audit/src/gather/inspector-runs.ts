import { gatherer } from '../core/item.ts'
import { pipelines } from './pipelines.ts'

/** A call of the server by the MCP inspector in a pipeline; the step fails when it does. */
export interface InspectorRun {
  at: string
  line: number
  saw: string
}

/** Runs of the MCP inspector without its page, in steps that a trigger reaches. */
export const inspectorRuns = gatherer<InspectorRun[], { pipelines: typeof pipelines }>({
  id: 'inspector-runs',
  impact: 'read',
  from: 'repository',
  needs: { pipelines },
  gather: (_, { pipelines: { steps } }) =>
    steps
      .filter(({ never, tolerated }) => never === null && !tolerated)
      .flatMap(({ runs, at, line, events }) =>
        runs
          .filter(
            ({ words, via, tolerated }) =>
              !tolerated &&
              (words[0] === 'mcp-inspector' || /\s@modelcontextprotocol\/inspector(@\S+)?\s/.test(via.at(-1) ?? '')) &&
              words.includes('--cli') &&
              words.includes('tools/call'),
          )
          .map(({ via }) => ({ at, line, saw: `${via.at(-1) ?? ''} on ${events.join(', ')}` })),
      ),
})
