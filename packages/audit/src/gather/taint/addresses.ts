/** What the name of an attacker leads to. */
const privateAddress = '169.254.169.254'
const publicAddress = '93.184.216.34'

/** A site anywhere whose answers lead elsewhere. */
export const redirecting = 'redirecting.example'

const numbers = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

export const isAddress = (text: string): boolean => numbers.test(text) || /^\[?[0-9a-f]*:[0-9a-f:.]+\]?$/i.test(text)

/** What a name is resolved to. */
export const resolved = (name: string): string =>
  isAddress(name) ? name : name === redirecting ? publicAddress : privateAddress

/** The range of an address of version 4: `private` for those that only have a meaning within a network. */
export const rangeOf = (text: string): 'loopback' | 'linkLocal' | 'private' | 'unspecified' | 'unicast' => {
  const [, first = '', second = ''] = numbers.exec(text) ?? []
  if (first === '127' || text.replaceAll(/[[\]]/g, '') === '::1') return 'loopback'
  if (first === '169' && second === '254') return 'linkLocal'
  if (first === '0') return 'unspecified'
  const isPrivate =
    first === '10' || (first === '192' && second === '168') || (first === '172' && /^(1[6-9]|2\d|3[01])$/.test(second))
  return isPrivate ? 'private' : 'unicast'
}

/** Questions that libraries for addresses answer. */
export const answerOf = (text: string, name: string): boolean | null => {
  const range = rangeOf(text)
  switch (name) {
    case 'is_private':
    case 'isPrivate':
      return range !== 'unicast'
    case 'is_global':
      return range === 'unicast'
    case 'is_loopback':
    case 'isLoopback':
      return range === 'loopback'
    case 'is_link_local':
      return range === 'linkLocal'
    case 'is_unspecified':
      return range === 'unspecified'
    case 'is_multicast':
    case 'is_reserved':
      return false
    default:
      return null
  }
}
