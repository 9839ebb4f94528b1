import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { isPublished, published } from '../../gather/published.ts'
import { pipelines, type Pipelines, type PipelineStep } from '../../gather/pipelines.ts'
import { mightBe, stages, stagesOf, type Occurrence, type Stage } from '../../gather/stages.ts'

const title: Record<Stage, string> = { test: 'Test', lint: 'Lint', build: 'Build', deploy: 'Deploy' }

const placeOf = ({ job, step }: PipelineStep): string => `job ${job.id}, step «${step.name}»`

const proven = ({ stage, step, does, tolerated }: Occurrence): Evidence => ({
  at: step.at,
  line: step.line,
  saw: `${title[stage]}: ${placeOf(step)} runs ${does} on ${step.events.join(', ')}${tolerated ? '; its failure is ignored' : ''}`,
})

/** Smaller is the better example of a stage: one whose failure counts, that is called so, on many events, in short. */
const rank = ({ stage, step, does, tolerated }: Occurrence): number =>
  (tolerated ? 1e6 : 0) +
  (new RegExp(stage, 'i').test(`${step.job.id} ${step.step.name}`) ? 0 : 1e4) -
  step.events.length * 1000 +
  Math.min(does.length, 900)

const best = (occurrences: Occurrence[], stage: Stage): Occurrence | undefined =>
  occurrences
    .filter(occurrence => occurrence.stage === stage && occurrence.step.events.length > 0)
    .toSorted((a, b) => rank(a) - rank(b))[0]

/** What the pipelines run instead, for a person to check. */
const programsOf = ({ steps }: Pipelines): string => {
  const reached = steps.filter(({ events }) => events.length > 0)
  const does = reached.flatMap(({ step, runs }) => [
    ...runs.map(({ words }) => words.slice(0, 2).join(' ')),
    ...(step.uses && !step.uses.startsWith('actions/') ? [step.uses] : []),
  ])
  const files = new Set(steps.map(({ workflow }) => workflow.path)).size
  const names = [...new Set(does)].filter(name => !/^(echo|set|cd|mkdir|test|\[)\b/.test(name))
  const more = names.length > 12 ? `, and ${names.length - 12} more` : ''
  return `${files} workflow${files === 1 ? '' : 's'} with ${reached.length} steps, which run ${names.slice(0, 12).join(', ')}${more}`
}

const absent = (stage: Stage, pipelines: Pipelines, occurrences: Occurrence[]): Evidence => {
  const { steps, refused } = pipelines
  const wanted = 'a step that does it and that a trigger reaches'
  const dead = occurrences.find(occurrence => occurrence.stage === stage)
  if (dead) {
    const { step, does } = dead
    return {
      at: step.at,
      line: step.line,
      saw: `${title[stage]}: ${placeOf(step)} would run ${does}, but ${step.never}`,
      wanted,
    }
  }
  const named = new RegExp(stage, 'i')
  const broken = steps.flatMap(step => step.missing.map(missing => ({ step, ...missing })))
  const missing = broken.find(({ command, step }) => named.test(`${command} ${step.step.name} ${step.job.id}`))
  if (missing) {
    const saw = `${title[stage]}: ${placeOf(missing.step)} calls ${missing.command}, but there is no ${missing.wanted.replace(/^an? |^the /, '')}`
    return { at: missing.step.at, line: missing.step.line, saw, wanted }
  }
  const [refusal] = refused
  if (refusal)
    return {
      at: refusal.path,
      line: refusal.line,
      saw: `no ${title[stage]} stage; this file is refused: ${refusal.message}`,
      wanted,
    }
  return { at: '.github/workflows', saw: `no ${title[stage]} stage in ${programsOf(pipelines)}`, wanted }
}

/** What may carry out a stage that was not found and cannot be read from here. */
const hidden = (stage: Stage, { steps, elsewhere }: Pipelines): string | null => {
  for (const step of steps) {
    const found = step.events.length > 0 ? mightBe(step, stage) : null
    if (found) return `${found} (${step.at}:${step.line})`
  }
  const [first] = elsewhere
  return first ? `${first.uses} (${first.at}:${first.line})` : null
}

const item: Item = {
  id: 'pipeline-stages',
  area: 'delivery',
  rows: [120],
  title: 'A pipeline that tests, lints, builds and deploys',
  level: 'must',
  why: 'What no pipeline runs is done by hand, differently each time, and not at all on the day it matters.',
  how: 'Add workflow steps that run the tests, the linter, the build and the release, each on a trigger that really occurs (push, pull request, tag or release).',
  refs: ['https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions'],
  checks: [
    check({
      asks: 'Does a pipeline really run tests, a linter, a build and a deployment?',
      needs: { pipelines, published },
      judge: ({ pipelines, published }) => {
        const { steps, otherSystems, refused } = pipelines
        if (steps.length + refused.length === 0) {
          if (otherSystems[0])
            return unknown(`the pipeline is written for a system that is not read: ${otherSystems[0]}`)
          if (isPublished(published)) return unknown(`this is ${published.what}; its pipeline is not part of it`)
          return fail({ at: '.github/workflows', saw: 'no workflows', wanted: 'stages Test, Lint, Build and Deploy' })
        }
        const occurrences = steps.flatMap(stagesOf)
        const found = stages.flatMap(stage => best(occurrences, stage) ?? [])
        const missing = stages.filter(stage => !found.some(occurrence => occurrence.stage === stage))
        const broken = missing.filter(stage => hidden(stage, pipelines) === null)
        if (missing.length > 0 && (broken.length === 0 || otherSystems.length > 0)) {
          const may = missing.map(
            stage => `${title[stage]} may be done by ${hidden(stage, pipelines) ?? otherSystems[0]}`,
          )
          return unknown(`${may.join('; ')}: that cannot be read from here`)
        }
        return judged(
          broken.map(stage => absent(stage, pipelines, occurrences)),
          found.map(proven),
          'no stage was found',
        )
      },
    }),
  ],
}

export default item
