/** How many words of a command line only say how the rest is started. */
interface Prefix {
  head: string[]
  /** Options that take the next word as their value. */
  valued?: string[]
  /** Words that stand before the command itself, such as the limit of `timeout`. */
  operands?: number
  /** The command itself stands behind this word; without it nothing is started. */
  until?: RegExp
  /** The rest names a package of a registry: its version and scope are no part of the program's name. */
  fetches?: true
}

const uvRun = [
  '--extra',
  '--group',
  '--only-group',
  '--with',
  '--with-requirements',
  '--python',
  '-p',
  '--directory',
  '--project',
  '--package',
  '--env-file',
]
const uvTool = ['--from', '--with', '--python', '-p', '--index-url']

const coverageLimits = [
  '--lines',
  '--functions',
  '--branches',
  '--statements',
  '--src',
  '--reports-dir',
  '--report-dir',
]

const prefixes: Prefix[] = [
  ...[
    'sudo',
    'time',
    'exec',
    'command',
    'nohup',
    'env',
    'cross-env',
    'xvfb-run',
    'dotenv',
    'env-cmd',
    'c8',
    'nyc',
    'retry',
  ].map((name): Prefix => ({
    head: [name],
    valued: ['-e', '-f', '-u', '-r', '--reporter', '--include', '--exclude', '-n', ...coverageLimits],
  })),
  { head: ['nice'], valued: ['-n'] },
  { head: ['timeout'], valued: ['-k', '-s', '--signal'], operands: 1 },
  { head: ['dotenvx', 'run'], valued: ['-f'] },
  ...[['npx'], ['bunx'], ['npm', 'exec'], ['npm', 'x'], ['pnpm', 'dlx'], ['yarn', 'dlx'], ['pnpx']].map(
    (head): Prefix => ({ head, valued: ['-p', '--package', '-w', '--workspace'], fetches: true }),
  ),
  { head: ['pnpm', 'exec'] },
  { head: ['yarn', 'exec'] },
  { head: ['uvx'], valued: uvTool, fetches: true },
  { head: ['uv', 'tool', 'run'], valued: uvTool, fetches: true },
  { head: ['pipx', 'run'], valued: ['--spec', '--python'], fetches: true },
  { head: ['uv', 'run'], valued: uvRun },
  { head: ['poetry', 'run'] },
  { head: ['pipenv', 'run'] },
  { head: ['rye', 'run'] },
  { head: ['conda', 'run'], valued: ['-n', '-p'] },
  { head: ['nix', 'develop'], until: /^(-c|--command)$/ },
  { head: ['devenv', 'shell'] },
  { head: ['mise', 'exec'], until: /^--$/ },
  { head: ['direnv', 'exec'], operands: 1 },
  { head: ['coverage', 'run'], valued: ['--source', '--rcfile', '--omit', '--include'] },
]

/** `eslint` of `eslint@9`, `@scope/eslint@latest`, `ruff==0.5`. */
const programOf = (fetched: string): string =>
  fetched
    .replace(/(?<=.)@[^/]*$/, '')
    .replace(/[=<>~[].*$/, '')
    .replace(/^@[^/]+\//, '')

const isInterpreter = (word: string | undefined): boolean =>
  /^(python|python3|python3\.\d+|py|pypy3?)$/.test(word ?? '')

const withoutOptions = (words: string[], valued: string[] = []): { rest: string[]; module: boolean } => {
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    if (word === '--') return { rest: words.slice(at + 1), module: false }
    if (word === '-m' || word === '--module') return { rest: words.slice(at + 1), module: true }
    if (/^[A-Za-z_]\w*=/.test(word)) at += 1
    else if (word.startsWith('-')) at += valued.includes(word) ? 2 : 1
    else break
  }
  return { rest: words.slice(at), module: false }
}

/** Takes off what only starts the real program: `npx`, `uv run`, `python -m`, `sudo`, paths of `.bin` folders. */
export const withoutPrefixes = (given: string[]): string[] => {
  let words = given
  for (let round = 0; round < 8; round++) {
    const name = (words[0] ?? '').replace(/^.*\/(\.?bin)\//, '')
    words = [name, ...words.slice(1)]
    const prefix = prefixes.find(({ head }) => head.every((word, at) => words[at] === word))
    if (prefix) {
      const { until } = prefix
      const behind = until ? words.findIndex(word => until.test(word)) : -1
      if (until && behind < 0) return words
      const { rest } = withoutOptions(words.slice(until ? behind + 1 : prefix.head.length), prefix.valued)
      const command = rest.slice(prefix.operands ?? 0)
      if (command.length === 0) return words
      words = prefix.fetches ? [programOf(command[0] ?? ''), ...command.slice(1)] : command
    } else if (isInterpreter(name) && words.includes('-m')) {
      const { rest, module } = withoutOptions(words.slice(1), ['-W', '-X'])
      if (!module || rest.length === 0) return words
      words = rest
    } else if (name === 'node') {
      const { rest } = withoutOptions(words.slice(1), ['--import', '-r', '--require', '--loader'])
      const installed = /(?:^|\/)node_modules\/(?:\.bin\/([^/]+)|(?:@[^/]+\/)?([^/@]+)\/)/.exec(rest[0] ?? '')
      if (!installed) return words
      words = [installed[1] ?? installed[2] ?? '', ...rest.slice(1)]
    } else return words
  }
  return words
}
