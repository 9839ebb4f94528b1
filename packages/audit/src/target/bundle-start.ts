import { join } from 'node:path'
import { Refusal } from '../core/refusal.ts'
import type { Launch, Target } from '../core/target.ts'
import { manifestCandidate, parseManifest, type BundleManifest } from './discover/bundle-manifest.ts'
import { readTextFile } from './json.ts'

/** How a bundle says that it is started, and what it says that it offers. */
export interface BundleStart {
  /** Its manifest, for people. */
  manifest: string
  launch: Launch
  type: BundleManifest['server']['type']
  /** A whole bundle, rather than a directory that one is packed from. */
  isPacked: boolean
  /** The names it declares; null when it declares none. */
  tools: string[] | null
  /** It says that others come at run time. */
  more: boolean
  /** What its user may choose, and what was not chosen. */
  unset: string[]
}

const namesOf = (list: unknown): string[] | null =>
  Array.isArray(list) ? list.flatMap(each => (typeof Object(each).name === 'string' ? [Object(each).name] : [])) : null

const manifestOf = async ({ bundle, repository, package: folder = '' }: Target) => {
  if (bundle) {
    const shown = 'manifest.json of the bundle'
    return { shown, root: bundle.root, text: readTextFile(join(bundle.root, 'manifest.json'), shown) }
  }
  const path = [folder, 'manifest.json'].filter(Boolean).join('/')
  const text = (await repository?.text(path)) ?? null
  if (!repository || text === null || !/"(manifest|dxt)_version"/.test(text)) return null
  return { shown: path, root: join(repository.root, folder), text }
}

/**
 * From the bundle that was named, or from manifest.json of the audited directory. A sentence says why there is none that
 * could be started.
 */
export const bundleStart = async (target: Target): Promise<BundleStart | string> => {
  const found = await manifestOf(target)
  if (!found) return 'no bundle was named (--bundle FILE.mcpb), and no manifest.json of one was found'
  const { shown, root, text } = found
  try {
    const parsed = parseManifest(text, shown)
    const { launch, obstacle } = manifestCandidate(parsed, root, `mcp_config of ${shown}`, target.scratch)
    if (obstacle) return `${shown}: ${obstacle.saw}`
    const isThere =
      target.bundle !== undefined ||
      target.repository?.exists([target.package, parsed.server.entry_point].filter(Boolean).join('/'))
    if (!isThere)
      return `${parsed.server.entry_point} is only there once the bundle is packed: name that (--bundle FILE.mcpb)`
    return {
      manifest: shown,
      launch:
        target.bundle && target.server?.launch
          ? target.server.launch
          : { ...launch, env: { ...launch.env, ...target.settings.env } },
      type: parsed.server.type,
      isPacked: target.bundle !== undefined,
      tools: namesOf(parsed['tools']),
      more: parsed['tools_generated'] === true,
      unset: Object.entries(parsed.user_config ?? {}).flatMap(([name, { default: usual }]) =>
        usual === undefined ? [name] : [],
      ),
    }
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}
