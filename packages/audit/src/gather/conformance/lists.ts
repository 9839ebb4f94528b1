import type { Ask } from './asking.ts'
import { isObject, type Json, type Observation } from './observation.ts'

const methods: [capability: string, method: string][] = [
  ['tools', 'tools/list'],
  ['prompts', 'prompts/list'],
  ['resources', 'resources/list'],
]

// Some servers ask others for what they list.
const listMs = 15_000

/** What a declared capability promises to answer. */
export const listAsks = (capabilities: Json, era: 'modern' | 'legacy'): Ask[] => {
  const declared = methods.filter(([capability]) => capability in capabilities)
  const optional = (method: string, params: Json): Ask => ({ probe: 'optional-method', method, params })
  return [
    ...declared.map(([, method]): Ask => ({ probe: 'list', method, options: { timeout: listMs } })),
    ...declared.map(([, method]): Ask => {
      return { probe: 'bad-cursor', method, params: { cursor: 'airworthy-no-cursor' }, with: 'with a made-up cursor' }
    }),
    ...('tools' in capabilities ? [again, again] : []),
    ...('resources' in capabilities ? [optional('resources/templates/list', {})] : []),
    ...('completions' in capabilities ? [optional('completion/complete', noCompletion)] : []),
    ...('logging' in capabilities && era === 'legacy' ? [optional('logging/setLevel', { level: 'error' })] : []),
  ]
}

const again: Ask = { probe: 'tools-again', method: 'tools/list' }

const noCompletion: Json = {
  ref: { type: 'ref/prompt', name: 'airworthy-none' },
  argument: { name: 'none', value: '' },
}

/** The second page of each list that has one. */
export const nextPages = (seen: Observation[]): Ask[] =>
  seen.flatMap(({ probe, method, reply }): Ask[] => {
    const cursor = probe === 'list' && reply.kind === 'result' ? reply.result['nextCursor'] : undefined
    return typeof cursor === 'string' ? [{ probe: 'next-page', method, params: { cursor }, with: 'page 2' }] : []
  })

/** The entries of a list as they were sent. */
export const entriesOf = ({ reply }: Observation, member: string): Json[] => {
  const entries = reply.kind === 'result' ? reply.result[member] : undefined
  return Array.isArray(entries) ? entries.filter(isObject) : []
}
