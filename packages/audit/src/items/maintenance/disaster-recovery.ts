import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { isPublished, published } from '../../gather/published.ts'
import { ownNames, recovery, type RecoveryPassage } from '../../gather/recovery.ts'
import { project } from '../../gather/project.ts'
import { attested } from '../attested.ts'

const enoughSteps = 3

/** What keeps a passage from being a runbook for this server. */
export const lacks = (passage: RecoveryPassage, isNamed: boolean): Evidence[] => {
  const { path, line, title, steps, times, names, placeholders, missing } = passage
  const at = { at: path, line }
  return [
    ...(steps.length < enoughSteps
      ? [{ ...at, saw: `«${title}» has ${steps.length} steps`, wanted: 'what to do, step by step' }]
      : []),
    ...(times.length === 0
      ? [{ ...at, saw: `«${title}» names no time`, wanted: 'how long it takes, and how much may be lost' }]
      : []),
    ...(names === null && isNamed
      ? [{ ...at, saw: `«${title}» names nothing of this server`, wanted: 'its own package, image or command' }]
      : []),
    ...placeholders.slice(0, 5).map(({ path, line, saw }) => ({
      at: path,
      line,
      saw: `«${saw}» was never filled in`,
      wanted: 'the real one',
    })),
    ...missing.slice(0, 5).map(({ path, line, saw, wanted }) => ({
      at: path,
      line,
      saw: `${saw}, but ${wanted} is not there`,
      wanted,
    })),
  ]
}

const item: Item = {
  id: 'disaster-recovery',
  area: 'maintenance',
  rows: [73],
  title: 'A runbook for the loss of the server',
  level: 'should',
  why: 'In an outage nobody has the time to find out how the server is built again, and the one who knows is asleep.',
  how: 'Write docs/disaster-recovery.md: the steps with their commands to bring this server back on an empty machine, how long that takes (RTO), how much may be lost (RPO) and how to see that it works. Rehearse it, and attest that in airworthy.json.',
  refs: [
    'https://sre.google/sre-book/managing-incidents/',
    'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/disaster-recovery-dr-objectives.html',
  ],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Is there a runbook for this server with steps and times?',
      needs: { recovery, project, published },
      judge: ({ recovery: { disaster }, project, published }) => {
        const isNamed = ownNames(project).length > 0
        const [best] = disaster.toSorted((a, b) => lacks(a, isNamed).length - lacks(b, isNamed).length)
        if (!best && isPublished(published))
          return unknown(`this is ${published.what}; its runbooks are not part of it`)
        if (!best) return fail({ at: 'docs', saw: 'no runbook for the loss of the server', wanted: 'steps and times' })
        const { path, line, title, steps, times } = best
        const saw = `«${title}»: ${steps.length} steps, times: ${times.slice(0, 4).join(', ')}`
        return judged(lacks(best, isNamed), [{ at: path, line, saw }], 'not reached')
      },
    }),
    attested('disaster-recovery', 'When was the recovery rehearsed?'),
  ],
}

export default item
