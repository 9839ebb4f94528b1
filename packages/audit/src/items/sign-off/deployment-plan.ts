import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { deploymentPlans, type DeploymentPlan } from '../../gather/deployment-plans.ts'
import { project } from '../../gather/project.ts'
import { isPublished, published } from '../../gather/published.ts'
import { ownNames } from '../../gather/recovery.ts'

const enoughSteps = 2

const flaws = (plan: DeploymentPlan, isNamed: boolean): Evidence[] => {
  const { path, line, title, steps, owner, verification, names, placeholders, missing } = plan
  const lack = (isLacking: boolean, saw: string, wanted: string): Evidence[] =>
    isLacking ? [{ at: path, line, saw: `«${title}» ${saw}`, wanted }] : []
  return [
    ...lack(steps.length < enoughSteps, `has ${steps.length} steps`, 'what to do, step by step'),
    ...lack(owner === null, 'names nobody who does it', 'the person or the team that owns the deployment'),
    ...lack(verification === null, 'does not say how to see that it worked', 'what to look at afterwards'),
    ...lack(names === null && isNamed, 'names nothing of this server', 'its own package, image or command'),
    ...placeholders.slice(0, 5).map(each => ({
      at: each.path,
      line: each.line,
      saw: `«${each.saw}» was never filled in`,
      wanted: 'the real one',
    })),
    ...missing.slice(0, 5).map(each => ({
      at: each.path,
      line: each.line,
      saw: `${each.saw}, but ${each.wanted} is not there`,
      wanted: each.wanted,
    })),
  ]
}

const item: Item = {
  id: 'deployment-plan',
  area: 'sign-off',
  rows: [166],
  title: 'A plan of the deployment',
  level: 'should',
  why: 'A deployment that is only in somebody’s head is done differently each time, and by nobody when they are away.',
  how: 'Write docs/deployment.md: the steps with their commands, who owns them, and what to look at afterwards to see that the new version works. For a package that clients start, that is the plan of a release.',
  refs: ['https://sre.google/sre-book/release-engineering/', 'https://sre.google/sre-book/launch-checklist/'],
  checks: [
    check({
      asks: 'Does a document say the steps, the owner and the verification of a deployment?',
      needs: { plans: deploymentPlans, project, published },
      judge: ({ plans, project, published }) => {
        const isNamed = ownNames(project).length > 0
        const [best] = plans.toSorted((a, b) => flaws(a, isNamed).length - flaws(b, isNamed).length)
        const [first, ...more] = best ? flaws(best, isNamed) : []
        if ((!best || first) && isPublished(published))
          return unknown(`this is ${published.what}; its plans need not be part of it`)
        if (!best)
          return fail({
            at: 'docs',
            saw: 'no document about deploying or releasing it',
            wanted: 'steps, owner and verification',
          })
        if (first) return fail(first, ...more)
        const { path, line, title, steps, owner, verification } = best
        return pass(
          { at: path, line, saw: `«${title}»: ${steps.length} steps` },
          ...[owner, verification].flatMap(spot => (spot ? [{ at: spot.path, line: spot.line, saw: spot.saw }] : [])),
        )
      },
    }),
  ],
}

export default item
