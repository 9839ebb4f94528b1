import { gatherer } from '../core/item.ts'
import type { Attestation, Repository } from '../core/target.ts'

export interface Attestations {
  given: Attestation[]
  /** The commit that is checked out, 40 hexadecimal digits or more; null when there is none to be read. */
  commit: string | null
  /** Today, as an ISO date in UTC. */
  today: string
}

const hash = /^[0-9a-f]{40,64}$/

/** Reads HEAD and what it points at, as files: nothing of the repository is executed. */
const commitOf = async (repository: Repository): Promise<string | null> => {
  const head = ((await repository.text('.git/HEAD')) ?? '').trim()
  if (hash.test(head)) return head
  const ref = /^ref: (refs\/[^\s:]+)$/.exec(head)?.[1]
  if (!ref || ref.includes('..')) return null
  const loose = ((await repository.text(`.git/${ref}`)) ?? '').trim()
  if (hash.test(loose)) return loose
  const packed = (await repository.text('.git/packed-refs')) ?? ''
  const line = packed.split('\n').find(each => each.endsWith(` ${ref}`))
  const found = line?.slice(0, line.indexOf(' ')) ?? ''
  return hash.test(found) ? found : null
}

/** What people vouch for in airworthy.json, and the commit and day to hold it against. */
export const attestations = gatherer<Attestations>({
  id: 'attestations',
  impact: 'read',
  from: 'settings',
  gather: async ({ settings, repository }) => ({
    given: settings.attestations ?? [],
    commit: repository ? await commitOf(repository) : null,
    today: new Date().toISOString().slice(0, 10),
  }),
})
