import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { bundleManifests, type BundleManifest } from '../../gather/bundle-manifest.ts'
import { isPublished, published } from '../../gather/published.ts'
import { startedBundle, type StartedBundle } from '../../gather/started-bundle.ts'

const broken = ({
  path,
  version,
  flaws,
  entry,
  server,
  missingFiles,
  unresolved,
  packageVersion,
}: BundleManifest): Evidence[] => [
  ...flaws.slice(0, 20).map(flaw => ({ at: path, ...flaw })),
  ...(entry === 'missing'
    ? [
        {
          at: path,
          saw: `entry_point ${server.entry} does not exist, and nothing builds it`,
          wanted: 'a file of the bundle',
        },
      ]
    : []),
  ...missingFiles.map(({ field, file, line }) => ({
    at: path,
    line,
    saw: `${field}: ${file} does not exist`,
    wanted: 'a file of the bundle',
  })),
  ...unresolved.map(({ reference, line }) => ({
    at: path,
    line,
    saw: `${reference} names no entry of user_config`,
    wanted: 'an entry of that name',
  })),
  ...(packageVersion && packageVersion.version !== version
    ? [
        {
          at: path,
          saw: `version ${version}`,
          wanted: `${packageVersion.version}, the version in ${packageVersion.path}`,
        },
      ]
    : []),
]

/** What the manifest does not tell of a start that failed. */
const judgeStart = ({ command, started, words, type, isPacked, unset }: StartedBundle): Verdict | null => {
  const at = `${command}, as mcp_config says, with few variables and in another directory`
  if (started === 'anywhere') return null
  if (started === 'in its directory')
    return unknown(`${at}: ${words || 'no handshake'}; it starts in the directory of the bundle alone`)
  if (!isPacked) return unknown(`${at}: ${words}; it may have to be packed first (--bundle FILE.mcpb)`)
  if (type === 'uv') return unknown(`${at}: ${words}; what uv fetches could not be told from what the bundle lacks`)
  if (unset.length > 0) return unknown(`${at}: ${words}; nothing was chosen for ${unset.join(', ')} of user_config`)
  return fail({ at, saw: words, wanted: 'a handshake, as it comes with the variables of whoever made it' })
}

const judgeTools = ({ manifest, command, tools, more, unset, listed, faults }: StartedBundle): Verdict => {
  if (faults[0]) return unknown(faults[0])
  const start = { at: command, saw: `it started, with ${listed.length} tools` }
  if (tools === null) return pass(start, { at: manifest, saw: 'it declares no tools' })
  const missing = tools.filter(name => !listed.includes(name))
  const extra = more ? [] : listed.filter(name => !tools.includes(name))
  if (extra.length === 0 && missing.length > 0 && unset.length > 0)
    return unknown(
      `${missing.slice(0, 5).join(', ')} of ${manifest} are not listed: they may need ${unset.join(', ')} of user_config`,
    )
  const shown = (names: string[]): string => names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '')
  return judged(
    [
      ...(missing.length > 0
        ? [{ at: manifest, saw: `declares ${shown(missing)}`, wanted: 'tools that tools/list gives' }]
        : []),
      ...(extra.length > 0
        ? [
            {
              at: 'tools/list',
              saw: `${shown(extra)}, which ${manifest} does not declare`,
              wanted: '"tools" with all of them, or "tools_generated": true',
            },
          ]
        : []),
    ],
    [start, { at: manifest, saw: `declares ${shown(tools)}${more ? ', and that there are others' : ''}` }],
    'not reached',
  )
}

const item: Item = {
  id: 'mcpb-manifest',
  area: 'packaging',
  rows: [105],
  title: 'A bundle manifest that describes this server',
  level: 'should',
  why: 'A bundle with a wrong manifest validates, installs and then does not start.',
  how: 'Write manifest.json for the bundle format (manifest_version 0.3): an entry point that exists, icons that exist, the version of the package, a user_config entry for each ${user_config.KEY}, and the names of its tools (or tools_generated).',
  refs: ['https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md'],
  applies: { profile: 'local' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is there a bundle manifest that is valid, and is what it names there?',
      needs: { bundleManifests, published },
      judge: ({ bundleManifests: { packed, broken: unreadable, templates }, published }) => {
        const [first] = unreadable
        if (!packed && first) return fail({ at: first.path, saw: first.because, wanted: 'valid JSON' })
        if (!packed && isPublished(published))
          return unknown(`this is ${published.what}; the manifest of a bundle is not part of it`)
        if (!packed && templates[0])
          return unknown(`the manifest is made from ${templates[0]} when the bundle is packed`)
        if (!packed)
          return fail({
            at: 'manifest.json',
            saw: 'no bundle manifest',
            wanted: 'a manifest.json with manifest_version and server',
          })
        const found = broken(packed)
        if (found.length === 0 && packed.tooNew)
          return unknown(`${packed.path} is of format ${packed.format}, which is newer than those known here`)
        if (found.length === 0 && packed.entry === 'not known')
          return unknown(`${packed.path}: whether the bundle holds ${packed.server.entry} is decided when it is packed`)
        const built = packed.entry === 'built' ? `${packed.server.entry} (built)` : packed.server.entry
        const saw = [`format ${packed.format}, version ${packed.version}, entry point ${built}`, ...packed.notes].join(
          '; ',
        )
        return judged(found, [{ at: packed.path, saw }], 'not reached')
      },
    }),
    check({
      asks: 'Does it start as its manifest says, with the tools that it declares?',
      rows: [105],
      needs: { startedBundle },
      judge: ({ startedBundle: seen }) => judgeStart(seen) ?? judgeTools(seen),
    }),
  ],
}

export default item
