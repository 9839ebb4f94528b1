import { crc32 } from 'node:zlib'

export interface Pattern {
  /** What the secret opens, such as `GitHub token`. */
  kind: string
  /** Its first group is the secret, or the whole match. Global. */
  form: RegExp
  /** Whether a match is one: checksums and structure. */
  isReal?(secret: string): boolean
  /** It is made up often enough that tests and documents prove nothing. */
  onlyInServer?: true
}

/** Bits for each character; 0 for a repeated one, near 4 for random hexadecimal, above 4 for random base 64. */
export const entropy = (text: string): number => {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Tokens of GitHub and npm end in the CRC-32 of what stands between the prefix and it, in base 62. */
export const hasChecksum = (token: string): boolean => {
  const body = token.slice(token.indexOf('_') + 1)
  let rest = crc32(body.slice(0, -6))
  let digits = ''
  while (rest > 0) {
    digits = base62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits.padStart(6, '0') === body.slice(-6)
}

const decoded = (part: string | undefined): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** A signed token with claims that is neither the textbook example nor meant to be public. */
const isJwt = (token: string): boolean => {
  const [head, body] = token.split('.')
  const claims = decoded(body)
  if (typeof decoded(head)['alg'] !== 'string' || Object.keys(claims).length === 0) return false
  const isExample = claims['sub'] === '1234567890' || /john doe|example/i.test(JSON.stringify(claims))
  return !isExample && claims['role'] !== 'anon'
}

const isRandom = (secret: string): boolean => entropy(secret) > 3.2

/** A password for a machine that others can reach. */
const isRemote = (address: string): boolean => {
  const [, password = '', host = ''] = /:\/\/[^:/@]*:([^@/]+)@([^/:?]+)/.exec(address) ?? []
  return (
    host.includes('.') &&
    !/^(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|host\.docker)|example|\.(local|internal|test|invalid)$|your|<|domain/i.test(
      host,
    ) &&
    !/^(password|passwd|pass|pwd|postgres|root|admin|user(name)?|secret|p|x+|token)$/i.test(password)
  )
}

export const patterns: Pattern[] = [
  // a signed address names the key, and opens nothing else
  { kind: 'AWS access key', form: /(?<!X-Amz-Credential=)\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    kind: 'GitHub token',
    form: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g,
    isReal: token => hasChecksum(token) || isRandom(token),
  },
  { kind: 'GitHub token', form: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g },
  // words joined by hyphens are made up, for a test or an example
  { kind: 'GitLab token', form: /\bglpat-(?![a-z]+([-_][a-z]+)*\b(?![-_]))[A-Za-z0-9_-]{20}\b/g },
  { kind: 'Slack token', form: /\bxox[abeprs]-(?:\d{8,}-)+[A-Za-z0-9-]{20,}\b/g },
  {
    kind: 'Slack webhook',
    form: /https:\/\/hooks\.slack\.com\/services\/(T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{24})\b/g,
  },
  { kind: 'Stripe key', form: /\b[rs]k_live_[A-Za-z0-9]{24,}\b/g },
  { kind: 'OpenAI key', form: /\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}/g },
  { kind: 'OpenAI key', form: /\bsk-[A-Za-z0-9]{48}\b/g },
  { kind: 'Anthropic key', form: /\bsk-ant-(?:api|admin|oat)\d\d-[A-Za-z0-9_-]{80,}/g },
  { kind: 'Google API key', form: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g },
  { kind: 'Google client secret', form: /\bGOCSPX-[A-Za-z0-9_-]{28}(?![0-9A-Za-z_-])/g },
  { kind: 'npm token', form: /\bnpm_[A-Za-z0-9]{36}\b/g, isReal: token => hasChecksum(token) || isRandom(token) },
  { kind: 'PyPI token', form: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/g },
  { kind: 'Hugging Face token', form: /\bhf_[A-Za-z]{34}\b/g },
  { kind: 'Notion token', form: /\bntn_[A-Za-z0-9]{40,}\b/g },
  { kind: 'Linear key', form: /\blin_api_[A-Za-z0-9]{40}\b/g },
  { kind: 'SendGrid key', form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![0-9A-Za-z_-])/g },
  { kind: 'DigitalOcean token', form: /\bdo[op]_v1_[a-f0-9]{64}\b/g },
  { kind: 'Telegram bot token', form: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![0-9A-Za-z_-])/g },
  {
    kind: 'private key',
    form: /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH) )?PRIVATE KEY-----(?:\\n|\s)*([A-Za-z0-9+/=]{60,})/g,
    onlyInServer: true,
  },
  {
    kind: 'JSON Web Token',
    form: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}/g,
    isReal: isJwt,
    onlyInServer: true,
  },
  {
    kind: 'password in an address',
    form: /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|https?):\/\/[^\s:/@'"`]{0,100}:[^\s@/'"`]{3,200}@[^\s/'"`]{1,255}/g,
    isReal: isRemote,
    onlyInServer: true,
  },
]

/** Any of these must be in a text before a pattern can match. */
export const hints =
  /AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hooks\.slack|[rs]k_live_|sk-|AIza|GOCSPX|npm_|pypi-A|hf_|ntn_|lin_api_|SG\.|do[op]_v1_|:AA|PRIVATE KEY|eyJ|:\/\/[^\s/:@'"`]{0,100}:[^\s@/'"`]{1,200}@/
