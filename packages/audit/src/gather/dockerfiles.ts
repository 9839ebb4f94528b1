import type * as parsing from 'dockerfile-ast'
import type { Dockerfile as Parsed, Instruction } from 'dockerfile-ast'
import { gatherer } from '../core/item.ts'

export interface Step {
  keyword: string
  text: string
  line: number
}

export interface Stage {
  image: string
  tag: string | null
  digest: string | null
  name: string | null
  line: number
  steps: Step[]
}

export interface Dockerfile {
  path: string
  stages: Stage[]
  /** Names and values set by ENV and ARG, wherever they stand. */
  variables: { name: string; value: string | null; line: number }[]
  /** Patterns of the .dockerignore that belongs to it; null when there is none. */
  ignored: string[] | null
}

const lineOf = (instruction: Instruction): number => instruction.getRange().start.line + 1

type Parser = typeof parsing

const flagsOf = (instruction: Instruction, { ModifiableInstruction }: Parser): string[] =>
  instruction instanceof ModifiableInstruction ? instruction.getFlags().map(String) : []

const stagesOf = (parsed: Parsed, parser: Parser): Stage[] => {
  const stages = parsed.getFROMs().map((from): Stage => ({
    image: from.getImageName() ?? '',
    tag: from.getImageTag(),
    digest: from.getImageDigest(),
    name: from.getBuildStage(),
    line: lineOf(from),
    steps: [],
  }))
  for (const instruction of parsed.getInstructions()) {
    const line = lineOf(instruction)
    const stage = stages.findLast(candidate => candidate.line < line)
    stage?.steps.push({
      keyword: instruction.getKeyword(),
      text: [...flagsOf(instruction, parser), instruction.getArgumentsContent() ?? ''].join(' '),
      line,
    })
  }
  return stages
}

/** Every Dockerfile or Containerfile of the repository, parsed. */
export const dockerfiles = gatherer<Dockerfile[]>({
  id: 'dockerfiles',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    if (!repository) return []
    const paths = repository.files.filter(path =>
      /(^|\/)((Docker|Container)file(\.[^/]+)?|[^/]+\.Dockerfile)$/.test(path),
    )
    if (paths.length === 0) return []
    const parser = await import('dockerfile-ast')
    const { Arg, DockerfileParser } = parser
    const found = paths
      .filter(path => !path.endsWith('.dockerignore'))
      .map(async (path): Promise<Dockerfile> => {
        const parsed = DockerfileParser.parse((await repository.text(path)) ?? '')
        const beside = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
        const ignoreText =
          (await repository.text(`${path}.dockerignore`)) ??
          (await repository.text(`${beside}.dockerignore`)) ??
          (await repository.text('.dockerignore'))
        return {
          path,
          stages: stagesOf(parsed, parser),
          variables: [...parsed.getENVs(), ...parsed.getARGs()].flatMap(instruction => {
            const properties = instruction instanceof Arg ? [instruction.getProperty()] : instruction.getProperties()
            return properties
              .filter(property => property !== null)
              .map(property => ({ name: property.getName(), value: property.getValue(), line: lineOf(instruction) }))
          }),
          ignored:
            ignoreText === null ? null : ignoreText.split('\n').filter(line => line.trim() && !line.startsWith('#')),
        }
      })
    return Promise.all(found)
  },
})

/** The Dockerfile of the published image: the one nearest to the root, the plain name first. */
export const publishedDockerfile = (files: Dockerfile[]): Dockerfile | undefined => {
  const depth = (path: string): number => path.split('/').length * 2 + (/(Docker|Container)file$/.test(path) ? 0 : 1)
  return files.toSorted((a, b) => depth(a.path) - depth(b.path))[0]
}
