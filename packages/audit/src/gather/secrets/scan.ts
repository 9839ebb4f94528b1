import { entropy, hints, patterns } from './patterns.ts'

export interface Secret {
  /** What it opens, or the name it is assigned to. */
  kind: string
  line: number
  /** The first four characters and the length: never more. */
  masked: string
  /** The value, to recognise it elsewhere; never shown. */
  value: string
}

/** Where a text comes from decides how much it proves. */
export type Setting = 'server' | 'settings' | 'other'

const placeholder =
  /example|sample|change.?me|placeholder|dummy|fake|mock|your|x{4,}|\*{3,}|\.\.\.|…|<[^>]*>|\$\{|\$\(|\{\{|\{[a-z_][\w.]*(\(\))?\}|%\(|%s|insert|replace|redacted|123456|abcdef|0{6,}|deadbeef|foobar|lorem/i
const generic =
  /test|demo|todo|none|null|undefined|default|secret|password|passwd|token|api.?key|credential|process\.env|os\.environ/i

const mask = (value: string): string => `${value.slice(0, 4)}… (${value.length} characters)`

/** Typed along the alphabet and the digits: `abc123def456ghi789`. */
const isCounted = (value: string): boolean => {
  const codes = Array.from(value.toLowerCase(), char => char.charCodeAt(0))
  const next = codes.filter((code, at) => at > 0 && code - (codes[at - 1] ?? 0) === 1)
  return value.length >= 12 && next.length > value.length / 2
}

const isMadeUp = (value: string): boolean =>
  placeholder.test(value) || entropy(value) < 2.8 || isCounted(value) || /\$salt\b|\$hash\b/.test(value)

/** `apiKey: "..."`, `API_KEY = '...'`, `"password": "..."`: a secret's name and a quoted text. */
const assignment =
  /(?<![A-Za-z0-9])["']?([A-Za-z0-9_.-]{0,40}?(?:api_?key|apikey|secret(?:_?key)?|(?:access|auth|bearer|refresh)_?token|token|passw(?:or)?d|passwd|private_?key|access_?key|client_?secret))["']?\s*(?::\s*(?:str|string)\s*)?(?:=|:|=>)\s*(["'`])([^"'`\s]{8,200})\2/gi

/** What no assignment of a secret is without: looking for it is quicker than for the whole. */
const naming = /api_?key|secret|token|passw(?:or)?d|private_?key|access_?key/i

/** Keys that are made to be seen: they identify a project, they open nothing. */
const publishable = /^(phc_|pk_(live|test)_|pub[_-]|pk\.eyJ|G-[A-Z0-9]{8,}$|UA-\d)/

/** The key of a search that websites hand to every visitor, beside the application and the index that it searches. */
const isSearchKey = (name: string, text: string, index: number, value: string): boolean => {
  const around = text.slice(Math.max(0, index - 300), index + 300)
  return (
    !/admin|write|secret|private|password/i.test(name) &&
    /^[0-9a-f]{32}$/.test(value) &&
    /app(lication)?_?id["']?\s*[:=]\s*["'][A-Z0-9]{10}["']/i.test(around) &&
    /index_?name/i.test(around)
  )
}

/** `settings.token.name2`: the name of something. No part of a name is as long and as mixed as one of a signed token. */
const isDotted = (value: string): boolean =>
  /^\w+(\.\w+)+$/.test(value) &&
  !value.split('.').some(part => part.length >= 32 && [/[a-z]/, /[A-Z]/, /\d/].every(sort => sort.test(part)))

/** Random enough for a key, or at least no word: letters and digits in one. */
const isSecretText = (name: string, value: string): boolean => {
  // a baseline of detect-secrets keeps hashes of what it knows
  if (/hashed/i.test(name) && /^[0-9a-f]+$/i.test(value)) return false
  if (isMadeUp(value) || generic.test(value) || publishable.test(value)) return false
  if (/^[a-z]+([-_./: ][a-z]+)*$/i.test(value) || /^(https?:|[./~@#])|[()[\]{}<>]/.test(value) || isDotted(value))
    return false
  if (!/[a-z]/i.test(value) || !/\d/.test(value)) return false
  if (/passw|pwd/i.test(name)) return true
  return value.length >= 16 && entropy(value) >= 3.5 && !/^[a-z]+([-_][a-z0-9]+)+$/.test(value)
}

/** `KEY=value` lines of an environment file whose names are those of secrets. */
const environment =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z0-9_]{0,60}?(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PWD|CREDENTIALS?)[A-Za-z0-9_]{0,60})[ \t]*=[ \t]*["']?([^\s"'#]{6,400})/gim

const isEnvironmentSecret = (value: string): boolean =>
  !isMadeUp(value) &&
  !/^(true|false|none|null|changeit|password|secret|admin|root|postgres|\d{1,7})$/i.test(value) &&
  !/^[./~]/.test(value)

/** Secrets in a text. Values that are plainly made up are left out. */
export const secretsIn = (text: string, setting: Setting, isEnvironmentFile: boolean): Secret[] => {
  const found: Secret[] = []
  const lineOf = (index: number): number => {
    let line = 1
    for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
    return line
  }
  const add = (kind: string, value: string, index: number): void => {
    if (found.some(other => other.value === value || other.value.includes(value))) return
    found.push({ kind, line: lineOf(index), masked: mask(value), value })
  }
  if (hints.test(text))
    for (const pattern of patterns) {
      if (pattern.onlyInServer && setting === 'other') continue
      for (const match of text.matchAll(pattern.form)) {
        const value = match[1] ?? match[0]
        if (!isMadeUp(value) && (pattern.isReal?.(value) ?? true)) add(pattern.kind, value, match.index)
      }
    }
  if (isEnvironmentFile)
    for (const match of text.matchAll(environment))
      if (match[2] && isEnvironmentSecret(match[2])) add(`${match[1]}`, match[2], match.index)
  if (setting !== 'other')
    for (const match of naming.test(text) ? text.matchAll(assignment) : []) {
      const [, name = '', , value = ''] = match
      if (isSecretText(name, value) && !isSearchKey(name, text, match.index, value)) add(name, value, match.index)
    }
  return found
}
