/** `test` and `example` code is not part of the running server. */
export type Role = 'server' | 'test' | 'example'

const testPath =
  /(^|\/)(tests?|__tests__|__mocks__|spec|e2e|fixtures|testdata|conftest\.py$)|[._-](test|spec)\.[^/]+$|(^|\/)test_[^/]+\.py$/i
const examplePath =
  /(^|\/)(examples?|docs?|samples?|demos?|scripts|benchmarks?|bench|website|\.agents|\.claude|\.cursor|\.codex)\//i

/** What a file is for, as its path tells. */
export const roleOf = (path: string): Role =>
  testPath.test(path) ? 'test' : examplePath.test(path) ? 'example' : 'server'
