import { anyOf, having, program, verb, without, type Rule } from './command-rules.ts'
import type { Purpose } from './known-actions.ts'

export interface KnownCommand {
  does: Purpose
  is: Rule
  /** What it finds has no consequence, and why; `sarif` is a report that has to be uploaded. */
  quiet?: (words: string[]) => string | null
}

const shows = /^(--help|--version|-V|-h)$/

/** The value of `--option value` or `--option=value`. */
export const valueAfter = (words: string[], option: string): string | undefined => {
  const at = words.findIndex(word => word === option || word.startsWith(`${option}=`))
  return at < 0 ? undefined : words[at] === option ? words[at + 1] : words[at]?.slice(option.length + 1)
}

const needsFlag =
  (flag: RegExp, name: string): KnownCommand['quiet'] =>
  words =>
    words.some(word => flag.test(word))
      ? null
      : words.some(word => /sarif/i.test(word))
        ? 'sarif'
        : `without ${name} it only prints what it finds`
const withFlag =
  (flag: RegExp, because: string): KnownCommand['quiet'] =>
  words =>
    words.some(word => flag.test(word)) ? because : null

const first =
  (name: string, ...verbs: RegExp[]): Rule =>
  words =>
    words[0] === name && verbs.every((wanted, at) => wanted.test(words[at + 1] ?? ''))

const audits = (words: string[]): boolean =>
  /^(npm|pnpm|yarn|bun)$/.test(words[0] ?? '') &&
  (words[1] === 'audit' || (words[0] === 'yarn' && words[1] === 'npm' && words[2] === 'audit')) &&
  !/^(fix|signatures)$/.test(words[2] ?? '')

const trivy = (kinds: RegExp, scanner: string): Rule => {
  const isScan = first('trivy', kinds)
  return words => isScan(words) && (valueAfter(words, '--scanners') ?? 'vuln,secret').includes(scanner)
}
const trivyQuiet: KnownCommand['quiet'] = words =>
  Number(valueAfter(words, '--exit-code') ?? '0') > 0
    ? null
    : valueAfter(words, '--format') === 'sarif' || valueAfter(words, '-f') === 'sarif'
      ? 'sarif'
      : 'without --exit-code it only prints what it finds'

const gradle = 'gradle gradlew ./gradlew'
const maven = 'mvn mvnw ./mvnw'

const releaseWithFiles: Rule = words => {
  if (words[0] !== 'gh' || words[1] !== 'release' || !/^(create|upload)$/.test(words[2] ?? '')) return false
  const valued = /^(-n|-t|-F|-R|--notes|--title|--notes-file|--repo|--target|--notes-start-tag|--discussion-category)$/
  const operands = words.slice(3).filter((word, at, all) => !word.startsWith('-') && !valued.test(all[at - 1] ?? ''))
  return operands.length > 1
}

/** Commands whose purpose is known, told by their words without prefixes such as `npx` and `uv run`. */
export const knownCommands: KnownCommand[] = [
  {
    does: 'store',
    is: without(
      anyOf(
        verb('npm pnpm yarn bun lerna uv poetry pdm hatch flit rye cargo jsr changeset vsce ovsx maturin', 'publish'),
        verb('twine', 'upload'),
        verb('docker podman buildah crane skopeo helm oras', 'push copy'),
        having(verb('docker podman', 'build buildx bake'), /^(--push|--output=type=registry.*)$/),
        program('semantic-release release-it np'),
        releaseWithFiles,
        verb(`${maven} ${gradle}`, 'deploy publish'),
        verb('dotnet', 'push'),
        verb('goreleaser', 'release'),
        verb('aws', 'cp sync'),
        verb('gsutil gcloud', 'cp rsync'),
      ),
      /^(--dry-run|--snapshot|--help|--noop)$/,
    ),
  },

  {
    does: 'cache',
    is: having(verb('docker podman', 'build buildx bake'), /^--cache-from/),
  },

  {
    does: 'sast',
    is: without(first('semgrep', /^ci$/), shows),
    quiet: withFlag(/^--no-(error|suppress-errors)$|^--dry-run$/, 'it is told not to fail'),
  },
  {
    does: 'sast',
    is: without(
      words => /^(semgrep|opengrep)$/.test(words[0] ?? '') && !/^(ci|login|install|publish|test)$/.test(words[1] ?? ''),
      shows,
    ),
    quiet: needsFlag(/^--error$/, '--error'),
  },
  {
    does: 'sast',
    is: without(program('bandit'), shows),
    quiet: withFlag(/^--exit-zero$/, '--exit-zero keeps it from failing'),
  },
  {
    does: 'sast',
    is: without(
      anyOf(
        program('njsscan gosec brakeman sonar-scanner sonarqube-scanner sonar pysonar pysonar-scanner'),
        first('snyk', /^code$/, /^test$/),
        first('codeql', /^database$/, /^analyze$/),
        verb('bearer', 'scan'),
        verb('horusec', 'start'),
        verb(`${maven} ${gradle}`, 'sonar:sonar sonar spotbugs:check spotbugsMain'),
      ),
      shows,
    ),
  },

  { does: 'dependencies', is: without(audits, shows) },
  {
    does: 'dependencies',
    is: without(
      anyOf(
        program(
          'audit-ci better-npm-audit pip-audit osv-scanner govulncheck bundle-audit bundler-audit uv-secure retire',
        ),
        verb('safety', 'check scan'),
        first('uv', /^audit$/),
        first('snyk', /^test$/),
        first('cargo', /^(audit|deny)$/),
        first('composer', /^audit$/),
        first('bundle', /^audit$/),
        first('auditjs', /./),
        first('socket', /^(ci|scan)$/),
        verb(maven, 'dependency-check:check org.owasp:dependency-check-maven:check'),
        verb(gradle, 'dependencyCheckAnalyze'),
      ),
      shows,
    ),
  },
  { does: 'dependencies', is: trivy(/^(fs|filesystem|repo|repository|rootfs|image|sbom)$/, 'vuln'), quiet: trivyQuiet },
  { does: 'dependencies', is: without(program('grype'), shows), quiet: needsFlag(/^(-f|--fail-on)(=|$)/, '--fail-on') },
  {
    does: 'dependencies',
    is: first('docker', /^scout$/, /^cves$/),
    quiet: needsFlag(/^(-e|--exit-code)$/, '--exit-code'),
  },
  {
    does: 'dependencies',
    is: having(first('dotnet', /^(list|package)$/), /^--vulnerable$/),
    quiet: () => 'it never fails',
  },

  {
    does: 'secrets',
    is: without(words => words[0] === 'gitleaks' && !/^(version|completion|help|stdin)$/.test(words[1] ?? ''), shows),
    quiet: words => (valueAfter(words, '--exit-code') === '0' ? '--exit-code 0 keeps it from failing' : null),
  },
  { does: 'secrets', is: without(program('trufflehog'), shows), quiet: needsFlag(/^--fail$/, '--fail') },
  {
    does: 'secrets',
    is: without(
      anyOf(
        program('detect-secrets-hook secretlint talisman ripsecrets'),
        // The name of the hook: pre-commit starts `detect-secrets-hook` for it.
        words => words[0] === 'detect-secrets' && words.length === 1,
        first('ggshield', /^secret$/, /^scan$/),
        first('git-secrets', /^--scan/),
        first('git', /^secrets$/, /^--scan/),
        first('kingfisher', /^scan$/),
      ),
      shows,
    ),
  },
  {
    does: 'secrets',
    is: first('detect-secrets', /^scan$/),
    quiet: () => 'it only writes a list; `detect-secrets-hook` fails',
  },
  { does: 'secrets', is: trivy(/^(fs|filesystem|repo|repository)$/, 'secret'), quiet: trivyQuiet },

  {
    does: 'coverage',
    is: without(
      anyOf(
        program('codecov codecovcli coveralls codacy-coverage-reporter genhtml tarpaulin'),
        verb('coverage', 'report xml html json lcov'),
        verb('nyc c8', 'report'),
        having(program('vitest jest'), /^--coverage(\.enabled)?(=true)?$/),
        having(program('pytest py.test'), /^--cov(=|-report|$)/),
        having(program('node tsx'), /^--experimental-test-coverage$/),
        having(verb('go', 'test'), /^-cover/),
        verb('cargo', 'llvm-cov tarpaulin'),
        having(verb('bun deno', 'test'), /^--coverage/),
      ),
      /^(--help|--version|--coverage=false|--no-cov)$/,
    ),
  },

  {
    does: 'performance',
    is: without(
      anyOf(
        first('k6', /^(run|cloud)$/),
        first('artillery', /^(run|quick)$/),
        program('autocannon hyperfine wrk wrk2 oha bombardier hey ab loadtest lhci drill'),
        first('vegeta', /^attack$/),
        having(program('locust'), /^--headless$/),
        first('vitest', /^bench$/),
        having(program('pytest py.test'), /^--(benchmark-only|benchmark-enable|benchmark-compare-fail.*|codspeed)$/),
        first('asv', /^(run|continuous|compare)$/),
        first('cargo', /^(bench|criterion)$/),
        having(first('go', /^test$/), /^-bench(=|$)/),
        first('deno', /^bench$/),
        program('jmeter gatling mitata tachometer'),
        first('bencher', /^run$/),
        first('codspeed', /^run$/),
      ),
      shows,
    ),
  },
]
