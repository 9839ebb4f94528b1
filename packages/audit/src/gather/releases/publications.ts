import type { PipelineStep } from '../pipelines.ts'
import { permission, registryTokens } from './permissions.ts'

export interface Publication {
  registry: 'npm' | 'PyPI' | 'another registry'
  step: PipelineStep
  /** The command or action that does it. */
  does: string
  /** Secrets that it uses as credentials. */
  tokens: string[]
  /** Whether the run may prove who it is; null when the file does not say. */
  identity: 'write' | 'none' | null
  /** Asks for a statement of origin that anyone can verify. */
  provenance: boolean
  /** The client exchanges the identity of the run for credentials by itself. */
  canTrust: boolean
  /** Words of the command. */
  words: string[]
  /** The folder of what is published, such as `packages/weather/dist`; null when it is computed. */
  folder: string | null
}

const npmClients = /^(npm|pnpm|yarn|bun|lerna|changeset|clean-publish|np|semantic-release|release-it)$/
const pythonClients = /^(twine|uv|poetry|hatch|flit|pdm|maturin|rye)$/

const registryOf = (words: string[]): Publication['registry'] | null => {
  const [client = '', ...rest] = words
  const verbs = new Set(rest.filter(word => !word.startsWith('-')).slice(0, 2))
  const publishes = verbs.has('publish') || verbs.has('upload')
  if (rest.some(word => /^(--dry-run|--help|-n)$/.test(word)) || rest.some(word => /test\.?pypi/i.test(word)))
    return null
  if (npmClients.test(client)) return publishes ? 'npm' : null
  if (pythonClients.test(client)) return publishes ? 'PyPI' : null
  if (/^(cargo|jsr|deno|goreleaser|gem|dotnet)$/.test(client))
    return publishes || verbs.has('push') || verbs.has('release') ? 'another registry' : null
  return null
}

const byAction = ({ step }: PipelineStep): { registry: Publication['registry']; canTrust: boolean } | null => {
  const [action = ''] = (step.uses ?? '').split('@')
  if (action === 'pypa/gh-action-pypi-publish')
    return /test\.pypi/.test(step.with['repository-url'] ?? step.with['repository_url'] ?? '')
      ? null
      : { registry: 'PyPI', canTrust: true }
  if (/^JS-DevTools\/npm-publish$/i.test(action))
    return step.with['dry-run'] === 'true' ? null : { registry: 'npm', canTrust: true }
  return /^goreleaser\/goreleaser-action$/.test(action) ? { registry: 'another registry', canTrust: false } : null
}

const folderOf = ({ step }: PipelineStep): string | null => {
  const written = (step.with['packages-dir'] ?? step.with['packages_dir'] ?? step.with['package'] ?? '').replace(
    /(^|\/)package\.json$/,
    '',
  )
  return /[$⟦*]/.test(written) ? null : written.replace(/^\.\//, '').replace(/\/+$/, '')
}

/** What a step publishes to a registry of packages. `settled` is true when the package itself asks for provenance. */
export const publicationsOf = (step: PipelineStep, settled: boolean): Publication[] => {
  const tokens = registryTokens(step)
  const identity = permission(step, 'id-token')
  const environment = { ...step.workflow.env, ...step.job.env, ...step.step.env }
  const attests = step.job.steps.some(({ uses }) => /^actions\/attest(-build-provenance)?@/.test(uses ?? ''))
  const asked =
    settled ||
    attests ||
    Object.entries(environment).some(([name, value]) => /^npm_config_provenance$/i.test(name) && value === 'true')
  const action = byAction(step)
  const own = { step, tokens, identity }
  const actions: Publication[] = action
    ? [
        {
          ...own,
          ...action,
          does: step.step.uses ?? '',
          words: [],
          folder: folderOf(step),
          provenance: asked || step.step.with['provenance'] === 'true',
        },
      ]
    : []
  return [
    ...actions,
    ...step.runs.flatMap((run): Publication[] => {
      const registry = registryOf(run.words)
      if (!registry) return []
      const [client = ''] = run.words
      const provenance = asked || run.words.some(word => /^--provenance(=true)?$/.test(word))
      const canTrust = /^(npm|pnpm|changeset|lerna|semantic-release|uv|twine|pdm|release-it)$/.test(client)
      return [
        { ...own, registry, does: run.via.join(' → '), words: run.words, provenance, canTrust, folder: run.directory },
      ]
    }),
  ]
}
