import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { parts, qualityRuns, type Part, type QualityRuns } from '../../gather/quality-runs.ts'

type Loop = QualityRuns['loops'][number]

const names: Record<Part, string> = { lint: 'lints', format: 'looks at the format', test: 'tests' }
const wanted = 'one command that lints, formats and tests, and a pipeline that runs the same'

const missingIn = ({ runs }: Pick<Loop, 'runs'>): Part[] => parts.filter(part => !runs.some(run => run.part === part))

/** Parts that no pipeline does with the same program. */
const notInPipelines = ({ runs }: Loop, { inPipelines }: QualityRuns): Part[] =>
  parts.filter(
    part =>
      !inPipelines.some(run => run.part === part && runs.some(own => own.part === part && own.program === run.program)),
  )

const told = ({ entry, runs }: Loop): Evidence => ({
  at: entry.at,
  ...(entry.line ? { line: entry.line } : {}),
  saw: `${entry.call} ${parts
    .flatMap(part => {
      const run = runs.find(each => each.part === part)
      return run ? [`${names[part]} (${run.does.split(' → ').at(-1)})`] : []
    })
    .join(', ')}`,
})

const inPipeline = ({ runs }: Loop, { inPipelines }: QualityRuns): Evidence[] =>
  parts.flatMap(part => {
    const same = inPipelines.find(
      run => run.part === part && runs.some(own => own.part === part && own.program === run.program),
    )
    return same ? [{ at: same.at, line: same.line, saw: `the pipeline ${names[part]}: ${same.does}` }] : []
  })

const isMeant = ({ entry }: Loop): boolean =>
  entry.opaque.length > 0 && /check|^ci$|verify|validate|^all$|qa|quality|pre-?commit|test|lint/i.test(entry.name)

const incomplete = (best: Loop | undefined): Evidence => {
  if (!best || best.runs.length === 0)
    return { at: '.', saw: 'no script, target or task lints, formats or tests', wanted }
  const what = missingIn(best).map(part => names[part])
  return {
    ...told(best),
    saw: `no command does all three; ${told(best).saw}, but nothing in it ${what.join(' or ')}`,
    wanted,
  }
}

const item: Item = {
  id: 'quality-loop',
  area: 'code-quality',
  rows: [9],
  title: 'One command that lints, formats and tests',
  level: 'should',
  why: 'A check that takes three commands is skipped before a commit, and what CI refuses afterwards costs an hour instead of a minute.',
  how: 'Add one script or target (`npm run check`, `make check`, a nox or tox run) that fails on lint, format and tests, and let CI run it or the same commands.',
  refs: ['https://docs.npmjs.com/cli/v11/using-npm/scripts', 'https://pre-commit.com/#usage'],
  checks: [
    check({
      asks: 'Does one command lint, look at the format and test, and does a pipeline run the same?',
      needs: { qualityRuns },
      judge: ({ qualityRuns }) => {
        const { loops, hasPipelines, opaque, published } = qualityRuns
        const ordered = loops.toSorted(
          (a, b) =>
            missingIn(a).length - missingIn(b).length ||
            notInPipelines(a, qualityRuns).length - notInPipelines(b, qualityRuns).length,
        )
        const [best] = ordered
        if (!best || missingIn(best).length > 0) {
          const hidden = loops.find(isMeant)
          if (hidden)
            return unknown(
              `${hidden.entry.call} (${hidden.entry.at}) calls ${hidden.entry.opaque[0]}, which cannot be followed`,
            )
          if (published) return unknown(`this is ${published}; its tasks are not part of it`)
          return fail(incomplete(best))
        }
        const absent = notInPipelines(best, qualityRuns)
        if (absent.length === 0) return pass(told(best), ...inPipeline(best, qualityRuns))
        if (opaque[0])
          return unknown(`${best.entry.call} does all three; whether ${opaque[0]} runs it cannot be read from here`)
        if (!hasPipelines && published) return unknown(`this is ${published}; its pipeline is not part of it`)
        const saw = hasPipelines
          ? `no pipeline ${absent.map(part => names[part]).join(', or ')} with the same program`
          : 'there is no pipeline'
        return fail({ ...told(best), saw: `${told(best).saw}; ${saw}`, wanted })
      },
    }),
  ],
}

export default item
