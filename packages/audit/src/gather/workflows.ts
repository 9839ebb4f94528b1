import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { readGithubWorkflow, readSteps } from './github-actions.ts'
import { readGitlabPipeline } from './gitlab-ci.ts'

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
}

export interface Workflow {
  path: string
  forge: 'github' | 'gitlab'
  name: string
  triggers: Trigger[]
  permissions: Record<string, string> | null
  env: Record<string, string>
  concurrency: string | null
  jobs: Job[]
  /** What makes the forge refuse the file as a whole. */
  faults: { line: number; message: string }[]
}

/** A local action: `uses: ./.github/actions/setup`. */
export interface LocalAction {
  path: string
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
  /^(\.circleci\/config\.ya?ml|azure-pipelines.*\.ya?ml|\.azure-pipelines\/.+\.ya?ml|Jenkinsfile|\.travis\.yml|bitbucket-pipelines\.yml|\.buildkite\/.+\.ya?ml|\.drone\.yml|\.woodpecker(\.ya?ml|\/.+\.ya?ml)|\.semaphore\/.+\.yml|cloudbuild\.ya?ml|appveyor\.yml|buildspec\.yml|\.teamcity\/.+|dagger\.json|\.builds\/.+\.yml)$/

const readAction = async (path: string, repository: Repository): Promise<[string, LocalAction]> => {
  const steps = readSteps((await repository.text(path)) ?? '', ['runs', 'steps'])
  return [path.replace(/\/?[^/]+$/, ''), { path, steps }]
}

/** The pipelines of the repository, parsed into one model. Only the forge's own folder counts. */
export const workflows = gatherer<Workflows>({
  id: 'workflows',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const found: Workflows = { workflows: [], actions: {}, otherSystems: [] }
    for (const path of repository?.files ?? []) {
      if (otherFiles.test(path)) found.otherSystems.push(path)
      const isWorkflow = githubFile.test(path) || gitlabFile.test(path)
      if (!repository || (!isWorkflow && !actionFile.test(path))) continue
      if (isWorkflow) {
        const text = (await repository.text(path)) ?? ''
        found.workflows.push(
          gitlabFile.test(path) ? readGitlabPipeline(path, text) : await readGithubWorkflow(path, text),
        )
      } else {
        const [folder, action] = await readAction(path, repository)
        found.actions[folder] = action
      }
    }
    return found
  },
})
