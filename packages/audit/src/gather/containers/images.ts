import { gatherer } from '../../core/item.ts'
import { dockerfiles, type Dockerfile } from '../dockerfiles.ts'
import { pipelines, type Pipelines, type PipelineStep } from '../pipelines.ts'
import { imageActions, imageCommands, type Reading } from './image-steps.ts'

/** A step of a pipeline that makes, publishes or scans an image. */
export interface ImageStep extends Reading {
  step: PipelineStep
  /** What does it: `docker/build-push-action@v6`, `npm run image → docker build`. */
  does: string
  tolerated: boolean
  /** Why it can do nothing: no trigger reaches it, or the Dockerfile that it needs is not there. */
  idle: string | null
}

export interface Images {
  steps: ImageStep[]
  pipelines: Pipelines
}

/** Computed parts of a name become `*`. */
const resolved = (text: string, place: PipelineStep, depth = 0): string => {
  const known: Record<string, string> = { ...place.workflow.env, ...place.job.env, ...place.step.env }
  const value = (name: string): string => {
    const found = known[name]
    return found === undefined || depth > 5 ? '*' : resolved(found, place, depth + 1)
  }
  return text
    .replaceAll(/\$\{\{\s*([^}]{0,300}?)\s*\}\}|⟦([^⟧]*)⟧/g, (_, written?: string, spelled?: string) => {
      const expression = written ?? spelled ?? ''
      const name = /^env\.(\w+)$/.exec(expression)?.[1]
      if (expression === 'github.repository') return '*/*'
      return name === undefined ? '*' : value(name)
    })
    .replaceAll(/\$\{?(\w+)(:[-=][^}]*)?\}?/g, (_, name: string) => value(name))
    .replaceAll(/\$\([^)]*\)|`[^`]*`/g, '*')
}

/** `images:` of the docker/metadata-action whose output another step takes. */
const fromMetadata = (text: string, { job }: PipelineStep): string => {
  const id = /steps\.([\w-]+)\.outputs\.(tags|json|images?)/.exec(text)?.[1]
  const meta = job.steps.find(step => step.id === id && /docker\/metadata-action/.test(step.uses ?? ''))
  return meta?.with['images'] ?? text
}

/** Names without tags and digests, each once. */
const namesIn = (texts: string[], step: PipelineStep): string[] => {
  const names = texts
    .flatMap(text => fromMetadata(text, step).split(/[\n,]/))
    .map(text =>
      resolved(text.trim(), step)
        .replace(/^name=/, '')
        .replace(/@.*$/, '')
        .replace(/:[^/:]*$/, ''),
    )
  return [...new Set(names.filter(Boolean))]
}

const readingsOf = (step: PipelineStep): { reading: Reading; does: string; tolerated: boolean }[] => {
  const uses = step.step.uses ?? ''
  const action = imageActions.find(({ owner }) => owner.test(uses))
  const byAction = action ? action.read(step.step.with) : []
  return [
    ...byAction.map(reading => ({ reading, does: uses, tolerated: step.tolerated })),
    ...step.runs.flatMap(run =>
      imageCommands(run.words).map(reading => ({
        reading,
        does: run.via.join(' → ').slice(0, 200),
        tolerated: step.tolerated || run.tolerated,
      })),
    ),
  ]
}

const whyIdle = ({ fromDockerfile }: Reading, step: PipelineStep, files: Dockerfile[]): string | null => {
  if (step.events.length === 0) return step.never ?? 'nothing reaches it'
  if (fromDockerfile && files.length === 0) return 'there is no Dockerfile'
  return null
}

/** What the pipelines do with images: building, publishing, scanning. */
export const images = gatherer<Images, { pipelines: typeof pipelines; dockerfiles: typeof dockerfiles }>({
  id: 'images',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, dockerfiles },
  gather: (_, { pipelines, dockerfiles }) => ({
    pipelines,
    steps: pipelines.steps.flatMap(step =>
      readingsOf(step).map(({ reading, does, tolerated }) => ({
        ...reading,
        names: namesIn(reading.names, step),
        step,
        does,
        tolerated,
        idle: whyIdle(reading, step, dockerfiles),
      })),
    ),
  }),
})
