import { check, type Item } from '../../core/item.ts'
import { fail, notApplicable, pass, type Evidence } from '../../core/verdict.ts'
import { publishedImage, type PublishedImage } from '../../gather/containers/published-image.ts'
import type { Stage, Step } from '../../gather/dockerfiles.ts'

interface Taken {
  step: Step
  from: Stage
}

/** What the published stage takes out of stages that it is not built from itself. */
const taken = ({ file, chain }: PublishedImage): Taken[] =>
  chain.flatMap(({ steps }) =>
    steps.flatMap(step => {
      if (!/^(COPY|ADD|RUN)$/.test(step.keyword)) return []
      const source = /--from=([^\s,]+)|--mount=\S*\bfrom=([^\s,]+)/.exec(step.text)
      const name = source?.[1] ?? source?.[2]
      const from = file.stages.find(
        (stage, index) => (stage.name ?? '').toLowerCase() === name?.toLowerCase() || String(index) === name,
      )
      return from && !chain.includes(from) ? [{ step, from }] : []
    }),
  )

const brings = /\b(install|ci|build|sync|add|compile|make|tsc|mvn|gradle|publish|restore|get)\b/

/** A step that leaves tools or caches behind in the image. */
const leaving = ({ chain }: PublishedImage): Step | undefined =>
  chain.flatMap(({ steps }) => steps).find(({ keyword, text }) => keyword === 'RUN' && brings.test(text))

const item: Item = {
  id: 'multi-stage-build',
  area: 'deployment',
  rows: [150],
  title: 'An image built in stages',
  level: 'should',
  why: 'Compilers, package managers and sources in the published image make it slow to pull and give an attacker tools to work with.',
  how: 'Install and build in one stage (`FROM … AS build`), then start from a small base and take only what runs: `COPY --from=build /app/dist ./dist`, or the virtual environment for Python.',
  refs: ['https://docs.docker.com/build/building/multi-stage/'],
  checks: [
    check({
      asks: 'Does the published stage take what was built out of another stage?',
      needs: { publishedImage },
      judge: ({ publishedImage: image }) => {
        if (!image) return notApplicable('no Dockerfile that builds an image')
        const { file, chain, because } = image
        const found = taken(image).map(({ step, from }): Evidence => ({
          at: file.path,
          line: step.line,
          saw: `${step.keyword} ${step.text} takes from the stage in line ${from.line}, FROM ${from.image}`,
        }))
        const [first, ...more] = found
        if (first) return pass(first, ...more)
        const left = leaving(image)
        if (!left)
          return notApplicable(`${file.path} only copies what was built elsewhere: nothing is left behind in it`)
        const others = file.stages.filter(stage => !chain.includes(stage)).length
        const unused = others > 0 ? `; of ${others} other stages it takes nothing` : ''
        const saw = `the published stage (${because}) runs ${left.text.trim().slice(0, 120)} itself${unused}`
        return fail({ at: file.path, line: left.line, saw, wanted: 'COPY --from= a stage that installs and builds' })
      },
    }),
  ],
}

export default item
