/** A language and the version of it that is used, as it is written. */
export interface Runtime {
  language: string
  version: string
}

interface Setup {
  action: string
  language: string
  input: string
}

const setups: Setup[] = [
  { action: 'actions/setup-node', language: 'node', input: 'node-version' },
  { action: 'actions/setup-python', language: 'python', input: 'python-version' },
  { action: 'astral-sh/setup-uv', language: 'python', input: 'python-version' },
  { action: 'actions/setup-go', language: 'go', input: 'go-version' },
  { action: 'actions/setup-java', language: 'java', input: 'java-version' },
  { action: 'actions/setup-dotnet', language: 'dotnet', input: 'dotnet-version' },
  { action: 'dtolnay/rust-toolchain', language: 'rust', input: 'toolchain' },
  { action: 'actions-rust-lang/setup-rust-toolchain', language: 'rust', input: 'toolchain' },
  { action: 'ruby/setup-ruby', language: 'ruby', input: 'ruby-version' },
  { action: 'shivammathur/setup-php', language: 'php', input: 'php-version' },
  { action: 'oven-sh/setup-bun', language: 'bun', input: 'bun-version' },
  { action: 'denoland/setup-deno', language: 'deno', input: 'deno-version' },
  { action: 'mamba-org/setup-micromamba', language: 'python', input: 'create-args' },
  { action: 'pdm-project/setup-pdm', language: 'python', input: 'python-version' },
  { action: 'circleci/node/install', language: 'node', input: 'node-version' },
  { action: 'circleci/node/test', language: 'node', input: 'version' },
  { action: 'circleci/python/test', language: 'python', input: 'version' },
]

/** `20` of `20.x`, `v20.11.1`; `3.12` of `3.12.1`, `py312`. What is no number stays: `lts/*`, `latest`. */
const plain = (language: string, version: string): string => {
  const text = version.trim().replace(/^(v|cpython-?|python-?|~|\^|>=)/, '')
  const parts = /^(\d+)(?:\.(\d+))?/.exec(text)
  if (!parts) return text
  return /^(node|java)$/.test(language) || parts[2] === undefined ? (parts[1] ?? text) : `${parts[1]}.${parts[2]}`
}

/** What an action sets up; of several versions the last is the one in use. */
export const runtimeOfSetup = (uses: string, inputs: Record<string, string>): Runtime[] => {
  const [action = ''] = uses.split('@')
  const found = setups.find(each => each.action === action)
  const written = found ? (inputs[found.input] ?? '').trim().split('\n').at(-1) : undefined
  if (!found || written === undefined || written === '' || written.includes('${{')) return []
  return [{ language: found.language, version: plain(found.language, written) }]
}

const images: [name: RegExp, language: string][] = [
  [/^(cimg\/node|circleci\/node|node)$/, 'node'],
  [/^(cimg\/python|circleci\/python|python)$/, 'python'],
  [/^(cimg\/go|golang)$/, 'go'],
  [/^(cimg\/rust|rust)$/, 'rust'],
  [/^(cimg\/openjdk|eclipse-temurin|openjdk|maven|gradle)$/, 'java'],
]

/** What an image such as `python:3.12-slim` is made for. */
export const runtimeOfImage = (image: string): Runtime[] => {
  const [, name = '', tag = ''] = /^(?:docker\.io\/)?(?:library\/)?([^:@]+)(?::([^@]+))?/.exec(image) ?? []
  const uv = /^ghcr\.io\/astral-sh\/uv$/.test(name) ? /python(\d\.\d+)/.exec(tag)?.[1] : undefined
  if (uv !== undefined) return [{ language: 'python', version: uv }]
  const language = images.find(([pattern]) => pattern.test(name))?.[1]
  return language === undefined || !/^\d/.test(tag) ? [] : [{ language, version: plain(language, tag) }]
}

export const runtimeOf = (language: string, version: string): Runtime => ({
  language,
  version: plain(language, version),
})
