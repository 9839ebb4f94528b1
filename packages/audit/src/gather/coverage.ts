import { gatherer, Undecided } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { commands } from './commands.ts'
import { percentOf, type Found, type Threshold } from './covered/model.ts'
import { pythonCoverage } from './covered/python.ts'
import { coverageReports, type CoverageReport } from './covered/reports.ts'
import { runnerConfigFile, typescriptCoverage } from './covered/typescript.ts'
import { uploadsIn, type Upload } from './covered/uploads.ts'
import { literalConfigs } from './literals.ts'
import { pipelines } from './pipelines.ts'
import { project } from './project.ts'
import { published, type Published } from './published.ts'
import { readYaml } from './yaml-source.ts'
import { table } from './tables.ts'

export type { CoverageReport, Threshold }

export interface Coverage extends Found {
  reports: CoverageReport[]
  uploads: Upload[]
  /** The least that Codecov accepts of the project; null when it is not set. */
  demanded: { percent: number; at: string; line: number } | null
  hasPipelines: boolean
  /** Pipelines that cannot be read from here. */
  opaque: string[]
  published: Published['what']
}

const codecovFiles = ['codecov.yml', '.codecov.yml', '.github/codecov.yml', 'codecov.yaml', '.codecov.yaml']

const demandedByCodecov = async (repository: Repository): Promise<Coverage['demanded']> => {
  for (const at of codecovFiles) {
    const text = await repository.text(at)
    if (text === null) continue
    const { root, lineOf } = readYaml(text)
    const status = table(table(table(root)['coverage'])['status'])
    const project = table(status['project'])
    const target = table(project['default'])['target'] ?? project['target']
    const percent = percentOf(target === 'auto' ? null : target)
    if (percent !== null) return { percent, at, line: lineOf(['coverage', 'status', 'project']) }
  }
  return null
}

/** What measures the coverage of the tests, what is demanded of it, what reports say, and where they go. */
export const coverage = gatherer<
  Coverage,
  {
    project: typeof project
    commands: typeof commands
    pipelines: typeof pipelines
    published: typeof published
  }
>({
  id: 'coverage',
  impact: 'read',
  from: 'repository',
  needs: { project, commands, pipelines, published },
  gather: async ({ repository }, { project: found, commands, pipelines, published }) => {
    if (!repository) throw new Undecided('no directory was given')
    const literals = await literalConfigs(repository, runnerConfigFile)
    const parts = [
      await pythonCoverage(repository, found, commands.all),
      await typescriptCoverage(repository, found, commands.all, literals),
    ]
    return {
      thresholds: parts.flatMap(({ thresholds }) => thresholds),
      measurements: parts.flatMap(({ measurements }) => measurements),
      computed: parts.flatMap(({ computed }) => computed),
      reports: await coverageReports(repository, found.scope.directory),
      uploads: uploadsIn(pipelines),
      demanded: await demandedByCodecov(repository),
      hasPipelines: pipelines.steps.length > 0,
      opaque: [
        ...(found.unread ? [`the test run of ${found.unread}`] : []),
        ...pipelines.elsewhere.map(({ uses }) => uses),
        ...pipelines.otherSystems,
      ],
      published: published.what,
    }
  },
})
