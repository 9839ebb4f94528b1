import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver } from './code/resolve.ts'
import { addressOf, parametersOf } from './registered/parameters.ts'
import type { Kind } from './registered/facts.ts'
import { registrations } from './registrations.ts'

/** One thing of the server's interface that its users have to know. */
export interface ApiEntry {
  kind: Kind
  name: string
  /** Null when they cannot be told. */
  parameters: string[] | null
  /** Fixed part of a resource's address. */
  address: string | null
  at: string
  line?: number
  /** Whether it is certain to be offered, or only in some configuration. */
  always: boolean
}

export interface ApiEntries {
  entries: ApiEntry[]
  /** Number of registrations whose names are made at run time. */
  computed: number
}

/** The tools, prompts and resources that the source registers, each with what it takes. */
export const apiEntries = gatherer<ApiEntries, { registrations: typeof registrations; modules: typeof modules }>({
  id: 'api-entries',
  impact: 'read',
  from: 'repository',
  needs: { registrations, modules },
  gather: (_, { registrations, modules }) => {
    const resolver = openResolver(modules)
    const offered = registrations.filter(({ unreachable }) => unreachable === null)
    const entries = offered.flatMap((one): ApiEntry[] =>
      one.name === null
        ? []
        : [
            {
              kind: one.kind,
              name: one.name,
              parameters: one.kind === 'resource' ? [] : parametersOf(one, resolver),
              address: one.kind === 'resource' ? addressOf(one, resolver) : null,
              at: one.file,
              line: one.line,
              always: one.group !== null,
            },
          ],
    )
    const seen = new Set<string>()
    return {
      entries: entries.filter(({ kind, name }) => !seen.has(`${kind} ${name}`) && seen.add(`${kind} ${name}`)),
      computed: offered.filter(({ name }) => name === null).length,
    }
  },
})
