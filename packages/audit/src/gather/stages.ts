import { anyOf, having, program, verb, without, type Rule } from './command-rules.ts'
import type { PipelineStep } from './pipelines.ts'

export const stages = ['test', 'lint', 'build', 'deploy'] as const
export type Stage = (typeof stages)[number]

const shows = '--help|--version|-V|-h'
/** What `docker buildx` does beside building. */
const notBuilding = /^(ls|inspect|create|use|rm|prune|du|imagetools|version|install|stop)$/
const gradle = 'gradle gradlew ./gradlew'
const maven = 'mvn mvnw ./mvnw'
const hosts =
  'fly flyctl vercel netlify wrangler railway gcloud sam serverless sls heroku az firebase render eb cf deployctl modal'

/** Which commands are which stage. A type-checker is no linter, and a formatter is one only when it checks. */
const commands: Record<Stage, Rule> = {
  test: without(
    anyOf(
      program('pytest py.test unittest vitest jest mocha ava tap tape uvu jasmine ctest phpunit rspec gotestsum'),
      program('nosetests trial behave bats ward stestr'),
      verb('go cargo dotnet deno bun swift mix hatch rye zig ng react-scripts playwright', 'test nextest'),
      verb('cypress', 'run'),
      verb(`${maven} ${gradle}`, 'test verify check install'),
      having(program('node tsx'), /^--test$/),
    ),
    new RegExp(`^(${shows}|--collect-only|--list|--listTests|bench)$`),
  ),
  lint: without(
    anyOf(
      program('eslint oxlint flake8 pylint standard ts-standard xo tslint golangci-lint rubocop stylelint pylama'),
      program('prospector checkstyle jshint staticcheck swiftlint ktlint detekt ruff-check ruff-format biome-check'),
      words => words[0] === 'ruff' && (words.length === 1 || /^(check|lint|\.)$/.test(words[1] ?? '')),
      having(words => words[0] === 'ruff' && words[1] === 'format', /^--(check|diff)$/),
      having(program('prettier'), /^(--check|-c|--list-different|-l)$/),
      having(program('black isort'), /^--(check|check-only|diff)$/),
      verb('biome rome dprint', 'check ci lint'),
      verb('next deno ng hatch rye', 'lint fmt'),
      verb('cargo go mix', 'clippy vet credo'),
    ),
    new RegExp(`^(${shows}|--print-config)$`),
  ),
  build: without(
    anyOf(
      without(program('tsc vue-tsc'), /^(--noEmit|--watch|-w|--showConfig)$/i),
      program(
        'tsup tsdown esbuild rollup webpack webpack-cli unbuild pkgroll microbundle swc babel build rolldown tshy',
      ),
      program('cibuildwheel pyinstaller bunchee goreleaser parcel'),
      verb(
        'vite bun ncc next uv poetry pdm hatch flit rye cargo go dotnet swift maturin nest ng xmcp wrangler',
        'build',
      ),
      without(verb('docker podman buildah', 'build buildx bake bud'), notBuilding),
      verb('npm pnpm yarn mcpb dxt vsce dotnet nuget', 'pack package'),
      verb(maven, 'compile package install verify deploy'),
      verb(gradle, 'build assemble jar'),
      verb('python python3', 'sdist bdist_wheel'),
      verb('pip', 'wheel'),
    ),
    new RegExp(`^(${shows}|--dry-run)$`),
  ),
  deploy: without(
    anyOf(
      verb('npm pnpm yarn bun lerna uv poetry pdm hatch flit rye cargo jsr deno', 'publish'),
      verb('mcp-publisher changeset vsce ovsx clean-publish maturin', 'publish release'),
      verb('twine dotnet', 'upload push'),
      verb('docker podman buildah crane skopeo helm', 'push copy upgrade'),
      having(verb('docker podman', 'build buildx bake'), /^(--push|--output=type=registry.*)$/),
      without(
        program('semantic-release release-it release-please gh-pages np ghp-import shipjs'),
        /^(--no-ci-check|noop)$/,
      ),
      words => words[0] === 'gh' && words[1] === 'release' && /^(create|upload)$/.test(words[2] ?? ''),
      verb('kubectl terraform tofu pulumi cdk argocd', 'apply up deploy sync rollout set'),
      verb(hosts, 'deploy up publish push release container:release'),
      verb('mkdocs mike', 'gh-deploy deploy'),
      verb('goreleaser', 'release'),
      verb(`${maven} ${gradle}`, 'deploy publish'),
    ),
    new RegExp(`^(${shows}|--dry-run|--snapshot|--list|--noop)$`),
  ),
}

const owners = (names: string): RegExp => new RegExp(`^(${names.trim().split(/\s+/).join('|')})(/|@|$)`, 'i')

/** Actions that are a stage by themselves. */
const actions: Record<Stage, RegExp> = {
  test: owners('cypress-io/github-action pavelzw/pytest-action modelcontextprotocol/conformance'),
  lint: owners(`astral-sh/ruff-action chartboost/ruff-action psf/black super-linter/super-linter github/super-linter
    golangci/golangci-lint-action wearerequired/lint-action py-actions/flake8 reviewdog/action-eslint
    reviewdog/action-flake8 reviewdog/action-pylint oxsecurity/megalinter`),
  build: owners(`docker/build-push-action docker/bake-action depot/build-push-action pypa/cibuildwheel
    hynek/build-and-inspect-python-package PyO3/maturin-action goreleaser/goreleaser-action
    redhat-actions/buildah-build`),
  deploy: owners(`pypa/gh-action-pypi-publish JS-DevTools/npm-publish softprops/action-gh-release
    ncipollo/release-action actions/create-release actions/deploy-pages peaceiris/actions-gh-pages
    JamesIves/github-pages-deploy-action cycjimmy/semantic-release-action googleapis/release-please-action
    google-github-actions/release-please-action google-github-actions/deploy-cloudrun
    python-semantic-release/python-semantic-release azure/webapps-deploy azure/k8s-deploy azure/functions-action
    azure/container-apps-deploy-action cloudflare/wrangler-action cloudflare/pages-action
    superfly/flyctl-actions/flyctl amondnet/vercel-action aws-actions/amazon-ecs-deploy-task-definition
    redhat-actions/push-to-registry svenstaro/upload-release-action elgohr/Publish-Docker-Github-Action`),
}

const pushesImage = ({ step: { uses, with: inputs } }: PipelineStep): boolean =>
  /^(docker|depot)\/(build-push-action|bake-action)(@|$)/.test(uses ?? '') &&
  ((inputs['push'] ?? 'false') !== 'false' || /type=registry|push=true/.test(inputs['outputs'] ?? ''))

/** The stages that a command is. */
export const stagesOfRun = (words: string[]): Stage[] => stages.filter(stage => commands[stage](words))

export interface Occurrence {
  stage: Stage
  step: PipelineStep
  /** What does it: `npm run lint → eslint src`, `docker/build-push-action@v6`. */
  does: string
  tolerated: boolean
}

/** The stages that a step carries out, judged by the commands that really run. */
export const stagesOf = (step: PipelineStep): Occurrence[] => {
  const uses = step.step.uses ?? ''
  const byAction = stages.filter(stage => actions[stage].test(uses) || (stage === 'deploy' && pushesImage(step)))
  return [
    ...byAction.map(stage => ({ stage, step, does: uses, tolerated: step.tolerated })),
    ...step.runs.flatMap(run =>
      stagesOfRun(run.words).map(stage => ({
        stage,
        step,
        does: run.via.join(' → '),
        tolerated: step.tolerated || run.tolerated,
      })),
    ),
  ]
}

const hints: Record<Stage, RegExp> = {
  test: /test|spec|e2e|conformance/i,
  lint: /lint|style|quality|megalinter/i,
  build: /build|bundle|compile|package/i,
  deploy: /deploy|publish|release|upload-to|push/i,
}

/** Actions that only prepare, so their names say nothing about a stage. */
const preparing =
  /^((circleci|gitlab):|actions\/|docker\/(setup|login|metadata)|.*\/(setup|install)-|.*(cache|checkout|upload-artifact|labeler|codecov|report|dependency-review|scorecard))/

/** Programs that run something of the repository's own. */
const ownProgram = /^(node|tsx|python3?|bun|deno|\.\/.*|inv|invoke|gulp|grunt|bazel|pants|earthly|dagger|rush|rake)$/

/** What might carry out a stage but cannot be read: actions of others, programs of the repository itself. */
export const mightBe = (step: PipelineStep, stage: Stage): string | null => {
  const uses = step.step.uses ?? ''
  const isForeign = uses !== '' && !uses.startsWith('./') && !stages.some(known => actions[known].test(uses))
  if (isForeign && !preparing.test(uses) && hints[stage].test(uses)) return uses
  const opaque = step.opaque.find(command => hints[stage].test(command))
  if (opaque) return opaque
  const own = step.runs.find(
    ({ words }) =>
      stagesOfRun(words).length === 0 && ownProgram.test(words[0] ?? '') && hints[stage].test(words.join(' ')),
  )
  return own?.via.join(' → ') ?? null
}
