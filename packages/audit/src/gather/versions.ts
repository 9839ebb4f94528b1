/** A version as semantic versioning or PEP 440 writes it. */
export interface Version {
  written: string
  /** Major, minor, patch and more. */
  numbers: number[]
  /** What it is a pre-release of; null for a final version. */
  channel: Channel | null
  /** Position among the pre-releases of its kind. */
  serial: number
}

export type Channel = 'alpha' | 'beta' | 'candidate' | 'other'

const channels: [names: RegExp, channel: Channel][] = [
  [/^(alpha|a|dev|nightly|canary|snapshot|experimental|edge|unstable)$/, 'alpha'],
  [/^(beta|b|next|preview|pre)$/, 'beta'],
  [/^(rc|c|candidate)$/, 'candidate'],
]

/** The channel that a word such as `alpha`, `b`, `next` names; null for any other word. */
export const channelNamed = (word: string): Channel | null =>
  channels.find(([names]) => names.test(word.toLowerCase()))?.[1] ?? null

const order: Channel[] = ['alpha', 'beta', 'other', 'candidate']

const form =
  /^v?(\d{1,9}(?:\.\d{1,9}){1,3})(?:[-.]?([a-z]+)[-.]?(\d{0,12})([\w.-]{0,60})|-([\w.-]{1,60}))?(?:\+[\w.-]{1,80})?$/i

/** Null when the text is no version with at least two numbers. */
export const parseVersion = (text: string): Version | null => {
  const written = text.slice(0, 200).trim()
  const [, numbers, word, serial, , odd] = form.exec(written) ?? []
  if (numbers === undefined) return null
  const isPost = word?.toLowerCase() === 'post'
  const channel = isPost
    ? null
    : word === undefined
      ? odd === undefined
        ? null
        : 'other'
      : (channelNamed(word) ?? 'other')
  return { written, numbers: numbers.split('.').map(Number), channel, serial: Number(serial || 0) }
}

/** Negative when `a` is older than `b`. */
export const compareVersions = (a: Version, b: Version): number => {
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  const rank = ({ channel }: Version): number => (channel === null ? order.length : order.indexOf(channel))
  return rank(a) - rank(b) || a.serial - b.serial
}

/** Three numbers, as semantic versioning wants them. */
export const isSemantic = ({ numbers }: Version): boolean => numbers.length === 3
