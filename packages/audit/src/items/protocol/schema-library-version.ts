import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { lockedVersions, type LockedVersions, type UsedVersion } from '../../gather/locked-versions.ts'
import { compareVersions, floorOf } from '../../gather/locks/compare.ts'
import { schemaLibraries, type SchemaUse } from '../../gather/schema-libraries.ts'

const ecosystems = { zod: 'npm', pydantic: 'pypi' } as const
const wanted = { zod: '4', pydantic: '2' } as const
type Library = keyof typeof wanted

/** Every release of these asks for pydantic 2. */
const bringsPydantic = /^(mcp|fastmcp)$/

const foundOf = (library: Library, { used }: LockedVersions): (UsedVersion & { least: string | null }) | null => {
  const own = used.find(({ ecosystem, name }) => ecosystem === ecosystems[library] && name === library)
  if (own) return { ...own, least: own.version ?? (own.range === null ? null : floorOf(own.range)) }
  const framework = used.find(({ ecosystem, name }) => ecosystem === 'pypi' && bringsPydantic.test(name))
  return library === 'pydantic' && framework ? { ...framework, least: '2' } : null
}

/** zod 3.25 holds zod 4 as well, under another name. */
const isModern = (use: SchemaUse, least: string): boolean =>
  !use.old && compareVersions(least, use.what.startsWith('zod/v4') ? '3.25' : wanted[use.library]) >= 0

const asEvidence = ({ file, line, what, library }: SchemaUse, least: string, good: boolean): Evidence => ({
  at: file,
  ...(line === undefined ? {} : { line }),
  saw: `${what}, of ${library} ${least}`,
  ...(good ? {} : { wanted: `${library} ${wanted[library]} without what is left of the version before` }),
})

const judgeLibrary = (library: Library, uses: SchemaUse[], locked: LockedVersions): Verdict | null => {
  const found = foundOf(library, locked)
  const own = uses.filter(use => use.library === library)
  if (own.length === 0 && (library === 'zod' || !found)) return null
  if (!found) return unknown(`${library} is imported in ${own[0]?.file}, and no manifest or lock file asks for it`)
  const { least, path, line, name, range } = found
  const old = own.filter(({ old }) => old)
  if (least === null && old.length === 0)
    return unknown(`${name} ${range ?? ''} in ${path}, and no lock file says which version that is`)
  const shown = least ?? 'a version that is not known'
  const broken = own.filter(use => (least === null ? use.old : !isModern(use, least)))
  const place: Evidence = {
    at: path,
    ...(line === undefined ? {} : { line }),
    saw: `${name} ${found.version ?? range ?? ''}`.trim(),
  }
  const isOld = least !== null && own.length === 0 && compareVersions(least, wanted[library]) < 0
  return judged(
    isOld
      ? [{ ...place, wanted: `${library} ${wanted[library]}` }]
      : broken.slice(0, 20).map(use => asEvidence(use, shown, false)),
    [place, ...own.slice(0, 5).map(use => asEvidence(use, shown, true))],
    'not reached',
  )
}

const item: Item = {
  id: 'schema-library-version',
  area: 'protocol',
  rows: [146],
  title: 'The current major version of the schema library',
  level: 'should',
  why: 'SDKs read schemas of the current major version; with the one before, parameters lose their descriptions or are not checked at all.',
  how: 'Python: pydantic 2 or newer, field_validator and model_config instead of validator and class Config, nothing from pydantic.v1 (bump-pydantic rewrites most of it). TypeScript: zod 4, nothing from zod/v3.',
  refs: ['https://docs.pydantic.dev/latest/migration/', 'https://zod.dev/v4/changelog'],
  checks: [
    check({
      asks: 'Is the schema library of the current major version, without leftovers of the one before?',
      needs: { libraries: schemaLibraries, locked: lockedVersions },
      judge: ({ libraries: { uses, files }, locked }) => {
        const verdicts = (['zod', 'pydantic'] as const).flatMap(library => judgeLibrary(library, uses, locked) ?? [])
        for (const status of ['fail', 'unknown', 'pass'] as const) {
          const found = verdicts.find(verdict => verdict.status === status)
          if (found) return found
        }
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        return notApplicable('the source uses neither zod nor pydantic')
      },
    }),
  ],
}

export default item
