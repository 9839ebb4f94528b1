import type { WorkflowStep } from './workflows.ts'

/** What a step is for, beyond the stages of a pipeline. */
export type Purpose = 'cache' | 'store' | 'sast' | 'dependencies' | 'secrets' | 'coverage' | 'performance'

export interface KnownAction {
  does: Purpose
  /** `owner/name` or a path below it, separated by spaces. */
  names: string
  /** With these inputs, and from this major version on. Null is a version that cannot be read from the reference. */
  when?: (inputs: Record<string, string>, major: number | null) => boolean
  /** What it finds has no consequence, and why; `sarif` is a report that has to be uploaded. */
  quiet?: (inputs: Record<string, string>) => string | null
}

type Inputs = Record<string, string>

const given =
  (name: string): ((inputs: Inputs) => boolean) =>
  inputs =>
    !/^(|false)$/.test((inputs[name] ?? '').trim())
const unlessFalse =
  (name: string): ((inputs: Inputs) => boolean) =>
  inputs =>
    (inputs[name] ?? '').trim() !== 'false'

const trivyScanners = (inputs: Inputs): string =>
  inputs['scanners'] ?? inputs['security-checks'] ?? (inputs['scan-type'] === 'config' ? '' : 'vuln,secret')
const trivyQuiet = (inputs: Inputs): string | null =>
  Number(inputs['exit-code'] ?? '0') > 0
    ? null
    : inputs['format'] === 'sarif'
      ? 'sarif'
      : 'its `exit-code` is 0, so that it only prints what it finds'
const isReport = /coverage|lcov|htmlcov/i

/** Actions whose purpose is known. The orbs of CircleCI and what the forges do by themselves stand under their own names. */
export const knownActions: KnownAction[] = [
  // caches
  { does: 'cache', names: 'actions/setup-node actions/setup-python actions/setup-java', when: given('cache') },
  { does: 'cache', names: 'actions/setup-dotnet denoland/setup-deno pdm-project/setup-pdm', when: given('cache') },
  { does: 'cache', names: 'pnpm/action-setup', when: given('cache') },
  { does: 'cache', names: 'actions/setup-go prefix-dev/setup-pixi', when: unlessFalse('cache') },
  {
    does: 'cache',
    names: 'astral-sh/setup-uv',
    when: (inputs, major) =>
      unlessFalse('enable-cache')(inputs) && ('enable-cache' in inputs || major === null || major >= 5),
  },
  { does: 'cache', names: 'actions/cache actions/cache/save buildjet/cache runs-on/cache', when: given('path') },
  // Nothing is kept by what only looks for it.
  { does: 'cache', names: 'actions/cache/restore', when: () => false },
  { does: 'cache', names: 'ruby/setup-ruby', when: given('bundler-cache') },
  { does: 'cache', names: 'mamba-org/setup-micromamba', when: given('cache-environment') },
  {
    does: 'cache',
    names: `Swatinem/rust-cache gradle/actions/setup-gradle gradle/gradle-build-action bahmutov/npm-install
      julia-actions/cache rharkor/caching-for-turbo DeterminateSystems/magic-nix-cache-action cachix/cachix-action
      hendrikmuhs/ccache-action mozilla-actions/sccache-action pre-commit/action`,
  },
  { does: 'cache', names: 'docker/build-push-action depot/build-push-action', when: given('cache-from') },
  { does: 'cache', names: 'docker/bake-action', when: ({ set }) => /cache-from/.test(set ?? '') },
  { does: 'cache', names: 'gitlab:cache', when: given('path') },
  { does: 'cache', names: 'circleci:save_cache', when: given('paths') },
  {
    does: 'cache',
    names: 'circleci/node/install-packages circleci/node/test circleci/node/run',
    when: unlessFalse('with-cache'),
  },
  { does: 'cache', names: 'circleci/python/install-packages circleci/python/test', when: unlessFalse('caching') },

  // what keeps the result of a build
  {
    does: 'store',
    names: 'actions/upload-artifact actions/upload-release-asset',
    when: inputs => !isReport.test(inputs['name'] ?? ''),
  },
  { does: 'store', names: 'gitlab:artifacts', when: given('paths') },
  { does: 'store', names: 'circleci:store_artifacts', when: given('path') },
  { does: 'store', names: 'softprops/action-gh-release', when: given('files') },
  {
    does: 'store',
    names: 'ncipollo/release-action',
    when: inputs => given('artifacts')(inputs) || given('artifact')(inputs),
  },
  {
    does: 'store',
    names: `svenstaro/upload-release-action pypa/gh-action-pypi-publish JS-DevTools/npm-publish
      hynek/build-and-inspect-python-package goreleaser/goreleaser-action redhat-actions/push-to-registry
      elgohr/Publish-Docker-Github-Action cycjimmy/semantic-release-action`,
  },
  {
    does: 'store',
    names: 'docker/build-push-action docker/bake-action depot/build-push-action',
    when: inputs => given('push')(inputs) || /type=registry|push=true/.test(inputs['outputs'] ?? ''),
  },

  // static analysis
  {
    does: 'sast',
    names: 'github/codeql-action/analyze',
    quiet: ({ upload }) => (/^(never|false)$/.test(upload ?? '') ? 'its results are not uploaded' : null),
  },
  {
    does: 'sast',
    names: `semgrep/semgrep-action returntocorp/semgrep-action SonarSource/sonarqube-scan-action
      SonarSource/sonarcloud-github-action SonarSource/sonarcloud-github-c-cpp PyCQA/bandit-action
      gaurav-nelson/bandit-action shundor/python-bandit-scan tj-actions/bandit ajinabraham/njsscan-action securego/gosec
      microsoft/security-devops-action Checkmarx/ast-github-action veracode/Veracode-pipeline-scan-action
      DataDog/datadog-static-analyzer-github-action codacy/codacy-analysis-cli-action bearer/bearer-action
      github/ossar-action aikidosec/github-actions-workflow sonarcloud/scan`,
  },
  { does: 'sast', names: 'snyk/actions', when: ({ command }) => /^code\b/.test(command ?? '') },

  // known holes in dependencies
  {
    does: 'dependencies',
    names: `pypa/gh-action-pip-audit google/osv-scanner-action google/osv-scanner golang/govulncheck-action
      rustsec/audit-check actions-rs/audit-check EmbarkStudios/cargo-deny-action oke-py/npm-audit-action
      pyupio/safety-action dependency-check/Dependency-Check_Action SocketDev/action actions/dependency-review-action
      snyk/snyk/scan`,
    quiet: inputs =>
      inputs['fail-on-vuln'] === 'false' || inputs['warn-only'] === 'true' ? 'it is told to warn only' : null,
  },
  { does: 'dependencies', names: 'snyk/actions', when: ({ command }) => /^(|test\b.*)$/.test(command ?? '') },
  {
    does: 'dependencies',
    names: 'aquasecurity/trivy-action',
    when: inputs => /vuln/.test(trivyScanners(inputs)),
    quiet: trivyQuiet,
  },
  {
    does: 'dependencies',
    names: 'anchore/scan-action',
    quiet: inputs =>
      inputs['fail-build'] === 'false'
        ? (inputs['output-format'] ?? 'sarif') === 'sarif'
          ? 'sarif'
          : 'its `fail-build` is false'
        : null,
  },
  {
    does: 'dependencies',
    names: 'docker/scout-action',
    when: ({ command }) => /cves/.test(command ?? ''),
    quiet: inputs =>
      inputs['exit-code'] === 'true' ? null : inputs['sarif-file'] ? 'sarif' : 'its `exit-code` is false',
  },

  // secrets in the sources
  {
    does: 'secrets',
    names: `gitleaks/gitleaks-action zricethezav/gitleaks-action trufflesecurity/trufflehog GitGuardian/ggshield-action
      GitGuardian/gg-shield-action GitGuardian/ggshield reviewdog/action-detect-secrets secret-scanner/action
      edplato/trufflehog-actions-scan max/secret-scan talisman/talisman`,
  },
  {
    does: 'secrets',
    names: 'aquasecurity/trivy-action',
    when: inputs => /secret/.test(trivyScanners(inputs)) && /^(fs|filesystem|repo)$/.test(inputs['scan-type'] ?? ''),
    quiet: trivyQuiet,
  },

  // coverage
  {
    does: 'coverage',
    names: `codecov/codecov-action codecov/codecov/upload coverallsapp/github-action coveralls/coveralls/upload
      codacy/codacy-coverage-reporter-action paambaati/codeclimate-action qltysh/qlty-action/coverage
      davelosert/vitest-coverage-report-action irongut/CodeCoverageSummary MishaKav/pytest-coverage-comment
      MishaKav/jest-coverage-comment py-cov-action/python-coverage-comment-action 5monkeys/cobertura-action
      ArtiomTr/jest-coverage-report-action orgoro/coverage romeovs/lcov-reporter-action
      zgosalvez/github-actions-report-lcov clearlyip/code-coverage-report-action insightsengineering/coverage-action
      gitlab:coverage`,
  },
  {
    does: 'coverage',
    names: 'gitlab:artifacts',
    when: inputs => 'report-coverage_report' in inputs || isReport.test(inputs['paths'] ?? ''),
  },
  {
    does: 'coverage',
    names: 'actions/upload-artifact circleci:store_artifacts',
    when: inputs => isReport.test(`${inputs['path'] ?? ''} ${inputs['name'] ?? ''}`),
  },

  // measurements
  {
    does: 'performance',
    names: `benchmark-action/github-action-benchmark CodSpeedHQ/action grafana/run-k6-action grafana/k6-action
      artilleryio/action-cli treosh/lighthouse-ci-action bencherdev/bencher boa-dev/criterion-compare-action
      gatling/enterprise-action`,
    when: inputs => inputs['mode'] !== 'off',
  },
]

const indexed = new Map<string, KnownAction[]>()
for (const action of knownActions)
  for (const name of action.names.trim().split(/\s+/))
    indexed.set(name.toLowerCase(), [...(indexed.get(name.toLowerCase()) ?? []), action])

/** The action that a step uses without its version, and the major version where the reference says it. */
export const actionOf = (uses: string): { name: string; major: number | null } => {
  const [name = '', reference = ''] = uses.split('@')
  const major = /^v?(\d{1,3})(\.|$)/.exec(reference)?.[1]
  return { name: name.replace(/^docker:\/\//, ''), major: major === undefined ? null : Number(major) }
}

/** What is known of the action of a step, under its own name or one that it stands below. */
export const knownOf = ({ uses, with: inputs }: WorkflowStep): KnownAction[] => {
  if (uses === null) return []
  const { name, major } = actionOf(uses)
  const parts = name.toLowerCase().split('/')
  for (let length = parts.length; length > 0; length--) {
    const found = indexed.get(parts.slice(0, length).join('/'))
    if (found) return found.filter(({ when }) => !when || when(inputs, major))
  }
  return []
}
