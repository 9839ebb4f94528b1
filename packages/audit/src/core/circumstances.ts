import type { Applies, Profile } from './item.ts'

/** What decides which items apply; learnt once, before anything else runs. Undefined means not known. */
export interface Circumstances {
  profile: Profile
  transport?: 'stdio' | 'http'
  /** Names of the capabilities that the server declared. */
  capabilities?: readonly string[]
  /** The protocol revision in use, such as `2025-11-25`. */
  revision?: string
}

/** Why an item does not apply; null when it does, or when too little is known to rule it out. */
export const reasonNotToApply = (applies: Applies | undefined, known: Circumstances): string | null => {
  if (!applies) return null
  const { profile, transport, capability, from, until } = applies
  if (profile && known.profile !== 'complete' && profile !== known.profile)
    return `it belongs to the profile ${profile}; this server was judged as ${known.profile}`
  if (transport && known.transport && transport !== known.transport)
    return `it concerns ${transport}; the server was reached over ${known.transport}`
  if (capability && known.capabilities && !known.capabilities.includes(capability))
    return `the server does not declare the capability ${capability}`
  if (from && known.revision && known.revision < from)
    return `it holds from revision ${from}; the server speaks ${known.revision}`
  if (until && known.revision && known.revision > until)
    return `it holds until revision ${until}; the server speaks ${known.revision}`
  return null
}
