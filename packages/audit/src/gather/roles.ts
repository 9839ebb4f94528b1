/**
 * `test` and `example` code is not part of the running server; `example` is also what builds, installs or publishes it,
 * and what tools keep in folders whose names begin with a dot: `.husky/setup-hooks.js`.
 */
export type Role = 'server' | 'test' | 'example'

const testPath =
  /(^|\/)(tests?|__tests__|__mocks__|spec|e2e|fixtures|testdata|conftest\.py$)|[._-](test|spec)\.[^/]+$|(^|\/)test_[^/]+\.py$/i
const examplePath =
  /(^|\/)(examples?|docs?|samples?|demos?|scripts|benchmarks?|bench|website|\.(?!well-known\/)[^/]+)\/|^examples?\.([mc]?[jt]sx?|py)$/i

/** What a browser is sent. */
const browserPath = /(^|\/)(frontend\/(.*\/)?[^/]+\.[mc]?[jt]sx?|(public|static)\/(.*\/)?[^/]+\.[mc]?jsx?)$/i

/** Tools of servers that are about evaluations stand below `src`. */
const evaluationPath = /^(?!(.*\/)?(src|lib)\/)(.*\/)?evals?\//i

/** What a package manager, a bundler or a test runner runs, and the server never does. */
const toolPath =
  /(^|\/)((pre|post)install\.[mc]?[jt]s|(vite|vitest|jest|tsup|tsdown|rollup|webpack|esbuild|eslint|prettier|playwright|babel|commitlint|release|lint-staged|postcss|tailwind|wdio|cypress|karma)\.(config|setup)(\.\w+)?\.[mc]?[jt]s|gulpfile\.[mc]?[jt]s|(noxfile|setup)\.py)$/

/** What a file is for, as its path tells. */
export const roleOf = (path: string): Role =>
  testPath.test(path)
    ? 'test'
    : examplePath.test(path) || browserPath.test(path) || evaluationPath.test(path) || toolPath.test(path)
      ? 'example'
      : 'server'
