import { gatherer } from '../core/item.ts'
import { forgeReleasesOf, type ForgeReleaseStep } from './releases/forge-releases.ts'
import { publicationsOf, type Publication } from './releases/publications.ts'
import { releaseTools, versionFromTag, type ReleaseTool } from './releases/tools.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { project, type Project } from './project.ts'
import { runsOf } from './runs.ts'
import { tasks } from './tasks.ts'
import { isOwnTag } from './version-tags.ts'

export type { ForgeReleaseStep } from './releases/forge-releases.ts'
export type { Publication } from './releases/publications.ts'

/** A release tool that something runs. */
export interface ToolUse {
  tool: ReleaseTool
  at: string
  line?: number
  does: string
  /** The step of a pipeline; null for a script that a person starts. */
  step: PipelineStep | null
  /** What it needs and does not find. */
  lacks: string | null
}

export interface Releases {
  tools: ToolUse[]
  publications: Publication[]
  /** Steps that make a release on the forge. */
  forge: ForgeReleaseStep[]
  /** Where the version is taken from the newest tag. */
  fromTag: { at: string; saw: string } | null
}

/** In a monorepo: what is published out of the folder of another package, or when another package is tagged. */
const isOthers = ({ folder, step: { workflow } }: Publication, project: Project): boolean => {
  const own = project.scope.directory
  const place = (folder ?? '').replace(/(^|\/)(dist|build|out|target)$/, '')
  const isApart = place !== '' && !`${place}/`.startsWith(`${own}/`) && !`${own}/`.startsWith(`${place}/`)
  const tags = workflow.triggers.flatMap(({ tags }) => tags).map(tag => tag.replaceAll('*', '1.0'))
  return (
    own !== '' && (isApart || (tags.length > 0 && tags.every(tag => /\d\.\d/.test(tag) && !isOwnTag(tag, project))))
  )
}

/** How versions are raised, published and announced. Steps that nothing reaches are in it, with no events. */
export const releases = gatherer<
  Releases,
  { pipelines: typeof pipelines; tasks: typeof tasks; project: typeof project }
>({
  id: 'releases',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, tasks, project },
  gather: async ({ repository }, { pipelines, tasks, project }) => {
    const exists = (path: string): boolean => repository?.exists(path) === true
    const npmrc = (await repository?.text('.npmrc')) ?? ''
    const isSettled =
      /^\s*provenance\s*=\s*true/m.test(npmrc) ||
      project.node.some(
        ({ raw }) => (raw['publishConfig'] as { provenance?: unknown } | undefined)?.provenance === true,
      )
    const lacking = (tool: ReleaseTool, inputs: Record<string, string>): string | null =>
      tool.lacks?.({ project, exists, inputs }) ?? null
    const inPipelines = pipelines.steps.flatMap((step): ToolUse[] => {
      const [action = ''] = (step.step.uses ?? '').split('@')
      const at = { at: step.at, line: step.line, step }
      return releaseTools.flatMap(tool => {
        const run = step.runs.find(({ words }) => tool.command?.(words))
        if (run) return [{ tool, ...at, does: run.via.join(' → '), lacks: lacking(tool, {}) }]
        return action && tool.action?.test(action)
          ? [{ tool, ...at, does: step.step.uses ?? '', lacks: lacking(tool, step.step.with) }]
          : []
      })
    })
    const scripts = [
      ...tasks.node.flatMap(({ path, scripts, directory }) =>
        Object.entries(scripts).map(([name, script]) => ({
          at: path,
          call: `the script "${name}"`,
          script,
          directory,
        })),
      ),
      ...tasks.named.map(({ path, name, script, line }) => ({
        at: path,
        line,
        call: name,
        script,
        directory: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
      })),
      ...Object.entries(tasks.scripts).map(([at, script]) => ({ at, call: at, script, directory: '' })),
    ]
    const places = new Set(['', project.scope.directory])
    const isOwn = (at: string): boolean =>
      places.has(at.slice(0, Math.max(0, at.lastIndexOf('/')))) || at in tasks.scripts
    const byHand = scripts
      .filter(({ at }) => isOwn(at))
      .flatMap(({ call, script, directory, ...at }): ToolUse[] => {
        const { runs } = runsOf(script, directory, tasks)
        return releaseTools.flatMap(tool => {
          const run = runs.find(({ words }) => tool.command?.(words))
          return run
            ? [{ tool, ...at, step: null, does: `${call}: ${run.words.join(' ')}`, lacks: lacking(tool, {}) }]
            : []
        })
      })
    return {
      tools: [...inPipelines, ...byHand],
      publications: pipelines.steps
        .flatMap(step => publicationsOf(step, isSettled))
        .filter(each => !isOthers(each, project)),
      forge: pipelines.steps.flatMap(forgeReleasesOf),
      fromTag: versionFromTag(project, project.scope.directory),
    }
  },
})
