import { gatherer } from '../../core/item.ts'
import { dockerfiles, publishedDockerfile, type Dockerfile, type Stage, type Step } from '../dockerfiles.ts'
import { shellCommands } from '../shell.ts'
import { images } from './images.ts'

/** The stage that people run, with the stages it is built from. */
export interface PublishedImage {
  file: Dockerfile
  /** The published stage first, then the stage it inherits from, and so on. */
  chain: [Stage, ...Stage[]]
  /** Why this file and stage. */
  because: string
}

const isStage = (stage: Stage, name: string): boolean => (stage.name ?? '').toLowerCase() === name.toLowerCase()

const chainOf = (stage: Stage, stages: Stage[]): [Stage, ...Stage[]] => {
  const chain: [Stage, ...Stage[]] = [stage]
  for (let at: Stage | undefined = stage; at && chain.length < 50;) {
    const { image, line }: Stage = at
    at = stages.findLast(each => each.line < line && isStage(each, image))
    if (at) chain.push(at)
  }
  return chain
}

/** The Dockerfile and the stage that a workflow publishes; without one the last stage of the plain Dockerfile. */
export const publishedImage = gatherer<
  PublishedImage | null,
  { dockerfiles: typeof dockerfiles; images: typeof images }
>({
  id: 'published-image',
  impact: 'read',
  from: 'repository',
  needs: { dockerfiles, images },
  gather: (_, { dockerfiles, images }) => {
    const pushed = images.steps.filter(({ kind, idle }) => kind === 'push' && idle === null)
    const named = pushed.flatMap(push => {
      const file = dockerfiles.find(({ path }) => path === push.dockerfile)
      return file ? [{ file, push }] : []
    })
    const theirs = named[0]?.file ?? publishedDockerfile(dockerfiles)
    const by = named[0]?.push ?? pushed.find(({ dockerfile, stage }) => stage !== null && dockerfile === null)
    if (!theirs) return null
    const chosen = by?.stage ? theirs.stages.find(each => isStage(each, by.stage ?? '')) : undefined
    const stage = chosen ?? theirs.stages.at(-1)
    if (!stage) return null
    const where = by ? `${by.step.at}:${by.step.line} publishes it` : 'the last stage of the plainest Dockerfile'
    return { file: theirs, chain: chainOf(stage, theirs.stages), because: where }
  },
})

/** The last instruction of that name that holds for the published stage. */
export const effective = ({ chain }: PublishedImage, keyword: string): Step | undefined => {
  for (const { steps } of chain) {
    const own = steps.findLast(step => step.keyword === keyword)
    if (own) return own
  }
  return undefined
}

export const everyStep = ({ chain }: PublishedImage, keyword: string): Step[] =>
  chain.flatMap(({ steps }) => steps.filter(step => step.keyword === keyword))

/** The words of CMD, ENTRYPOINT or HEALTHCHECK, in the form of a list or of a shell line. */
export const commandWords = (text: string): string[] => {
  const written = text.replace(/^\s*(--\S+\s+)*/, '').trim()
  if (written.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(written)
      if (Array.isArray(list)) return list.map(String)
    } catch {
      return []
    }
  }
  return shellCommands(written)[0]?.words ?? []
}
