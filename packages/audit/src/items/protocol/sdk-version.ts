import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { lockedVersions, type LockedVersions, type UsedVersion } from '../../gather/locked-versions.ts'
import { ceilingOf, compareVersions } from '../../gather/locks/compare.ts'
import { releases, releasesAsOf, type Release } from '../../gather/locks/releases.ts'
import { project } from '../../gather/project.ts'

interface Standing extends UsedVersion {
  newest: string
  /** Null when neither the lock file nor the range tells. */
  isNewest: boolean | null
}

const standingOf = (used: UsedVersion, { newest }: Release): Standing => {
  const ceiling = used.range === null ? null : ceilingOf(used.range)
  const isShutOut = ceiling !== null && compareVersions(newest, ceiling) >= 0
  const isNewest = used.version === null ? (isShutOut ? false : null) : compareVersions(used.version, newest) >= 0
  return { ...used, newest, isNewest }
}

/** Only what the server itself asks for: the SDK below a framework is the framework's choice. */
const standings = ({ used }: LockedVersions): Standing[] =>
  releases.flatMap(release =>
    used
      .filter(
        ({ ecosystem, name, range }) => ecosystem === release.ecosystem && name === release.name && range !== null,
      )
      .map(one => standingOf(one, release)),
  )

const asEvidence = ({ path, line, name, version, range, newest, isNewest }: Standing): Evidence => ({
  at: path,
  ...(line === undefined ? {} : { line }),
  saw:
    version === null
      ? `${name} ${range}, which leaves out ${newest}`
      : `${name} ${version}${isNewest ? ', the newest' : ''}`,
  ...(isNewest ? {} : { wanted: `${newest}, the newest stable version on ${releasesAsOf}` }),
})

const item: Item = {
  id: 'sdk-version',
  area: 'protocol',
  rows: [145],
  title: 'The newest stable MCP SDK',
  level: 'should',
  why: 'Clients move on with the protocol; an old SDK speaks revisions they drop and keeps faults that were repaired long ago.',
  how: `Update the SDK (npm install @modelcontextprotocol/server@latest, uv lock --upgrade-package fastmcp), run the tests, and commit the lock file. The versions were looked up on ${releasesAsOf}; no registry is asked during an audit.`,
  refs: [
    'https://www.npmjs.com/package/@modelcontextprotocol/server',
    'https://pypi.org/project/fastmcp/',
    'https://modelcontextprotocol.io/docs/sdk',
  ],
  checks: [
    check({
      asks: 'Is the SDK that the lock file holds the newest stable one?',
      needs: { locked: lockedVersions, project },
      judge: ({ locked, project }) => {
        const found = standings(locked)
        const broken = locked.unreadable[0]
        if (found.length === 0 && project.node.length + project.python.length + project.requirements.length === 0)
          return unknown('no package.json, pyproject.toml or requirements.txt that tells which SDK is used')
        if (found.length === 0) return notApplicable('the package depends on none of the known MCP SDKs and frameworks')
        const open = found.find(({ isNewest }) => isNewest === null)
        const behind = found.filter(({ isNewest }) => isNewest === false)
        if (behind.length === 0 && open)
          return unknown(
            `${open.name} ${open.range || 'without a version'} in ${open.path}, and ${broken ? `${broken.path} cannot be read: ${broken.because}` : 'no lock file says which version that is'}`,
          )
        return judged(behind.map(asEvidence), found.map(asEvidence), 'not reached')
      },
    }),
  ],
}

export default item
