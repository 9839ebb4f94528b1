import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { readCircleConfig } from './circleci.ts'
import { readAction, readGithubWorkflow } from './github-actions.ts'
import { readGitlabPipeline } from './gitlab-ci.ts'
import type { Combination } from './job-matrix.ts'

export interface Trigger {
  /** `push`, `pull_request`, `schedule`, ... as GitHub names it. */
  event: string
  branches: string[]
  branchesIgnore: string[]
  tags: string[]
  tagsIgnore: string[]
  types: string[]
  paths: string[]
  pathsIgnore: string[]
  /** Of `workflow_run`: names of the workflows that set it off. */
  workflows: string[]
  crons: string[]
  line?: number
}

export interface WorkflowStep {
  /** Its name, or its first line. */
  name: string
  id: string | null
  line: number
  if: string | null
  run: string | null
  shell: string | null
  uses: string | null
  with: Record<string, string>
  env: Record<string, string>
  workingDirectory: string | null
  continueOnError: boolean
}

export interface Job {
  id: string
  name: string
  line: number
  needs: string[]
  if: string | null
  runsOn: string[]
  /** Literal values by key; null for what is computed. */
  matrix: Record<string, string[] | null> | null
  /** Null without a matrix, or when it is computed. */
  combinations: Combination[] | null
  /** The matrix as it is written. */
  matrixSource: unknown
  /** Into how many parts the forge divides it, as `parallel: 4` of GitLab does; null when it does not. */
  shards: number | null
  steps: WorkflowStep[]
  /** A reusable workflow that this job calls. */
  uses: string | null
  with: Record<string, string>
  permissions: Record<string, string> | null
  env: Record<string, string>
  environment: string | null
  /** Names of service containers. */
  services: string[]
  container: string | null
  continueOnError: boolean
  timeoutMinutes: number | null
  workingDirectory: string | null
  /** A newer run of the same kind ends it: `true`, or the expression that decides. */
  cancelInProgress: string | null
  /** On which runs it starts, where the forge says so with the job; the first rule that holds decides. */
  rules: JobRule[] | null
  /** The file it is written in, when that is not the workflow's. */
  path: string | null
}

export interface JobRule {
  /** An expression as those of GitHub, over the names that gather/expressions.ts knows; null holds always. */
  if: string | null
  /** Only when one of these files changed. */
  changes: string[]
  runs: boolean
  /** Started by a person. */
  manual: boolean
}

export interface Workflow {
  path: string
  forge: 'github' | 'gitlab' | 'circleci'
  name: string
  triggers: Trigger[]
  permissions: Record<string, string> | null
  env: Record<string, string>
  concurrency: string | null
  /** A newer run ends an older one: `true`, or the expression that decides. */
  cancelInProgress: string | null
  /** Inputs of a reusable workflow and their defaults. */
  inputs: Record<string, string>
  /** What holds for all of its jobs. */
  rules: JobRule[] | null
  jobs: Job[]
  /** What makes the forge refuse the file as a whole. */
  faults: { line: number; message: string }[]
}

/** A local action: `uses: ./.github/actions/setup`. */
export interface LocalAction {
  path: string
  /** Its inputs and their defaults; empty for those without one. */
  inputs: Record<string, string>
  /** Null when it is not made of steps. */
  steps: WorkflowStep[] | null
}

export interface Workflows {
  workflows: Workflow[]
  /** By folder. */
  actions: Record<string, LocalAction>
  /** Pipelines of systems that are not read. */
  otherSystems: string[]
}

const githubFile = /^\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/
const gitlabFile = /^\.gitlab-ci\.ya?ml$/
const actionFile = /(^|\/)action\.ya?ml$/
const otherFiles =
  /^(azure-pipelines.*\.ya?ml|\.azure-pipelines\/.+\.ya?ml|Jenkinsfile|\.travis\.yml|bitbucket-pipelines\.yml|\.buildkite\/.+\.ya?ml|\.drone\.yml|\.woodpecker(\.ya?ml|\/.+\.ya?ml)|\.semaphore\/.+\.yml|cloudbuild\.ya?ml|appveyor\.yml|buildspec\.yml|\.teamcity\/.+|dagger\.json|\.builds\/.+\.yml)$/

const circleFile = /^\.circleci\/config\.ya?ml$/

const readPipelines = async (path: string, repository: Repository): Promise<Workflow[]> => {
  const text = (await repository.text(path)) ?? ''
  if (circleFile.test(path)) return readCircleConfig(path, text)
  return gitlabFile.test(path)
    ? [await readGitlabPipeline(path, text, other => repository.text(other))]
    : [await readGithubWorkflow(path, text)]
}

/** The pipelines of the repository, parsed into one model. Only the forge's own folder counts. */
export const workflows = gatherer<Workflows>({
  id: 'workflows',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const found: Workflows = { workflows: [], actions: {}, otherSystems: [] }
    for (const path of repository?.files ?? []) {
      if (!repository) continue
      if (otherFiles.test(path)) found.otherSystems.push(path)
      if (githubFile.test(path) || gitlabFile.test(path) || circleFile.test(path))
        found.workflows.push(...(await readPipelines(path, repository)))
      else if (actionFile.test(path))
        found.actions[path.replace(/\/?[^/]+$/, '')] = readAction(path, (await repository.text(path)) ?? '')
    }
    return found
  },
})
