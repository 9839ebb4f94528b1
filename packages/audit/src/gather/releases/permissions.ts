import type { PipelineStep } from '../pipelines.ts'

/** What the token of the run may do; null when the file does not say. */
export const permission = ({ job, workflow }: PipelineStep, name: string): 'write' | 'none' | null => {
  const given = job.permissions ?? workflow.permissions
  const isCalled = workflow.triggers.some(({ event }) => event === 'workflow_call')
  if (given === null) return isCalled || name !== 'id-token' ? null : 'none'
  const all = given['*']
  if (all !== undefined) return all === 'write-all' ? 'write' : 'none'
  return given[name] === 'write' ? 'write' : 'none'
}

/** Names and values of the variables that the step sees. */
export const environmentOf = ({ step, job, workflow }: PipelineStep): [name: string, value: string][] =>
  Object.entries({ ...workflow.env, ...job.env, ...step.env })

const isSecret = (value: string): boolean => /\bsecrets\s*[.[]/.test(value) && !/secrets\.GITHUB_TOKEN\b/i.test(value)

/** Secrets that are credentials of a registry, by the name of the variable or input that takes them. */
export const registryTokens = (step: PipelineStep): string[] => {
  const named = [...environmentOf(step), ...Object.entries(step.step.with)].filter(
    ([name, value]) =>
      /token|password|auth|api[-_]?key/i.test(name) &&
      !/^(GH|GITHUB)_/i.test(name) &&
      !/^github[-_]token$/i.test(name) &&
      isSecret(value),
  )
  const written = step.job.steps.some(({ run }) => /_authToken=|npm config set .*_authToken/.test(run ?? ''))
  const inline = /\b(secrets\.[A-Z_]*(?:TOKEN|PASSWORD)[A-Z_]*)/.exec(
    (step.step.run ?? '').replaceAll(/secrets\.GITHUB_TOKEN/g, ''),
  )?.[1]
  return [...named.map(([name]) => name), ...(written ? ['_authToken in .npmrc'] : []), ...(inline ? [inline] : [])]
}

/** `gh` answers nothing without a token in its environment. */
export const givesGithubToken = (step: PipelineStep): boolean =>
  environmentOf(step).some(([name, value]) => /^(GH|GITHUB)(_ENTERPRISE)?_TOKEN$/.test(name) && value !== '') ||
  /\b(GH|GITHUB)_TOKEN=|gh auth login/.test(step.step.run ?? '') ||
  step.job.steps.some(({ run }) => /(GH|GITHUB)_TOKEN=[^\n]*GITHUB_ENV|gh auth login/.test(run ?? ''))

/** The token of the run itself, which has the permissions that the file gives it. */
export const usesOwnToken = (step: PipelineStep): boolean => {
  if (/\b(GH|GITHUB)_TOKEN=[^\n]{0,40}secrets\.(?!GITHUB_TOKEN)/.test(step.step.run ?? '')) return false
  const given = [...environmentOf(step), ...Object.entries(step.step.with)].filter(([name]) => /token/i.test(name))
  return given.every(([, value]) => /github\.token|secrets\.GITHUB_TOKEN/i.test(value) || !value.includes('${{'))
}
