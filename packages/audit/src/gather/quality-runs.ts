import { gatherer } from '../core/item.ts'
import { commands, type EntryPoint } from './commands.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { published, type Published } from './published.ts'
import { stagesOfRun } from './stages.ts'

export const parts = ['lint', 'format', 'test'] as const
export type Part = (typeof parts)[number]

/** A command of the loop: what it is for, and the program that does it. */
export interface PartRun {
  part: Part
  program: string
  /** As written, outermost first. */
  does: string
}

export interface QualityRuns {
  /** Commands that a person can call, with the parts whose failure they report. */
  loops: { entry: Pick<EntryPoint, 'call' | 'at' | 'line' | 'name' | 'opaque'>; runs: PartRun[] }[]
  /** What reached steps of pipelines run. */
  inPipelines: (PartRun & { at: string; line: number })[]
  hasPipelines: boolean
  /** Pipelines that cannot be read from here. */
  opaque: string[]
  published: Published['what']
}

const formatters =
  /^(black|prettier|prettierd|oxfmt|yapf|autopep8|gofmt|gofumpt|goimports|clang-format|ruff-format|stylua|csharpier|taplo|isort|pretty-quick)$/
/** Programs that lint and look at the format in one go. */
const both = /^(standard|ts-standard|xo|biome-check|ultracite)$/

const partsOf = (words: string[]): Part[] => {
  const program = (words[0] ?? '').replace(/^.*\//, '')
  const verbs = words.slice(1).filter(word => !word.startsWith('-'))
  if (words.some(word => /^(--help|--version|-V)$/.test(word))) return []
  if (formatters.test(program)) return ['format']
  if (both.test(program)) return ['lint', 'format']
  if (program === 'ruff' && verbs[0] === 'format') return ['format']
  if (program === 'ruff' && verbs[0] === 'check') return ['lint']
  if (/^(biome|rome)$/.test(program))
    return /^(check|ci)$/.test(verbs[0] ?? '') ? ['lint', 'format'] : verbs[0] === 'format' ? ['format'] : ['lint']
  if (/^(dprint|cargo|deno|dotnet|go|hatch)$/.test(program) && /^(fmt|format|check)$/.test(verbs[0] ?? ''))
    return program === 'dprint' || verbs[0] !== 'check' ? ['format'] : []
  if (verbs.some(word => /^(spotless(Check|Apply)|spotless:(check|apply)|ktlintCheck|fmt:check)$/.test(word)))
    return ['format']
  return stagesOfRun(words).filter(stage => stage === 'lint' || stage === 'test')
}

const programOf = (words: string[]): string =>
  (words[0] ?? '')
    .replace(/^.*\//, '')
    .replace(/^(ruff|biome)-(format|check)$/, '$1')
    .replace(/^py\.test$/, 'pytest')

const runsOf = (run: { words: string[]; via: string[]; tolerated: boolean }): PartRun[] =>
  run.tolerated
    ? []
    : partsOf(run.words).map(part => ({ part, program: programOf(run.words), does: run.via.join(' → ') }))

/** Actions that are one of the programs. */
const byAction = ({ step }: PipelineStep): PartRun[] => {
  const uses = (step.uses ?? '').split('@')[0] ?? ''
  if (/^(astral-sh|chartboost)\/ruff-action$/.test(uses)) {
    const part = /^\s*format\b/.test(step.with['args'] ?? 'check') ? 'format' : 'lint'
    return [{ part, program: 'ruff', does: uses }]
  }
  return uses === 'psf/black' ? [{ part: 'format', program: 'black', does: uses }] : []
}

/** Which commands of the repository lint, format and test, and which of these the pipelines run. */
export const qualityRuns = gatherer<
  QualityRuns,
  { commands: typeof commands; pipelines: typeof pipelines; published: typeof published }
>({
  id: 'quality-runs',
  impact: 'read',
  from: 'repository',
  needs: { commands, pipelines, published },
  gather: (_, { commands, pipelines, published }) => ({
    loops: commands.entryPoints.map(({ runs, call, at, line, name, opaque }) => ({
      entry: { call, at, name, opaque, ...(line ? { line } : {}) },
      runs: runs.flatMap(runsOf),
    })),
    inPipelines: [
      ...commands.all
        .filter(({ events }) => events !== null)
        .flatMap(command => runsOf(command).map(run => ({ ...run, at: command.at, line: command.line }))),
      ...pipelines.steps
        .filter(({ never, tolerated }) => never === null && !tolerated)
        .flatMap(step => byAction(step).map(run => ({ ...run, at: step.at, line: step.line }))),
    ],
    hasPipelines: pipelines.steps.length > 0,
    opaque: [...pipelines.elsewhere.map(({ uses }) => uses), ...pipelines.otherSystems],
    published: published.what,
  }),
})
