import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { containerDecisions, type ContainerDecision } from '../../gather/container-decisions.ts'
import { dockerfiles } from '../../gather/dockerfiles.ts'
import { isPublished, published } from '../../gather/published.ts'

const wanted = 'one text that says when this server belongs in a container and when it does not'

const isWhole = ({ use, avoid, placeholders }: ContainerDecision): boolean =>
  use !== null && avoid !== null && placeholders.length === 0

/** What comes nearest to a decision, and what is missing in it. */
const near = (all: ContainerDecision[]): Evidence | undefined => {
  const half = all.find(({ use, avoid }) => use !== null || avoid !== null)
  const [placeholder] = half?.placeholders ?? []
  if (half?.use && half.avoid && placeholder)
    return { at: placeholder.path, line: placeholder.line, saw: `«${placeholder.saw}» was never filled in`, wanted }
  const spot = half?.use ?? half?.avoid
  if (spot)
    return {
      at: spot.path,
      line: spot.line,
      saw: `«${spot.saw}», and nothing about ${half?.use ? 'when not' : 'when to use one'}`,
      wanted,
    }
  const shown = all.find(({ howTo }) => howTo !== null)?.howTo
  return shown ? { at: shown.path, line: shown.line, saw: `only how: ${shown.saw}`, wanted } : undefined
}

const item: Item = {
  id: 'containerization-decision',
  area: 'deployment',
  rows: [154],
  title: 'When to use a container, and when not',
  level: 'may',
  why: 'A server that works with local files and programs loses them in a container, and one that serves many people is hard to limit outside of it: users choose wrongly when nobody tells them.',
  how: 'Write a short record, such as docs/decisions/0001-container.md: when to use the image (several people, limits, no Node.js or Python on the host) and when not (local files, stdio), with the reason.',
  refs: ['https://adr.github.io/'],
  checks: [
    check({
      asks: 'Do the documents say when to use a container and when not?',
      needs: { decisions: containerDecisions, dockerfiles, published },
      judge: ({ decisions, dockerfiles, published }) => {
        const whole = decisions.find(isWhole)
        if (whole?.use && whole.avoid) {
          const asEvidence = ({ path, line, saw }: typeof whole.use): Evidence => ({ at: path, line, saw })
          return pass(asEvidence(whole.use), asEvidence(whole.avoid))
        }
        if (isPublished(published)) return unknown(`this is ${published.what}; its records need not be part of it`)
        const has = dockerfiles[0]
        return fail(
          near(decisions) ?? {
            at: has?.path ?? '.',
            saw: `${has ? 'a Dockerfile' : 'no Dockerfile'}, and no document says why`,
            wanted,
          },
        )
      },
    }),
  ],
}

export default item
