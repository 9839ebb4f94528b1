import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../json.ts'
import { nothing, within, type Source } from './candidate.ts'

const argument = z.looseObject({
  name: z.string().optional(),
  value: z.string().optional(),
  default: z.string().optional(),
})
const shape = z.looseObject({
  packages: z
    .array(
      z.looseObject({
        registryType: z.string(),
        identifier: z.string().regex(/^[@\w][\w./@-]*$/),
        version: z.string().optional(),
        transport: z.looseObject({ type: z.string() }).optional(),
        packageArguments: z.array(argument).optional(),
      }),
    )
    .optional(),
})

const runners: Record<string, { command: string; args: string[]; at: string }> = {
  npm: { command: 'npx', args: ['-y'], at: '@' },
  pypi: { command: 'uvx', args: [], at: '@' },
}

const wordsOf = ({ name, value, default: otherwise }: z.infer<typeof argument>): string[] =>
  [name, value ?? otherwise].filter(word => word !== undefined)

/** The packages in server.json: what was published, not what is in the directory, so only when nothing else is there. */
export const registryEntry: Source = async place => {
  const path = within(place, 'server.json')
  const text = await place.repository.text(path)
  if (text === null) return nothing
  let entry: z.infer<typeof shape>
  try {
    entry = shape.parse(parseJson(text, path))
  } catch {
    return { candidates: [], looked: [`${path} (no registry entry)`] }
  }
  const candidates = (entry.packages ?? []).flatMap(found => {
    const runner = runners[found.registryType]
    if (!runner || (found.transport && found.transport.type !== 'stdio')) return []
    const name = found.version ? `${found.identifier}${runner.at}${found.version}` : found.identifier
    const args = [...runner.args, name, ...(found.packageArguments ?? []).flatMap(wordsOf)]
    const cwd = join(place.repository.root, place.folder)
    const launch = { command: runner.command, args, cwd, env: {}, origin: `${path} package ${found.identifier}` }
    return [{ launch, why: 'it runs the published package and not this directory' }]
  })
  return { candidates, looked: candidates.length > 0 ? [] : [`${path} (no npm or PyPI package over stdio)`] }
}
