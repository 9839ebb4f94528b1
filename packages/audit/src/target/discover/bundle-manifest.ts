import { homedir } from 'node:os'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { parseJson, shapeFault } from '../json.ts'
import { nothing, within, type Candidate, type Source } from './candidate.ts'

const partial = {
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
}
const start = z.looseObject({
  ...partial,
  command: z.string().min(1),
  platform_overrides: z.record(z.string(), z.looseObject(partial)).optional(),
})
const option = z.looseObject({
  type: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
})

/** As much of an MCPB (formerly DXT) manifest as is needed to start the server. */
const manifest = z.looseObject({
  name: z.string(),
  server: z.looseObject({
    type: z.enum(['node', 'python', 'binary', 'uv']),
    entry_point: z.string().min(1),
    mcp_config: start.optional(),
  }),
  user_config: z.record(z.string(), option).optional(),
})
export type BundleManifest = z.infer<typeof manifest>

/** Throws a Refusal when it cannot be started from. */
export const parseManifest = (text: string, file: string): BundleManifest => {
  const parsed = manifest.safeParse(parseJson(text, file))
  if (parsed.success) return parsed.data
  const { path, expected } = shapeFault(parsed.error)
  throw new Refusal(
    `${file} is no usable bundle manifest: expected ${expected} at ${path || 'its top'}`,
    `correct ${path || 'the manifest'} in ${file} and pack the bundle again`,
  )
}

/** What the format starts when the manifest gives no command. */
const usualStart = ({ type, entry_point: entry }: BundleManifest['server']): z.infer<typeof start> => {
  const file = `\${__dirname}/${entry}`
  if (type === 'node') return { command: 'node', args: [file] }
  if (type === 'python') return { command: 'python3', args: [file] }
  if (type === 'uv') return { command: 'uv', args: ['run', '--directory', '${__dirname}', file] }
  return { command: file }
}

const systemFolders = (): [string, string][] => [
  ['HOME', homedir()],
  ['DESKTOP', join(homedir(), 'Desktop')],
  ['DOCUMENTS', join(homedir(), 'Documents')],
  ['DOWNLOADS', join(homedir(), 'Downloads')],
  ['pathSeparator', sep],
  ['/', sep],
]

const reference = /\$\{([^}]+)\}/g

/**
 * The launch of a manifest whose bundle is unpacked at `root`. `folder` stands in for each directory that the user
 * would have to choose. What has no value is left out of the environment and is an obstacle in the arguments.
 */
export const manifestCandidate = (
  { server, user_config: options = {} }: BundleManifest,
  root: string,
  origin: string,
  folder?: string,
): Candidate => {
  const base = server.mcp_config ?? usualStart(server)
  const override = base.platform_overrides?.[process.platform] ?? {}
  const missing = new Set<string>()
  const stoodIn = new Set<string>()
  const known = new Map([...systemFolders(), ['__dirname', root] as const])
  const choices = new Map(Object.entries(options))

  const valuesOf = (name: string): string[] | null => {
    const fixed = known.get(name)
    if (fixed !== undefined) return [fixed]
    const choice = name.startsWith('user_config.') ? choices.get(name.slice('user_config.'.length)) : undefined
    if (choice?.default !== undefined && choice.default !== '')
      return [choice.default].flat().map(value => String(value).replace(reference, (all, key) => known.get(key) ?? all))
    if (choice?.type !== 'directory' || !folder) return null
    stoodIn.add(name)
    return [folder]
  }
  const fill = (text: string): string | null => {
    let whole = true
    const filled = text.replace(reference, (_, name: string) => {
      const values = valuesOf(name)
      if (values) return values.join(',')
      missing.add(name)
      whole = false
      return ''
    })
    return whole ? filled : null
  }
  const spread = (text: string): string[] => {
    const only = /^\$\{(user_config\.[^}]+)\}$/.exec(text)?.[1]
    const values = only ? valuesOf(only) : null
    if (values) return values
    const filled = fill(text)
    return filled === null ? [] : [filled]
  }

  const env = Object.entries({ ...base.env, ...override.env }).flatMap(([name, text]): [string, string][] => {
    const value = fill(text)
    return value === null ? [] : [[name, value]]
  })
  const unset = [...missing]
  missing.clear()
  const command = fill(override.command ?? base.command) ?? ''
  const args = (override.args ?? base.args ?? []).flatMap(spread)
  const why = [
    `server.type ${server.type}`,
    ...unset.map(name => `${name} has no default and is left unset`),
    ...[...stoodIn].map(name => `an empty directory stands in for ${name}`),
  ].join('; ')
  const lacking = [...missing].join(', ')
  return {
    launch: { command, args, cwd: root, env: Object.fromEntries(env), origin },
    why,
    ...(lacking
      ? { obstacle: { saw: `its arguments need ${lacking}, which has no default`, hint: `give ${lacking} a default` } }
      : {}),
  }
}

/** manifest.json of an MCPB bundle that is packed from this directory. */
export const bundleManifest: Source = async place => {
  const path = within(place, 'manifest.json')
  const text = await place.repository.text(path)
  if (text === null || !/"(manifest|dxt)_version"/.test(text)) return nothing
  try {
    const parsed = parseManifest(text, path)
    const root = join(place.repository.root, place.folder)
    const candidate = manifestCandidate(parsed, root, `${path} server.mcp_config`)
    const entry = within(place, parsed.server.entry_point)
    if (candidate.obstacle || place.repository.exists(entry)) return { candidates: [candidate], looked: [] }
    return { candidates: [], looked: [`${path} (${parsed.server.entry_point} is only there once it is packed)`] }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { candidates: [], looked: [`${path} (${error.message})`] }
  }
}
