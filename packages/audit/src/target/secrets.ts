import type { Target } from '../core/target.ts'

export type Secrets = Target['secrets']

const secretName = /key|token|secret|pass|auth|credential|cookie|session/i

/** What is shorter is a flag, a number or a level: to mask it would mangle everything that is printed. */
const shortestSecret = 4
const shortestOther = 8

/** The values of an environment or of headers; of `Bearer abc` also what follows the scheme. */
export const secretsIn = (values: Record<string, string | undefined> = {}, shortest = shortestOther): Secrets =>
  Object.entries(values).flatMap(([name, value = '']) => {
    const least = secretName.test(name) ? shortestSecret : shortest
    const afterScheme = /^[A-Za-z]+ +(\S+)$/.exec(value)?.[1] ?? ''
    return [value, afterScheme]
      .filter(text => text.length >= least && text !== 'true' && text !== 'false')
      .map(text => ({ name, value: text }))
  })

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What a URL may carry in its user part and its query. */
export const secretsInUrl = (url: URL): Secrets =>
  secretsIn({
    'URL user': decoded(url.username),
    'URL password': decoded(url.password),
    ...Object.fromEntries([...url.searchParams].filter(([name]) => secretName.test(name))),
  })

/** Values of arguments such as `--api-key VALUE` and `--token=VALUE`. */
export const secretsInArguments = (args: readonly string[]): Secrets =>
  args.flatMap((arg, index) => {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (!name || !secretName.test(name)) return []
    const given = value ?? args[index + 1] ?? ''
    return given === '' || given.startsWith('-') ? [] : secretsIn({ [name]: given })
  })

/** Each value once, the longest first, so that none is masked in parts. */
export const uniqueSecrets = (secrets: Secrets): Secrets =>
  [...new Map(secrets.toReversed().map(secret => [secret.value, secret])).values()].toSorted(
    (a, b) => b.value.length - a.value.length,
  )
