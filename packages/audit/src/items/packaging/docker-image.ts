import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { images, type Images, type ImageStep } from '../../gather/containers/images.ts'
import { namedImages, type NamedImage } from '../../gather/containers/named-images.ts'
import { isPublished, published } from '../../gather/published.ts'

const wanted = 'a workflow that builds the image and pushes it, and its name in the README'

/** The name under which it is pulled: Microsoft's registry serves what is pushed below `public/` of another one. */
const bare = (name: string): string[] =>
  name
    .toLowerCase()
    .replace(/^(docker\.io|index\.docker\.io)\//, '')
    .replace(/^[\w-]+\.azurecr\.io\/public\//, 'mcr.microsoft.com/')
    .split('/')

/** Whether a name with computed parts, each of them a star, can be the one that is written somewhere. */
const canBe = (pushed: string, named: string): boolean => {
  const [computed, plain] = [bare(pushed), bare(named)]
  if (computed.length === 1 && computed[0]?.includes('*')) return true
  const isSame = (part: string, index: number): boolean => part.includes('*') || part === plain[index]
  return computed.length === plain.length
    ? computed.every(isSame)
    : pushed.startsWith('*') && plain.at(-1) === computed.at(-1)
}

const unpublished = ({ steps, pipelines }: Images): Evidence => {
  const dead = steps.find(({ kind, idle }) => kind === 'push' && idle !== null)
  if (dead)
    return { at: dead.step.at, line: dead.step.line, saw: `${dead.does} would push it, but ${dead.idle}`, wanted }
  const built = steps.find(({ kind }) => kind === 'build')
  if (built)
    return { at: built.step.at, line: built.step.line, saw: `${built.does} builds it, and nothing pushes it`, wanted }
  const [refused] = pipelines.refused
  return refused
    ? {
        at: refused.path,
        line: refused.line,
        saw: `nothing publishes an image; this file is refused: ${refused.message}`,
        wanted,
      }
    : { at: '.github/workflows', saw: 'no step builds and pushes an image', wanted }
}

/** What may publish it and cannot be read, or is known to publish it elsewhere. */
const hidden = (
  { steps: known, pipelines: { elsewhere, otherSystems, steps } }: Images,
  named: NamedImage[],
): string | undefined => {
  const catalogue = named.find(({ image }) => /^(docker\.io\/)?mcp\//.test(image))
  if (catalogue) return `${catalogue.image} (${catalogue.path}:${catalogue.line}) is built by the catalogue of Docker`
  const reached = steps.filter(({ events }) => events.length > 0)
  const opaque = reached.flatMap(each => each.opaque.filter(one => /docker|image|container|goreleaser/i.test(one)))
  const action = reached
    .filter(each => !known.some(({ step }) => step === each))
    .map(({ step }) => step.uses ?? '')
    .find(uses => !uses.startsWith('docker/') && /docker.*push|push.*(docker|image)/i.test(uses))
  return (
    elsewhere.find(({ uses }) => /docker|image|container|release|publish|deploy/i.test(uses))?.uses ??
    opaque[0] ??
    action ??
    otherSystems[0]
  )
}

const namesOf = (pushes: ImageStep[]): string => [...new Set(pushes.flatMap(({ names }) => names))].join(', ')

const item: Item = {
  id: 'docker-image',
  area: 'packaging',
  rows: [113],
  title: 'A published image that the documents name',
  level: 'should',
  why: 'Whoever runs a service wants an image to pull; one that each builds alone is a different one for each, and none is signed or scanned.',
  how: 'Push the image from the release workflow (docker/build-push-action with push: true and tags) and write `docker run … ghcr.io/OWNER/NAME:VERSION` in the README.',
  refs: ['https://docs.github.com/en/actions/tutorials/publish-packages/publish-docker-images'],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Does a workflow build and publish the image under the name that the documents give?',
      needs: { images, named: namedImages, published },
      judge: ({ images, named, published }) => {
        const pushes = images.steps.filter(({ kind, idle }) => kind === 'push' && idle === null)
        const [first] = pushes
        if (!first) {
          if (isPublished(published)) return unknown(`this is ${published.what}; its pipeline is not part of it`)
          const may = hidden(images, named)
          return may
            ? unknown(`whether an image is published cannot be read from here: ${may}`)
            : fail(unpublished(images))
        }
        const match = named.find(({ image }) =>
          pushes.some(({ names }) => names.length === 0 || names.some(name => canBe(name, image))),
        )
        const { step, does } = first
        const pushed = {
          at: step.at,
          line: step.line,
          saw: `${does} publishes ${namesOf(pushes) || 'it'} on ${step.events.join(', ')}`,
        }
        if (match) return pass(pushed, { at: match.path, line: match.line, saw: `${match.image} is named` })
        const [other] = named
        if (!other && isPublished(published))
          return unknown(`this is ${published.what}; the documents that name the image need not be part of it`)
        return fail(
          other
            ? {
                at: other.path,
                line: other.line,
                saw: `${other.image} is named, but ${namesOf(pushes)} is published`,
                wanted: 'one name',
              }
            : { ...pushed, saw: `${pushed.saw}; no document names it`, wanted: 'its name in the README' },
        )
      },
    }),
  ],
}

export default item
