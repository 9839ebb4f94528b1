import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { bundleManifests, type BundleManifest } from '../../gather/bundle-manifest.ts'
import { isPublished, published } from '../../gather/published.ts'

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

const item: Item = {
  id: 'mcpb-manifest',
  area: 'packaging',
  rows: [105],
  title: 'A bundle manifest that describes this server',
  level: 'should',
  why: 'A bundle with a wrong manifest validates, installs and then does not start.',
  how: 'Write manifest.json for the bundle format (manifest_version 0.3): an entry point that exists, icons that exist, the version of the package, and a user_config entry for each ${user_config.KEY}.',
  refs: ['https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md'],
  applies: { profile: 'local' },
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
  ],
}

export default item
