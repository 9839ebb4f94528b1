import { gatherer } from '../../core/item.ts'
import { succeeded } from '../trials.ts'
import { failingUpstream } from './failing.ts'
import { isLike, shownRequest } from './through.ts'

/** A call of a tool that only reads, made twice in a row. */
export interface Repeated {
  tool: string
  /** `kept`: the second asked nothing. `checked`: it asked whether anything had changed. `asked`: it asked for all again. */
  how: 'kept' | 'checked' | 'asked'
  request: string
}

/** What tools ask when they are called twice in a row, where the answer to the first said that it may be kept. */
export const repeated = gatherer({
  id: 'repeated',
  impact: 'call',
  from: 'server',
  needs: { failingUpstream },
  gather: (_, { failingUpstream }): Repeated[] =>
    failingUpstream.flatMap(({ tool, usual, first, again }): Repeated[] => {
      const [needed] = usual.asked
      if (tool.annotations['readOnlyHint'] !== true || !needed) return []
      if (!succeeded(first.reply) || !succeeded(again.reply)) return []
      const request = shownRequest(first.asked[0] ?? needed)
      const seen = again.asked.filter(one => first.asked.some(before => isLike(one, before)))
      if (again.asked.length === 0) return [{ tool: tool.name, how: 'kept', request }]
      if (seen.length === 0 || needed.method !== 'GET') return []
      const isChecked = seen.every(({ headers }) => headers['if-none-match'] ?? headers['if-modified-since'])
      return [{ tool: tool.name, how: isChecked ? 'checked' : 'asked', request }]
    }),
})
