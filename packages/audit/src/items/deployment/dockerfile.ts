import { check, type Item } from '../../core/item.ts'
import { fail, judged, type Evidence } from '../../core/verdict.ts'
import { namesCredential } from '../../gather/credential-names.ts'
import { dockerfiles, publishedDockerfile, type Dockerfile, type Stage } from '../../gather/dockerfiles.ts'

const isBuiltHere = (stage: Stage, stages: Stage[]): boolean =>
  stage.image === 'scratch' || stage.image.includes('$') || stages.some(({ name }) => name === stage.image)

const unpinned = ({ path, stages }: Dockerfile): Evidence[] =>
  stages
    .filter(stage => !isBuiltHere(stage, stages) && !stage.digest && (!stage.tag || stage.tag === 'latest'))
    .map(({ image, tag, line }) => ({
      at: path,
      line,
      saw: `FROM ${image}${tag ? `:${tag}` : ''}`,
      wanted: 'a base image with a version tag or a digest',
    }))

/** A stage inherits the user of the stage it is built from. */
const userOf = (stage: Stage, stages: Stage[]): { text: string; line: number } | undefined => {
  const own = stage.steps.findLast(({ keyword }) => keyword === 'USER')
  if (own) return own
  const parent = stages.find(({ name, line }) => name === stage.image && line < stage.line)
  if (parent) return userOf(parent, stages)
  return /nonroot|rootless|unprivileged/.test(`${stage.image}:${stage.tag}`)
    ? { text: 'nonroot (base image)', line: stage.line }
    : undefined
}

const runsAsRoot = ({ path, stages }: Dockerfile, last: Stage): Evidence[] => {
  const user = userOf(last, stages)
  if (user && !/^(root|0)(:|$)/.test(user.text.trim())) return []
  return [
    {
      at: path,
      line: user?.line ?? last.line,
      saw: user ? `USER ${user.text}` : 'no USER in the published stage',
      wanted: 'a user other than root',
    },
  ]
}

const secretsInside = ({ path, variables }: Dockerfile): Evidence[] =>
  variables
    .filter(({ name, value }) => namesCredential(name) && value && !value.startsWith('$'))
    .map(({ name, line }) => ({
      at: path,
      line,
      saw: `${name} has a value`,
      wanted: 'secrets given at run time or by --mount=type=secret',
    }))

const copiesEverything = ({ path, stages, ignored }: Dockerfile): Evidence[] => {
  const copy = stages
    .flatMap(({ steps }) => steps)
    .find(
      ({ keyword, text }) =>
        /^(COPY|ADD)$/.test(keyword) && !text.includes('--from') && /^(--\S+\s+)*\.\/?\s/.test(text),
    )
  return copy && ignored === null
    ? [
        {
          at: path,
          line: copy.line,
          saw: `${copy.keyword} ${copy.text} without a .dockerignore`,
          wanted: 'a .dockerignore',
        },
      ]
    : []
}

const item: Item = {
  id: 'dockerfile',
  area: 'deployment',
  rows: [60],
  title: 'A Dockerfile that can be shipped',
  level: 'should',
  why: 'An image with an unpinned base changes under you, and one that runs as root turns any bug into a take-over.',
  how: 'Add a Dockerfile with a version-tagged base, a USER other than root, no secret in ENV or ARG, and a .dockerignore.',
  refs: ['https://docs.docker.com/build/building/best-practices/'],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Is there a Dockerfile with a pinned base, a non-root user and no secrets in it?',
      needs: { dockerfiles },
      judge: ({ dockerfiles }) => {
        const published = publishedDockerfile(dockerfiles)
        const last = published?.stages.at(-1)
        if (!published) return fail({ at: '.', saw: 'no Dockerfile', wanted: 'a Dockerfile' })
        if (!last)
          return fail({ at: published.path, saw: 'no FROM instruction', wanted: 'a Dockerfile that builds an image' })
        const broken = [
          ...unpinned(published),
          ...runsAsRoot(published, last),
          ...secretsInside(published),
          ...copiesEverything(published),
        ]
        const base = `${last.image}${last.tag ? `:${last.tag}` : ''}${last.digest ? `@${last.digest}` : ''}`
        const saw = `published stage from ${base}, user ${userOf(last, published.stages)?.text}`
        return judged(broken, [{ at: published.path, line: last.line, saw }], 'not reached')
      },
    }),
  ],
}

export default item
